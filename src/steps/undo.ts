import { exit, UserError } from "../errors.ts";
import type { Target } from "../targets/target.ts";
import { changeAbove, nextChangeId, restoredBy, type Placed } from "../timeline/changes.ts";
import { fact, type Fact, type Plan } from "../timeline/event.ts";
import { sayScope } from "../timeline/scope.ts";
import type { Change, Lever } from "../timeline/setting.ts";
import { sameValue, sayValue, type Value } from "../timeline/value.ts";
import { settleDoubts } from "./doubt.ts";
import { unreadable } from "./mitigate.ts";
import { undoSchema } from "./mitigateSchema.ts";
import { perform } from "./perform.ts";
import type { Context } from "./context.ts";
import type { Step, StepKind } from "./step.ts";

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
  const mine = context.incident.changes.filter(
    (t) => t.state === "applied" && t.step !== undefined && named.has(t.step),
  );
  if (mine.length === 0) context.say("Nothing of these steps is live any more.");
  for (const tracked of mine.reverse()) {
    const outcome = yield* undoChange({ incident: context.incident, tracked }, context);
    if (outcome === "declined") return outcome;
  }
  return "undone";
}

/** Restores what one change found, unless somebody else changed it since: then a person decides. */
export async function* undoChange(placed: Placed, context: Context): AsyncGenerator<Fact, "undone" | "declined", void> {
  const { change } = placed.tracked;
  const { target, lever } = await findLever(change, context);
  const incidents = await context.incidents();
  const above = changeAbove(placed, incidents);
  if (above !== undefined) {
    const by = `${above.incident.id} ${above.tracked.change.id}`;
    yield fact("ended", {
      change: change.id,
      how: "superseded",
      why: `${by} lies above it and now restores what it found`,
    });
    return "undone";
  }
  await settleDoubts({ target, lever, name: change.target, scope: change.scope }, context);
  const read = await target.read(change.setting, change.scope);
  if ("error" in read) throw unreadable(read);
  const restore = restoredBy(change, incidents);
  if (sameValue(read.value, restore)) {
    yield fact("ended", { change: change.id, how: "reverted-by-others", why: `live is ${sayValue(restore)} already` });
    return "undone";
  }
  if (!sameValue(read.value, change.after) && !(await overwrite(change, read.value, restore, context)))
    return "declined";

  const back: Change = {
    ...change,
    id: nextChangeId(context.incident),
    mitigation: "undo",
    before: read.value,
    after: restore,
    version: read.version,
    undoes: change.id,
  };
  const plan: Plan = {
    changes: [back],
    reads: [
      {
        identity: read.identity,
        at: read.at,
        conditional: lever.conditional && read.version !== null,
        enforced: lever.enforced,
        settles: lever.settles,
      },
    ],
    wider: [],
    effects: [],
    withinMs: 0,
    reason: context.reason,
  };
  yield fact("planned", { plan });
  if (!(await context.consent(plan))) {
    yield fact("declined", { what: `undo of ${change.id}`, why: "not confirmed" });
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
    next: `decide on a terminal: llmops mitigation undo ${change.id}`,
    code: exit.conflict,
  });
}
