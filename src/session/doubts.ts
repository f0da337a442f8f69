import { contextOf } from "../engine/context.ts";
import type { Desk } from "../engine/desk.ts";
import { exit, UserError } from "../errors.ts";
import type { TrackedChange } from "../timeline/incident.ts";
import { settleDoubts, stillInDoubt } from "../steps/doubt.ts";
import { spotOf } from "../steps/spot.ts";
import { sayScope } from "../timeline/scope.ts";
import { changesInDoubt } from "../timeline/changes.ts";

/** Whoever comes next reads what an interrupted write became, before anything else is planned. */
export async function settleOpenDoubts(desk: Desk): Promise<void> {
  for (const tracked of changesInDoubt(desk.recorder.incident)) {
    try {
      await settleDoubtOf(tracked, desk);
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown;
      desk.tellProblem(thrown);
    }
  }
}

/** Settles one change in doubt; a UserError when it stays in doubt. */
export async function settleDoubtOf({ change }: TrackedChange, desk: Desk): Promise<void> {
  const spot = await spotOf(change, desk.project.targets);
  if (spot === undefined)
    throw new UserError({
      what: `${change.id} may or may not be applied, and the project no longer has ${change.setting} on ${change.target}.`,
      changed: "unknown",
      code: exit.unknown,
      next: `look by hand: ${change.setting} of ${sayScope(change.scope)}`,
    });
  const context = contextOf(desk, { runbook: "", step: "settle", title: "settle what is in doubt" });
  try {
    await settleDoubts(spot, context);
  } catch (thrown) {
    throw leftInDoubt(change.id, thrown);
  }
  await desk.recorder.refresh();
  const now = desk.recorder.incident.changes.find((one) => one.change.id === change.id);
  if (now?.state === "in-doubt") throw stillInDoubt(change.id);
}

/** Whatever kept us from it: production may carry it. */
function leftInDoubt(id: string, thrown: unknown): unknown {
  if (!(thrown instanceof UserError) || thrown.changed !== "no") return thrown;
  const { what, code, next } = thrown;
  const known = next === undefined ? {} : { next };
  return new UserError({ what: `${id} is still in doubt. ${what}`, changed: "unknown", code, ...known });
}
