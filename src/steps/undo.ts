import { exit, UserError } from "../errors.ts";
import type { Target } from "../targets/target.ts";
import { changeAbove, nextChangeId, restoredBy } from "../timeline/changes.ts";
import { fact } from "../timeline/event.ts";
import type { TrackedChange } from "../timeline/incident.ts";
import { sayScope } from "../timeline/scope.ts";
import type { Change, Lever } from "../timeline/setting.ts";
import { sameValue, sayValue, type Value } from "../timeline/value.ts";
import { settleDoubts } from "./doubt.ts";
import { undoSchema } from "./mitigateSchema.ts";
import { readOf, unreadable } from "./plan.ts";
import { perform } from "./perform.ts";
import type { Context } from "./context.ts";
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
  const find = () => context.incident.changes.find((tracked) => tracked.change.id === id)!;
  const { change } = find();
  const { target, lever } = await findLever(change, context);
  await settleDoubts({ target, lever, name: change.target, scope: change.scope }, context);
  const placed = { incident: context.incident, tracked: find() };
  if (placed.tracked.state !== "applied") {
    context.say(`${id} is not live: it is ${placed.tracked.state}.`);
    return "undone";
  }
  const incidents = await context.incidents();
  const above = changeAbove(placed, incidents);
  if (above !== undefined) {
    const by = `${above.incident.id} ${above.tracked.change.id}`;
    yield fact("ended", { change: id, how: "superseded", why: `${by} lies above it and now restores what it found` });
    return "undone";
  }
  const read = await target.read(change.setting, change.scope);
  if ("error" in read) throw unreadable(read);
  const restore = restoredBy(placed, incidents);
  if (sameValue(read.value, restore)) {
    yield fact("ended", { change: id, how: "reverted-by-others", why: `live is ${sayValue(restore)} already` });
    return "undone";
  }
  if (!sameValue(read.value, change.after) && !(await overwrite(change, read.value, restore, context)))
    return "declined";

  const rest = { reads: [readOf(read, lever)], wider: [], effects: [], withinMs: 0, reason: context.reason };
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
  return "undone";
}

async function findLever(change: Change, context: Context): Promise<{ target: Target; lever: Lever }> {
  const target = await context
    .targets()
    .find(({ name }) => name === change.target)
    ?.open();
  const lever = target?.levers.find(({ setting }) => setting === change.setting);
  if (target === undefined || lever === undefined)
    throw new UserError({
      what: `The project no longer has the target ${change.target} with ${change.setting}, which ${change.id} changed.`,
      next: `put it back by hand: ${change.setting} of ${sayScope(change.scope)} was ${sayValue(change.before)}`,
      code: exit.usage,
    });
  return { target, lever };
}

/** Somebody else changed it since: found, ours and live are shown, and a person decides; where nobody is, it is a conflict. */
async function overwrite(change: Change, live: Value, restore: Value, context: Context): Promise<boolean> {
  const ours = `neither ours (${sayValue(change.after)}) nor what we found (${sayValue(restore)})`;
  const question = `${change.setting} of ${sayScope(change.scope)} is ${sayValue(live)}: ${ours}. Somebody changed it since.`;
  const answer = await context.choose({
    question,
    choices: [
      { value: "leave", label: "Leave it as it is now" },
      { value: "restore", label: `Put back ${sayValue(restore)}` },
    ],
    otherwise: "conflict",
  });
  if (answer !== "conflict") return answer === "restore";
  throw new UserError({
    what: question,
    next: `decide on a terminal: llmops mitigation undo ${change.id} --incident ${context.incident.id}`,
    code: exit.conflict,
  });
}
