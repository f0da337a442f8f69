import { resolve } from "node:path";
import { exit, UserError, type ExitCode } from "../errors.ts";
import { harmlessJson } from "../harmless.ts";
import { openProject } from "../project.ts";
import { tell } from "../show/tell.ts";
import type { Incident } from "../timeline/incident.ts";
import { iso } from "../timeline/moment.ts";
import { markedCalls, quotedCalls } from "../timeline/sample.ts";
import type { World } from "../world/world.ts";
import { chooseIncident, openStore, readIncident, sayDamage } from "./ledger.ts";

export interface Exporting {
  incident: string | undefined;
  /** the marked calls; else the timeline */
  evals: boolean;
  /** left out: stdout */
  output: string | undefined;
}

/** `llmops incident export`: JSON Lines for other programs. */
export async function exportIncident(world: World, { incident: named, evals, output }: Exporting): Promise<ExitCode> {
  const store = openStore(world, await openProject(world));
  const id = await chooseIncident(named, store, world, "too");
  const incident = await readIncident(store, id);
  sayDamage(incident, store, world);
  const lines = (evals ? casesOf(incident) : incident.events).map((one) => harmlessJson(one));
  if (output !== undefined) await writeNew(world, output, lines);
  else if (lines.length > 0) world.terminal.programs(lines.join("\n"));
  const what = evals ? (lines.length === 1 ? "marked call" : "marked calls") : "records";
  if (output !== undefined) tell(world.terminal, `${output}: ${lines.length} ${what} of ${id}.`);
  else if (lines.length === 0) tell(world.terminal, `No call of ${id} was marked good or bad.`);
  return exit.done;
}

/** Calls that somebody marked, as cases for an evaluation: each once, as it was marked last. */
function casesOf({ id: incident, events }: Incident): object[] {
  const quoted = quotedCalls(events);
  return [...markedCalls(events).values()].map(({ id, scope, at, ...call }) => {
    const { prompt, response } = quoted.get(id) ?? {};
    return {
      id,
      incident,
      route: scope.route ?? null,
      model: scope.model ?? null,
      prompt_version: call.promptVersion ?? null,
      mark: call.mark,
      note: call.note ?? null,
      ...(prompt === undefined ? {} : { prompt }),
      ...(response === undefined ? {} : { response }),
      hashes: { prompt: call.prompt ?? null, response: call.response ?? null },
      at: iso(at) ?? null,
    };
  });
}

/** What stands there was not asked to be replaced. */
async function writeNew(world: World, file: string, lines: readonly string[]): Promise<void> {
  if (await world.files.create(resolve(world.cwd, file), lines.map((line) => `${line}\n`).join(""))) return;
  throw new UserError({
    what: `${file} is there already: it stays as it is.`,
    next: "write to another file with -o, or remove it",
    code: exit.conflict,
  });
}
