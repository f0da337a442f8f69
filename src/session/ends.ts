import { parseDuration } from "../duration.ts";
import { exit, UserError, type ExitCode } from "../errors.ts";
import { harmlessJson } from "../harmless.ts";
import { openProject } from "../project.ts";
import { showEvent } from "../show/event.ts";
import { tell } from "../show/tell.ts";
import { wrap } from "../show/wrap.ts";
import { nameOf } from "../timeline/changes.ts";
import { sayEnds, sayMoved } from "../timeline/describe.ts";
import { sayDrift } from "../timeline/drift.ts";
import { fact, type Fact } from "../timeline/event.ts";
import type { TrackedChange } from "../timeline/incident.ts";
import { openRecorder } from "../timeline/recorder.ts";
import type { World } from "../world/world.ts";
import { authorOf, openStore } from "./ledger.ts";
import { changeAsJson } from "./report.ts";
import { findChange } from "./undo.ts";
import { whoWatches } from "./watcher.ts";

/** A change and what is said of its end. */
export interface Ending {
  change: string;
  incident?: string | undefined;
  reason: string;
  json: boolean;
}

/** `llmops mitigation extend`: it ends so long from now. */
export function extendChange(world: World, asked: Ending & { for: string }): Promise<ExitCode> {
  const forMs = parseDuration(asked.for);
  if (forMs === undefined)
    throw new UserError({ what: `--for ${asked.for} is no duration.`, next: "like 30m or 2h", code: exit.usage });
  return putEnd(world, asked, (change) =>
    fact("extended", { change, until: world.clock.now() + forMs, reason: asked.reason }),
  );
}

/** `llmops mitigation keep`: it has no end any more. */
export function keepChange(world: World, asked: Ending): Promise<ExitCode> {
  return putEnd(world, asked, (change) => fact("kept", { change, reason: asked.reason }));
}

/** Says it on the timeline, and nothing in production moves. What is no longer live has no end to speak of. */
async function putEnd(world: World, asked: Ending, make: (change: string) => Fact): Promise<ExitCode> {
  if (asked.reason.trim() === "")
    throw new UserError({
      what: "--reason is empty.",
      next: "say why: it is what the next person reads",
      code: exit.usage,
    });
  const { terminal, clock } = world;
  const project = await openProject(world);
  const store = openStore(world, project);
  const { incident, tracked } = await findChange(store, world, asked.change, asked.incident);
  const { id } = tracked.change;
  const recorder = await openRecorder(store, incident.id, authorOf(world));
  const mine = () => recorder.incident.changes.find(({ change }) => change.id === id)!;
  refuseOver(mine(), incident.id);
  recorder.onEvent((event) => tell(terminal, ...showEvent(event, recorder.incident, terminal)));
  await recorder.recordFrom(({ changes }) => {
    // it may have come to its end while we looked
    refuseOver(
      changes.find(({ change }) => change.id === id)!,
      incident.id,
    );
    return [make(id)];
  });
  const now = mine();
  const name = nameOf({ incident: recorder.incident, tracked: now });
  const by = await whoWatches(world, project);
  if (asked.json) terminal.programs(harmlessJson({ incident: incident.id, ...changeAsJson(now), endedBy: by }));
  const { endsAt, plan, change } = now;
  const drift = sayDrift(now, clock.now());
  const end =
    endsAt === undefined
      ? "it has no end any more: it stays until somebody undoes it, and no reminder comes"
      : sayEnds({ at: endsAt, how: plan.ends?.how ?? "remind", by }, clock.now());
  tell(
    terminal,
    ...wrap("  ", [`${name}  ${sayMoved(change)}`], terminal, 4),
    ...wrap("  ends  ", [end], terminal, 8),
    ...(drift === undefined ? [] : wrap("! ", [`it was ${drift}; that is not put back by this`], terminal, 4)),
    `  llmops mitigation undo ${name}`,
  );
  return exit.done;
}

function refuseOver({ change: { id, undoes }, state, ended }: TrackedChange, incident: string): void {
  if (state === "applied") return;
  const show = `llmops mitigation show ${id} --incident ${incident}`;
  if (undoes !== undefined)
    throw refused(`${id} of ${incident} is the undo of ${undoes}: it has no end to put off.`, show);
  if (state === "in-doubt")
    throw new UserError({
      what: `${id} of ${incident} is in doubt: nobody saw whether it is in production.`,
      next: "llmops watch --once settles it by reading; then again",
    });
  if (state === "not-applied") throw refused(`${id} of ${incident} never reached production.`, show);
  const how = ended?.how === "undone" ? `it was undone by ${ended.by}` : (ended?.how ?? "ended");
  throw refused(`${id} of ${incident} is not live any more: ${how}.`, show);
}

function refused(what: string, next: string): UserError {
  return new UserError({ what, next, code: exit.usage });
}
