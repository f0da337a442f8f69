import { exit, UserError } from "../errors.ts";
import type { Target } from "../targets/target.ts";
import { changesOn, type Placed } from "../timeline/changes.ts";
import { fact, type Facts } from "../timeline/event.ts";
import type { TrackedChange } from "../timeline/incident.ts";
import type { Scope } from "../timeline/scope.ts";
import type { Lever } from "../timeline/setting.ts";
import { sameValue, sayValue, type Value } from "../timeline/value.ts";
import type { Context } from "./context.ts";

/**
 * Decides what became of an intent whose end nobody saw, from its recorded before and after and the live value.
 * "wait": a write that was sent could still arrive.
 */
export function decideDoubt(
  tracked: TrackedChange,
  live: Value,
  now: number,
  settles: number,
): Facts["settled"] | "wait" {
  const { id: change, before, after } = tracked.change;
  if (sameValue(live, after)) return { change, as: "applied", live, why: `live is ${sayValue(live)}, as intended` };
  if (now < lastArrival(tracked, settles)) return "wait";
  if (sameValue(live, before))
    return { change, as: "not-applied", live, why: `live is still ${sayValue(live)} after the write's deadline` };
  const why = `live is ${sayValue(live)}: neither ${sayValue(before)} nor ${sayValue(after)}`;
  return { change, as: "other", live, why };
}

/** After this moment (ms) a write that was sent can no longer appear. */
export function lastArrival(tracked: TrackedChange, settles: number): number {
  return tracked.intendedAt + tracked.deadlineMs + settles;
}

/** Settles every intent in doubt on one lever, in whichever incident it was made, before anything is planned on it. */
export async function settleDoubts(
  at: { target: Target; name: string; lever: Lever; scope: Scope },
  context: Context,
): Promise<void> {
  const lever = { target: at.name, setting: at.lever.setting, scope: at.scope };
  for (const placed of changesOn(lever, await context.incidents()))
    if (placed.tracked.state === "in-doubt") await settleOne(placed, at, context);
}

async function settleOne(
  { incident, tracked }: Placed,
  at: { target: Target; lever: Lever; scope: Scope },
  context: Context,
): Promise<void> {
  const where = `${incident.id} ${tracked.change.id}`;
  for (;;) {
    const read = await at.target.read(at.lever.setting, at.scope);
    if ("error" in read)
      throw new UserError({
        what: `${where} may or may not be applied, and the live value cannot be read: ${read.error}`,
        changed: "unknown",
        code: exit.unknown,
        next: "see that the target answers, then plan again",
      });
    const now = context.world.clock.now();
    const settled = decideDoubt(tracked, read.value, now, at.lever.settles);
    if (settled !== "wait") {
      await context.recordIn(incident.id, fact("settled", settled));
      return;
    }
    const left = lastArrival(tracked, at.lever.settles) - now;
    await context.pause(`${where} may still arrive; its write was sent and not answered`, left);
  }
}
