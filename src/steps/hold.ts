import { exit, UserError } from "../errors.ts";
import type { Lease, Taken } from "../timeline/store.ts";
import type { Context } from "./context.ts";
import type { Spot } from "./spot.ts";

/** Who holds an address reads, writes and reads back, each for seconds; longer (ms) than this it does not go on by itself. */
const mostMs = 2 * 60_000;

/** Who was not seen to work for so long (ms), stopped or out of sight, is not waited for: it may never go on. */
const idleMs = 5000;

/**
 * From an intent until its write is read back, nobody else of this store writes to the same address: two writes of whole
 * documents would take each other back where the config API has no compare-and-set. Waits for whoever works at it, says
 * who that is, and lets go whoever has waited enough.
 */
export async function holdAddress({ target, name, lever, scope }: Spot, context: Context): Promise<Lease> {
  const { clock } = context.world;
  const place = `${name} ${target.address(lever.setting, scope)}`;
  const until = clock.monotonic() + mostMs + 2 * lever.settles;
  let workedAt = clock.monotonic();
  for (let told = false; ; told = true) {
    const lease = await context.hold(place);
    if (!("heldBy" in lease)) {
      if (lease.after !== undefined)
        context.say(`  ${lease.after} was changing ${place} and has ended: what it left is looked at first.`);
      return lease;
    }
    const now = clock.monotonic();
    if (lease.isWorking) workedAt = now;
    if (now >= until || now >= workedAt + idleMs * clock.speed) throw changedBy(lease, place);
    if (!told && !context.impatient) context.say(`  Waiting: somebody else changes ${place}. ${lease.heldBy}.`);
    if (!(await goOnWaiting("Waiting for whoever changes it.", 200 * clock.speed, context)))
      throw changedBy(lease, place);
  }
}

/**
 * Waits for a moment (ms), while nothing is held: the single keys do there what they do at every question. False: whoever
 * waits has no time, or has waited enough.
 */
export async function goOnWaiting(what: string, ms: number, context: Context): Promise<boolean> {
  return context.impatient !== true && (await context.idle(what, ms)) === "elapsed";
}

function changedBy({ heldBy, next }: Taken, place: string): UserError {
  return new UserError({ what: `Somebody else changes ${place}: ${heldBy}.`, next, code: exit.conflict });
}
