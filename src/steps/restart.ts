import { exit, messageOf, UserError } from "../errors.ts";
import type { Target } from "../targets/target.ts";
import { changesOn } from "../timeline/changes.ts";
import { fact, type Fact, type Restarted } from "../timeline/event.ts";
import { owedBy, restartOf } from "../timeline/restart.ts";
import type { Scope } from "../timeline/scope.ts";
import type { Change, Lever, Written } from "../timeline/setting.ts";
import type { Context } from "./context.ts";
import type { Offer } from "./lever.ts";

/**
 * Starts the readers of a lever anew, where they read it only then: intent (durable when the yield returns) → one request.
 * When that fails the change stays live, and a UserError says that nobody sees it yet.
 */
export async function* restartReaders(
  { id, setting, target: name }: Pick<Change, "id" | "setting" | "target">,
  target: Target,
  { restart }: Lever,
  context: Context,
): AsyncGenerator<Fact, void, void> {
  if (restart === undefined || target.restart === undefined) return;
  const { incident, reason, world } = context;
  const restarted = { target: name, what: restart };
  const ran = { action: restartOf(restart), argv: [target.says], irreversible: false, restarted };
  yield fact("ran", { ...ran, code: null, output: "", phase: "intended" });
  const cause = { incident: incident.id, reason: world.secrets.hide(reason), by: world.user };
  const result = await target.restart(setting, cause).catch((thrown: unknown): Written => ({
    unknown: true,
    why: messageOf(thrown),
  }));
  const [code, why] = "written" in result ? [0, ""] : ["unknown" in result ? null : 1, result.why];
  const done = fact("ran", { ...ran, code, output: why, phase: "done" });
  yield done;
  if ("written" in result) return recordWhereOwed(restarted, done, context);
  const not = code === null ? "may not have been restarted" : "was not restarted";
  throw new UserError({
    what: `${id} is live, but its readers do not see it yet: ${restart} ${not}: ${why}`,
    changed: "yes",
    code: exit.findings,
    next: ("next" in result ? result.next : undefined) ?? `restart ${restart} by hand`,
  });
}

/** Other incidents may owe the same restart: it is theirs, too. */
async function recordWhereOwed(of: Restarted, done: Fact, { incident, incidents, recordIn }: Context): Promise<void> {
  for (const { id, changes } of await incidents())
    if (id !== incident.id && changes.some((one) => one.change.target === of.target && one.restartOwed === of.what))
      await recordIn(id, done);
}

/** Where the value is as wanted already: a change of any incident made it so, and its restart was never seen to end. */
export async function* restartOwed(
  { name, target, lever }: Offer,
  scopes: readonly Scope[],
  context: Context,
): AsyncGenerator<Fact, void, void> {
  const all = await context.incidents();
  const here = scopes.flatMap((scope) => changesOn({ target: name, setting: lever.setting, scope }, all));
  const last = here.findLast(({ tracked }) => owedBy(tracked) !== undefined && owedBy(tracked) === lever.restart);
  if (last === undefined || lever.restart === undefined) return;
  const { incident, tracked } = last;
  const made = incident.id === context.incident.id ? tracked.change.id : `${tracked.change.id} of ${incident.id}`;
  context.say(
    `! ${lever.restart} was to be restarted after ${made}, and was not seen to be: it may go on with the value before.`,
    ...(lever.restartByHand === undefined ? [] : [`    ${lever.restartByHand}`]),
  );
  if (context.onlyShown) return;
  const answer = await context.choose({
    question: `Restart ${lever.restart} now?`,
    choices: [
      { value: "leave", label: "No: its readers see the value already" },
      { value: "restart", label: `Restart ${lever.restart}` },
    ],
    otherwise: "leave",
  });
  if (answer === "restart") return yield* restartReaders({ ...tracked.change, id: made }, target, lever, context);
  const restarted = { target: name, what: lever.restart };
  const left = { what: restartOf(lever.restart), why: "left as it is" };
  // where nobody was asked, nobody says that it is seen
  if (context.unattended) {
    yield fact("declined", left);
    return;
  }
  const seen = fact("declined", { ...left, why: "its readers see the value already", restarted });
  yield seen;
  await recordWhereOwed(restarted, seen, context);
}
