import { contextOf } from "../engine/context.ts";
import { drain } from "../engine/runStep.ts";
import { exit, UserError, type ExitCode } from "../errors.ts";
import { openProject } from "../project.ts";
import { showProblem } from "../show/problem.ts";
import { undoChange } from "../steps/undo.ts";
import type { Placed } from "../timeline/changes.ts";
import { openRecorder } from "../timeline/recorder.ts";
import type { Store } from "../timeline/store.ts";
import type { World } from "../world/world.ts";
import { openDesk } from "./desk.ts";
import { authorOf, chooseIncident, openStore, readIncidents } from "./ledger.ts";
import { changeAsJson } from "./report.ts";
import { personOf } from "./walk.ts";

export interface Undoing {
  change: string;
  incident?: string | undefined;
  reason: string;
  yes: boolean;
  json: boolean;
}

/** `llmops mitigation undo`. */
export async function undoOnce(world: World, asked: Undoing): Promise<ExitCode> {
  if (!asked.yes && !world.terminal.interactive)
    throw new UserError({
      what: "An undo is a change: it needs consent, and there is no terminal to give it on.",
      next: "--yes to consent",
      code: exit.refused,
    });
  const project = await openProject(world);
  try {
    const store = openStore(world, project);
    const { incident, tracked } = await findChange(store, world, asked.change, asked.incident);
    if (tracked.state !== "applied")
      throw new UserError({
        what: `${tracked.change.id} of ${incident.id} is not live: it is ${tracked.state}.`,
        next: `llmops mitigation show ${tracked.change.id} --incident ${incident.id}`,
        code: exit.usage,
      });
    const recorder = await openRecorder(store, incident.id, authorOf(world));
    const answers = asked.yes ? { given: {}, yes: true } : undefined;
    const person = (desk: Parameters<typeof personOf>[1]) => personOf(world, desk, answers);
    const { desk, close } = await openDesk({
      world,
      project,
      store,
      recorder,
      person,
      scripted: asked.yes,
      reason: asked.reason,
    });
    try {
      const context = contextOf(desk, { runbook: "", step: "undo", title: asked.reason });
      const { outcome, error } = await drain(undoChange({ incident, tracked }, context), desk, undefined);
      const now = recorder.incident.changes.find(({ change }) => change.id === tracked.change.id)!;
      const code = error?.code ?? (outcome === "undone" ? exit.done : exit.refused);
      if (asked.json) world.terminal.programs(JSON.stringify({ incident: incident.id, ...changeAsJson(now), code }));
      if (error !== undefined) desk.speaker.say(showProblem(error, world.terminal).join("\n"));
      return code;
    } finally {
      await close();
    }
  } finally {
    await project.close();
  }
}

/** A change by id: in the incident named, else in the only one that has a live change of that id. */
export async function findChange(store: Store, world: World, id: string, incident?: string): Promise<Placed> {
  const all = await readIncidents(store);
  const named = incident === undefined ? undefined : await chooseIncident(incident, store, world);
  const found = all
    .filter((one) => named === undefined || one.id === named)
    .flatMap((one) => one.changes.filter((t) => t.change.id === id).map((tracked) => ({ incident: one, tracked })));
  const live = found.filter(({ tracked }) => tracked.state === "applied" || tracked.state === "in-doubt");
  const [only, ...more] = live.length > 0 ? live : found;
  if (only !== undefined && more.length === 0) return only;
  throw new UserError({
    what:
      only === undefined
        ? `There is no change ${JSON.stringify(id)}${named === undefined ? "" : ` in ${named}`}.`
        : `Several incidents have a change ${id}: ${[only, ...more].map((p) => p.incident.id).join(", ")}.`,
    next: only === undefined ? "llmops mitigation list" : "name one with --incident",
    code: exit.usage,
  });
}
