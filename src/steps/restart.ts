import { exit, messageOf, UserError } from "../errors.ts";
import type { Target } from "../targets/target.ts";
import { fact, type Fact } from "../timeline/event.ts";
import { owedRestart, restartOf } from "../timeline/restart.ts";
import type { Scope } from "../timeline/scope.ts";
import { sameValue } from "../timeline/value.ts";
import type { Change, Lever, Written } from "../timeline/setting.ts";
import type { Context } from "./context.ts";
import type { Offer } from "./lever.ts";

/**
 * Starts the readers of a lever anew, where they read it only then: intent (durable when the yield returns) → one request.
 * When that fails the change stays live, and a UserError says that nobody sees it yet.
 */
export async function* restartReaders(
  { id, setting }: Pick<Change, "id" | "setting">,
  target: Target,
  { restart }: Lever,
  context: Context,
): AsyncGenerator<Fact, void, void> {
  if (restart === undefined || target.restart === undefined) return;
  const { incident, reason, world } = context;
  const ran = { action: restartOf(restart), argv: [target.says], irreversible: false };
  yield fact("ran", { ...ran, code: null, output: "", phase: "intended" });
  const cause = { incident: incident.id, reason: world.secrets.hide(reason), by: world.user };
  const result = await target.restart(setting, cause).catch((thrown: unknown): Written => ({
    unknown: true,
    why: messageOf(thrown),
  }));
  const [code, why] = "written" in result ? [0, ""] : ["unknown" in result ? null : 1, result.why];
  yield fact("ran", { ...ran, code, output: why, phase: "done" });
  if ("written" in result) return;
  const not = code === null ? "may not have been restarted" : "was not restarted";
  throw new UserError({
    what: `${id} is live, but its readers do not see it yet: ${restart} ${not}: ${why}`,
    changed: "yes",
    code: exit.findings,
    next: ("next" in result ? result.next : undefined) ?? `restart ${restart} by hand`,
  });
}

/** Where the value is as wanted already: a change of this incident made it so, and its restart was never seen to end. */
export async function* restartOwed(
  { name, target, lever }: Offer,
  scopes: readonly Scope[],
  context: Context,
): AsyncGenerator<Fact, void, void> {
  const { incident, onlyShown } = context;
  if (onlyShown) return;
  const tracked = incident.changes.findLast(
    ({ change }) =>
      change.target === name &&
      change.setting === lever.setting &&
      scopes.some((scope) => sameValue({ is: { ...scope } }, { is: { ...change.scope } })),
  );
  const owed = tracked === undefined ? undefined : owedRestart(tracked, incident);
  if (tracked === undefined || owed === undefined || owed !== lever.restart) return;
  const answer = await context.choose({
    question: `${owed} was to be restarted after ${tracked.change.id}, and was not seen to be. Restart it now?`,
    choices: [
      { value: "leave", label: "No: its readers see the value already" },
      { value: "restart", label: `Restart ${owed}` },
    ],
    otherwise: "leave",
  });
  if (answer === "restart") yield* restartReaders(tracked.change, target, lever, context);
  else yield fact("declined", { what: restartOf(owed), why: "left as it is" });
}
