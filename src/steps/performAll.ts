import { exit, UserError } from "../errors.ts";
import { sayMoved } from "../timeline/describe.ts";
import { fact } from "../timeline/event.ts";
import type { Change } from "../timeline/setting.ts";
import type { Context } from "./context.ts";
import type { Offer } from "./lever.ts";
import { perform } from "./perform.ts";
import { restartReaders } from "./restart.ts";
import type { Said } from "./step.ts";
import { undoChange } from "./undo.ts";

/**
 * Makes the changes of a plan one after the other, then starts their readers anew, once for all. Stops at the first that
 * fails, and offers to take back those done.
 */
export async function* performAll(
  changes: readonly Change[],
  { target, lever }: Offer,
  context: Context,
): AsyncGenerator<Said, void, void> {
  const { restart: _, ...each } = lever;
  for (const [i, change] of changes.entries()) {
    try {
      yield* perform(change, target, each, context);
    } catch (thrown) {
      if (!(thrown instanceof UserError) || changes.length === 1) throw thrown;
      const rest = changes.slice(i + 1).map(({ id }) => id);
      if (rest.length > 0) yield fact("declined", { what: rest.join(", "), why: `not tried: ${change.id} failed` });
      const worse = yield* takeBack(changes.slice(0, i), change, thrown, context);
      yield* restartLeft(changes, { target, lever }, context);
      throw partial(changes, change, worse ?? thrown, context);
    }
  }
  const last = changes.at(-1);
  if (last !== undefined) yield* restartReaders(last, target, lever, context);
}

/** What of a plan that failed stays live is to be seen, too; what an undo put back was started anew by that. */
async function* restartLeft(
  changes: readonly Change[],
  { target, lever }: Pick<Offer, "target" | "lever">,
  context: Context,
): AsyncGenerator<Said, void, void> {
  const left = context.incident.changes.findLast(
    (one) => one.state === "applied" && changes.some(({ id }) => id === one.change.id),
  );
  if (left === undefined) return;
  try {
    yield* restartReaders(left.change, target, lever, context);
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    context.say(`! ${thrown.what}`, ...(thrown.next === undefined ? [] : [`  ${thrown.next}`]));
  }
}

/** Returns what went wrong with that, where it leaves more in the dark than what failed before. */
async function* takeBack(
  done: readonly Change[],
  failed: Change,
  { what }: UserError,
  context: Context,
): AsyncGenerator<Said, UserError | undefined, void> {
  if (done.length === 0) return undefined;
  context.say(`${failed.id} failed: ${what}`);
  const answer = await context.choose({
    question: `${done.map(({ id }) => id).join(", ")} of this plan ${done.length === 1 ? "is" : "are"} live. Take back?`,
    choices: [
      { value: "keep", label: "Leave them as they are now" },
      { value: "undo", label: "Take them back, last first" },
    ],
    otherwise: "keep",
  });
  if (answer === "keep") return undefined;
  for (const { id } of done.toReversed()) {
    try {
      if ((yield* undoChange(id, context)) === "declined") return undefined;
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown;
      context.say(`${id} could not be taken back: ${thrown.what}`);
      return thrown.changed === "unknown" ? thrown : undefined;
    }
  }
  return undefined;
}

/** The worst that is true: what failed, what of the plan is live all the same, and how to take that back. */
function partial(changes: readonly Change[], failed: Change, error: UserError, { incident }: Context): UserError {
  const { what, code, changed } = error;
  const left = incident.changes.filter(
    (one) => one.state === "applied" && changes.some(({ id }) => id === one.change.id),
  );
  const name = `${failed.id} (${sayMoved(failed)}) failed: ${what}`;
  if (left.length === 0) return new UserError({ what: name, code, changed, ...nextOf(error) });
  const list = left.map((tracked) => `${tracked.change.id} is live: ${sayMoved(tracked.change)}`);
  const undos = left.toReversed().map((one) => `llmops mitigation undo ${one.change.id} --incident ${incident.id}`);
  return new UserError({
    what: name,
    details: list,
    code: code === exit.failed ? exit.findings : code,
    changed: changed === "unknown" ? "unknown" : "yes",
    next: `take back what is live: ${undos.join(" && ")}`,
  });
}

function nextOf({ next }: UserError): { next?: string } {
  return next === undefined ? {} : { next };
}
