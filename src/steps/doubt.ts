import { sayDuration } from "../duration.ts";
import { exit, UserError } from "../errors.ts";
import { changesOn, steadyAgo, type Placed } from "../timeline/changes.ts";
import { fact, type Facts } from "../timeline/event.ts";
import type { TrackedChange } from "../timeline/incident.ts";
import { sameValue, sayValue, type Value } from "../timeline/value.ts";
import type { Clock } from "../world/clock.ts";
import type { Context } from "./context.ts";
import { holdAddress, type Spot } from "./hold.ts";

/**
 * Decides what became of an intent whose end nobody saw, from its recorded before and after and the live value.
 * "wait": a write that was sent could still arrive; "promised": the other side said that it makes the change later, and
 * nobody knows when. `agoMs`: at least so long ago it was intended.
 */
export function decideDoubt(
  { change: { id: change, before, after }, deadlineMs, result }: TrackedChange,
  live: Value,
  agoMs: number,
  settles: number,
): Facts["settled"] | "wait" | "promised" {
  if (sameValue(live, after)) return { change, as: "applied", live, why: `live is ${sayValue(live)}, as intended` };
  if (agoMs < deadlineMs + settles) return "wait";
  if (sameValue(live, before) && result !== undefined && "pending" in result) return "promised";
  if (sameValue(live, before))
    return { change, as: "not-applied", live, why: `live is still ${sayValue(live)} after the write's deadline` };
  const why = `live is ${sayValue(live)}: neither ${sayValue(before)} nor ${sayValue(after)}`;
  return { change, as: "other", live, why };
}

/**
 * How long ago a change was intended at least, ms. What another machine intended, or this one before it was started anew,
 * was intended before we looked (`seenAt`, monotonic): a wall clock may have been set, and tells nothing.
 */
export function intendedAgo(tracked: TrackedChange, seenAt: number, clock: Clock): number {
  return Math.max(steadyAgo(tracked, clock) ?? 0, clock.monotonic() - seenAt);
}

/** Settles what can be settled of the intents in doubt on one lever, in whichever incident it was made, before anything is planned on it. */
export async function settleDoubts(spot: Spot, context: Context): Promise<void> {
  if ((await doubtsAt(spot, context)).length === 0) return;
  // who made it may still be at it: then it settles it without us
  const lease = await holdAddress(spot, context);
  try {
    await settleHeld(spot, context);
  } finally {
    await lease.release();
  }
}

/** As `settleDoubts`, for who holds the address already. */
export async function settleHeld(spot: Spot, context: Context): Promise<void> {
  for (const placed of await doubtsAt(spot, context)) await settleOne(placed, spot, context);
}

async function doubtsAt({ name, lever: { setting }, scope }: Spot, context: Context): Promise<Placed[]> {
  const on = changesOn({ target: name, setting, scope }, await context.incidents());
  return on.filter(({ tracked }) => tracked.state === "in-doubt");
}

async function settleOne({ incident, tracked }: Placed, at: Spot, context: Context): Promise<void> {
  const { clock } = context.world;
  const seenAt = clock.monotonic();
  const where = `${incident.id} ${tracked.change.id}`;
  for (;;) {
    // before the read: a write may arrive while it is answered
    const ago = intendedAgo(tracked, seenAt, clock);
    const read = await at.target.read(at.lever.setting, at.scope);
    if ("error" in read)
      throw new UserError({
        what: `${where} may or may not be applied, and the live value cannot be read: ${read.error}`,
        changed: "unknown",
        code: exit.unknown,
        next: "see that the target answers, then plan again",
      });
    const settled = decideDoubt(tracked, read.value, ago, at.lever.settles);
    if (settled === "promised") return;
    if (settled !== "wait") {
      await context.recordIn(incident.id, fact("settled", settled));
      return;
    }
    const left = tracked.deadlineMs + at.lever.settles - ago;
    const text = `${where} may still arrive: its write was sent and not answered. ${sayDuration(left)} at most`;
    await context.pause(text, Math.min(left, 1000 * clock.speed));
  }
}

export function stillInDoubt(id: string): UserError {
  return new UserError({
    what: `${id} is still in doubt: the other side said that it makes the change later, and it is not there yet.`,
    changed: "unknown",
    code: exit.unknown,
    next: "llmops watch settles it when it is there",
  });
}
