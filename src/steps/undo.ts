import { exit, UserError } from "../errors.ts";
import type { Read } from "../targets/target.ts";
import { changeAbove, liveOn, nextChangeId, restoredBy } from "../timeline/changes.ts";
import { fact, type PlannedRead } from "../timeline/event.ts";
import type { TrackedChange } from "../timeline/incident.ts";
import { sayShort } from "../timeline/describe.ts";
import { sayScope } from "../timeline/scope.ts";
import type { Change } from "../timeline/setting.ts";
import { sameValue, sayValue, type Value } from "../timeline/value.ts";
import { settleDoubts, stillInDoubt } from "./doubt.ts";
import { byHand, foreign, overwrite, sayForeign } from "./foreign.ts";
import { holdAddress } from "./hold.ts";
import { undoSchema } from "./mitigateSchema.ts";
import { readOf, refuseNewer, refuseSecrets } from "./plan.ts";
import { perform } from "./perform.ts";
import type { Context } from "./context.ts";
import { spotOf, type Spot } from "./spot.ts";
import type { Said, Step, StepKind } from "./step.ts";

export const undo: StepKind<string[]> = {
  kind: "undo",
  summary: "puts back what earlier steps of this runbook changed, last first",
  schema: undoSchema,
  example: `
id: home
title: Back to normal
when: { calm: reached }
undo: [clamp, block]
`,
  outcomes: () => ["undone", "failed", "declined"],
  refers: (steps) => steps.map((id, index) => ({ id, at: [index] })),
  run,
};

async function* run(step: Step<string[]>, context: Context): ReturnType<StepKind["run"]> {
  const named = new Set(step.body.map((id) => `${context.runbook}/${id}`));
  const mine = context.incident.changes.filter((tracked) => isLiveOf(tracked, named));
  if (mine.length === 0) context.say("Nothing of these steps is live any more.");
  for (const { change } of mine.reverse()) {
    const outcome = yield* undoChange(change.id, context);
    if (outcome === "declined") return outcome;
  }
  return "undone";
}

/** Also what is in doubt: it is settled before it is undone. */
function isLiveOf({ state, step }: TrackedChange, steps: Set<string>): boolean {
  return (state === "applied" || state === "in-doubt") && step !== undefined && steps.has(step);
}

/** Restores what one change of the incident found, unless somebody else changed it since: then a person decides. */
export async function* undoChange(id: string, context: Context): AsyncGenerator<Said, "undone" | "declined", void> {
  const { change } = context.incident.changes.find((tracked) => tracked.change.id === id)!;
  refuseNewer(context);
  const spot = await findSpot(change, context);
  const { target, lever } = spot;
  await settleDoubts(spot, context);
  const found = yield* findHeld(change, spot, context);
  if (found === undefined) return "undone";
  const { read, restore, beneath } = found;
  if (!sameValue(read.value, change.after) && !(yield* overwrite(change, read.value, restore, context))) {
    const why = `live is ${sayValue(read.value)}, neither ours nor what we found`;
    yield fact("ended", { change: id, how: "replaced-by-others", why });
    context.say(`  Left as it is: ${sayLive(change, read.value)}. ${id} is no longer counted as live.`);
    return "declined";
  }

  const reads = [{ ...readOf(read, lever), beneath }];
  const rest = { reads, wider: [], effects: [], withinMs: 0, reason: context.reason };
  if (!sameValue(read.value, change.after)) refuseSecrets({ ...change, before: read.value, after: restore }, context);
  const values = { before: read.value, after: restore, version: read.version };
  let back!: Change;
  yield (incident) => {
    back = { ...change, id: nextChangeId(incident), mitigation: "undo", ...values, undoes: id };
    return fact("planned", { plan: { changes: [back], ...rest } });
  };
  if (!(await context.consent({ changes: [back], ...rest }))) {
    yield fact("declined", { what: `undo of ${id}`, why: "not confirmed" });
    return "declined";
  }
  yield* perform(back, target, lever, context);
  context.say(`  ${id} is undone: ${sayLive(change, restore)} again, read back.`);
  return "undone";
}

function sayLive({ setting, scope, target }: Change, live: Value): string {
  return `${setting} of ${sayScope(scope)} on ${target} is ${sayShort(live)}`;
}

interface Found {
  read: Exclude<Read, { error: string }>;
  restore: Value;
  beneath: NonNullable<PlannedRead["beneath"]>;
}

/**
 * What is to be put back; undefined where the change ends, or has ended, without a write. Two undos on one lever must not
 * both believe that the other one's change stays, so nobody else decides here meanwhile.
 */
async function* findHeld(change: Change, spot: Spot, context: Context): AsyncGenerator<Said, Found | undefined, void> {
  const { id } = change;
  const lease = await holdAddress(spot, context);
  try {
    const incidents = await context.incidents();
    const incident = incidents.find((one) => one.id === context.incident.id);
    if (incident === undefined)
      throw new UserError({
        what: `What became of ${id} meanwhile cannot be read, so nothing is written.`,
        next: `llmops incident check ${context.incident.id}, then again`,
      });
    const tracked = incident.changes.find((one) => one.change.id === id)!;
    if (tracked.state !== "applied") {
      if (tracked.ended?.how === foreign) throw sayForeign(tracked, context);
      if (tracked.state === "in-doubt") throw stillInDoubt(id);
      context.say(`${id} is not live: it is ${tracked.state}. Nothing is written.`);
      return undefined;
    }
    const above = changeAbove({ incident, tracked }, incidents);
    if (above !== undefined) {
      const by = `${above.incident.id} ${above.tracked.change.id}`;
      yield fact("ended", { change: id, how: "superseded", why: `${by} lies above it and now restores what it found` });
      return undefined;
    }
    const read = await spot.target.read(change.setting, change.scope);
    if ("error" in read)
      throw new UserError({
        what: `${id} cannot be taken back now: ${read.error}`,
        next: `see that the target answers and try again; by hand: ${byHand(change, change.before)}`,
      });
    const restore = restoredBy({ incident, tracked }, incidents);
    if (!sameValue(read.value, restore)) return { read, restore, beneath: liveOn(change, incidents) };
    yield fact("ended", { change: id, how: "reverted-by-others", why: `live is ${sayValue(restore)} already` });
    return undefined;
  } finally {
    await lease.release();
  }
}

async function findSpot(change: Change, context: Context): Promise<Spot> {
  const spot = await spotOf(change, context.targets());
  if (spot !== undefined) return spot;
  throw new UserError({
    what: `The project no longer has the target ${change.target} with ${change.setting}, which ${change.id} changed.`,
    next: `put it back by hand: ${byHand(change, change.before)}`,
    code: exit.usage,
  });
}
