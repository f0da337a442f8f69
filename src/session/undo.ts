import { contextOf } from "../engine/context.ts";
import { drain } from "../engine/runStep.ts";
import { exit, UserError, type ExitCode } from "../errors.ts";
import { harmlessJson } from "../harmless.ts";
import { undoChange } from "../steps/undo.ts";
import { nameOf, type Placed } from "../timeline/changes.ts";
import { openRecorder } from "../timeline/recorder.ts";
import type { Store } from "../timeline/store.ts";
import type { World } from "../world/world.ts";
import { authorOf, chooseIncident, readOutlines } from "./ledger.ts";
import { mayLeave } from "./leave.ts";
import { canConsent, nobodyConsents, sitOnce } from "./once.ts";
import { changeAsJson } from "./report.ts";

export interface Undoing {
  change: string;
  incident?: string | undefined;
  reason: string;
  yes: boolean;
  json: boolean;
}

/** `llmops mitigation undo`. */
export async function undoOnce(world: World, asked: Undoing): Promise<ExitCode> {
  let placed!: Placed;
  const recorderIn = async (store: Store) => {
    placed = await findChange(store, world, asked.change, asked.incident);
    const { incident, tracked } = placed;
    if (tracked.change.undoes !== undefined) throw undoOfUndo(placed);
    if (tracked.state !== "applied" && tracked.state !== "in-doubt")
      throw new UserError({
        what: `${tracked.change.id} of ${incident.id} is not live: it is ${tracked.state}.`,
        next: `llmops mitigation show ${tracked.change.id} --incident ${incident.id}`,
        code: exit.usage,
      });
    // even what needs no write would end up on the record
    if (!canConsent(asked, world)) throw nobodyConsents();
    return { store, recorder: await openRecorder(store, incident.id, authorOf(world)) };
  };
  return sitOnce(world, { ...asked, dryRun: false, recorderIn }, async (desk) => {
    const { id } = placed.tracked.change;
    const context = contextOf(desk, { runbook: "", step: "undo", title: asked.reason });
    const { outcome, error, said } = await mayLeave(desk, () => drain(undoChange(id, context), desk, undefined));
    const now = desk.recorder.incident.changes.find(({ change }) => change.id === id)!;
    const code = error?.code ?? (outcome === "undone" ? exit.done : exit.refused);
    if (asked.json)
      world.terminal.programs(
        harmlessJson({
          incident: placed.incident.id,
          ...changeAsJson(now),
          code,
          ...(error === undefined
            ? {}
            : { error: { what: error.what, changed: error.changed, next: error.next ?? null } }),
        }),
      );
    if (error !== undefined) desk.tellProblem(error);
    else if (outcome === "undone" && said.every(({ type }) => type !== "intended"))
      desk.speaker.say(`  Nothing had to be written: ${id} is no longer counted as live.`);
    return code;
  });
}

/** What an undo took away comes back as a change of its own, with its plan, its proof and its end. */
function undoOfUndo({ incident, tracked: { change, state } }: Placed): UserError {
  const undone = incident.changes.find((one) => one.change.id === change.undoes);
  const { mitigation, scope } = undone?.change ?? change;
  const scopes = Object.entries(scope).map((pair) => ` --scope ${pair.join("=")}`);
  const again = `llmops mitigate ${mitigation}${scopes.join("")} --reason "..."`;
  const settle = `llmops mitigation undo ${change.undoes} --incident ${incident.id} settles it by reading`;
  return new UserError({
    what: `${change.id} of ${incident.id} is the undo of ${change.undoes}; an undo is not undone.`,
    next: state === "in-doubt" ? settle : `change it anew: ${again}`,
    code: exit.usage,
  });
}

/** A change by id ("m1", "7f3k/m1"): in the incident named, else in the only one that has a live change of that id. */
export async function findChange(store: Store, world: World, name: string, incident?: string): Promise<Placed> {
  const [, whose = "", id = name] = /^(.{3,})\/([^/]+)$/.exec(name) ?? [];
  const all = await readOutlines(store, world);
  const named = incident === undefined ? undefined : await chooseIncident(incident, store, world);
  const found = all
    .filter((one) => (named === undefined || one.id === named) && one.id.endsWith(whose))
    .flatMap((one) => one.changes.filter((t) => t.change.id === id).map((tracked) => ({ incident: one, tracked })));
  const live = found.filter(({ tracked }) => tracked.state === "applied" || tracked.state === "in-doubt");
  const [only, ...more] = live.length > 0 ? live : found;
  if (only !== undefined && more.length === 0) return only;
  throw new UserError({
    what:
      only === undefined
        ? `There is no change ${JSON.stringify(name)}${named === undefined ? "" : ` in ${named}`}.`
        : `Several incidents have a change ${name}: ${[only, ...more].map((p) => p.incident.id).join(", ")}.`,
    next: only === undefined ? "llmops mitigation list" : `name one, like ${nameOf(only)}, or with --incident`,
    code: exit.usage,
  });
}
