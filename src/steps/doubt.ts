import { sayDuration } from "../duration.ts";
import { exit, UserError } from "../errors.ts";
import { changesOn, steadyAgo, type Placed } from "../timeline/changes.ts";
import { fact, type Facts } from "../timeline/event.ts";
import type { TrackedChange } from "../timeline/incident.ts";
import { sameValue, sayValue, type Value } from "../timeline/value.ts";
import type { Clock } from "../world/clock.ts";
import type { Lease } from "../timeline/store.ts";
import type { Context } from "./context.ts";
import { goOnWaiting, holdAddress } from "./hold.ts";
import type { Spot } from "./spot.ts";

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

/** A write was sent that nobody answered, and it could still arrive: what became of it cannot be known yet. */
export class StillArriving extends UserError {
  constructor(change: string) {
    super({
      what: `${change} is still in doubt: its write was sent and not answered, and may still arrive.`,
      changed: "unknown",
      code: exit.unknown,
      next: "llmops watch --once settles it by reading",
    });
  }
}

/** Settles what can be settled of the intents in doubt on one lever, in whichever incident it was made, before anything is planned on it. */
export async function settleDoubts(spot: Spot, context: Context): Promise<void> {
  if ((await doubtsAt(spot, context)).length === 0) return;
  // who made it may still be at it: then it settles it without us
  const lease = await holdSettled(spot, context);
  await lease.release();
}

/**
 * As `holdAddress`, with nothing left in doubt on the lever but what the other side promised. A write that may still arrive
 * is waited for without holding anything.
 */
export async function holdSettled(spot: Spot, context: Context): Promise<Lease> {
  for (let told = false; ; told = true) {
    const lease = await holdAddress(spot, context);
    const arriving = await settleHeld(spot, context).catch(async (thrown: unknown) => {
      await lease.release();
      throw thrown;
    });
    if (arriving === undefined) return lease;
    await lease.release();
    const { change, leftMs } = arriving;
    const text = `  ${change} may still arrive: its write was sent and not answered. ${sayDuration(leftMs)} at most.`;
    if (!told && !context.impatient) context.say(text);
    const ms = Math.min(leftMs, 1000 * context.world.clock.speed);
    if (!(await goOnWaiting("Waiting until it can no longer arrive.", ms, context))) throw new StillArriving(change);
  }
}

interface Arriving {
  /** with its incident */
  change: string;
  leftMs: number;
}

async function settleHeld(spot: Spot, context: Context): Promise<Arriving | undefined> {
  let arriving: Arriving | undefined;
  for (const placed of await doubtsAt(spot, context)) arriving ??= await settleOne(placed, spot, context);
  return arriving;
}

async function doubtsAt({ name, lever: { setting }, scope }: Spot, context: Context): Promise<Placed[]> {
  const on = changesOn({ target: name, setting, scope }, await context.incidents());
  return on.filter(({ tracked }) => tracked.state === "in-doubt");
}

async function settleOne({ incident, tracked }: Placed, at: Spot, context: Context): Promise<Arriving | undefined> {
  const { clock } = context.world;
  const change = `${incident.id} ${tracked.change.id}`;
  // before the read: a write may arrive while it is answered
  const ago = intendedAgo(tracked, firstSeen(change, clock), clock);
  const read = await at.target.read(at.lever.setting, at.scope);
  if ("error" in read)
    throw new UserError({
      what: `${change} may or may not be applied, and the live value cannot be read: ${read.error}`,
      changed: "unknown",
      code: exit.unknown,
      next: "see that the target answers, then plan again",
    });
  const settled = decideDoubt(tracked, read.value, ago, at.lever.settles);
  if (settled === "wait") return { change, leftMs: tracked.deadlineMs + at.lever.settles - ago };
  if (settled !== "promised") await context.recordIn(incident.id, fact("settled", settled));
  return undefined;
}

const seen = new WeakMap<Clock, Map<string, number>>();

/** When this process saw a change in doubt first (monotonic): whoever looks again and again waits no longer for it. */
function firstSeen(change: string, clock: Clock): number {
  const known = seen.get(clock) ?? new Map<string, number>();
  seen.set(clock, known);
  const at = known.get(change) ?? clock.monotonic();
  known.set(change, at);
  return at;
}

export function stillInDoubt(id: string): UserError {
  return new UserError({
    what: `${id} is still in doubt: the other side said that it makes the change later, and it is not there yet.`,
    changed: "unknown",
    code: exit.unknown,
    next: "llmops watch settles it when it is there",
  });
}
