import type { Clock } from "../world/clock.ts";

/** When every rehearsal begins. */
const start = Date.parse("2026-01-05T09:00:00Z");

/** Nobody waits: who sleeps has slept at once, and it is later. */
export function virtualClock(): Clock {
  let ms = 0;
  return {
    now: () => start + ms,
    offset: () => 0,
    speed: 1,
    monotonic: () => ms,
    steady: () => ({ since: "rehearsal", ms }),
    async sleep(length, signal) {
      signal?.throwIfAborted();
      ms += Math.max(0, length);
    },
  };
}
