import { exit, UserError } from "../errors.ts";
import { fact } from "../timeline/event.ts";
import type { TrackedChange } from "../timeline/incident.ts";
import { sayShort } from "../timeline/describe.ts";
import { sayScope } from "../timeline/scope.ts";
import type { Change } from "../timeline/setting.ts";
import { sayValue, type Value } from "../timeline/value.ts";
import type { Context } from "./context.ts";
import type { Said } from "./step.ts";

/** What a person needs to put it back without us. */
export function byHand({ setting, scope, target }: Change, was: Value): string {
  return `${setting} of ${sayScope(scope)} on ${target} was ${sayValue(was)}`;
}

/** How the fold calls an intent in doubt that was settled as neither. */
export const foreign = "changed by somebody else";

export function sayForeign({ change }: TrackedChange, { incident }: Context): UserError {
  return new UserError({
    what: `${change.id} was in doubt, and what is live now is neither what it wanted nor what it found: nothing is put back.`,
    next: `look at it: llmops mitigation show ${change.id} --incident ${incident.id}; ${byHand(change, change.before)}`,
    code: exit.conflict,
  });
}

/** Somebody else changed it since: found, ours and live are shown, and a person decides; where nobody is, it is a conflict. */
export async function* overwrite(
  change: Change,
  live: Value,
  restore: Value,
  context: Context,
): AsyncGenerator<Said, boolean, void> {
  const ours = `neither ours (${sayValue(change.after)}) nor what we found (${sayValue(restore)})`;
  const found = `${change.setting} of ${sayScope(change.scope)} is ${sayValue(live)}: ${ours}.`;
  if (!context.unattended) context.say(found);
  const question = "Somebody changed it since. What is to stand?";
  const choices = [
    { value: "leave", label: `Leave it as it is now: ${sayShort(live)}` },
    { value: "restore", label: `Put back ${sayShort(restore)}` },
  ];
  const choice = await context.choose({ question, choices, otherwise: "conflict" });
  const answer = choices.find(({ value }) => value === choice);
  if (answer !== undefined) {
    yield fact("asked", { question: `${found} ${question}`, choices });
    yield fact("answered", { choice, label: answer.label });
    return choice === "restore";
  }
  throw new UserError({
    what: `${found} Somebody changed it since.`,
    next: `decide on a terminal: llmops mitigation undo ${change.id} --incident ${context.incident.id}`,
    code: exit.conflict,
  });
}
