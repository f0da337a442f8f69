import type { Clock } from "../../src/world/clock.ts";

export interface FakeClock extends Clock {
  /** time stands still while this runs: for real disk or socket work inside a test */
  hold<T>(work: Promise<T>): Promise<T>;
  /** sets the time forward by hand; sleepers wake in order */
  advance(ms: number): Promise<void>;
  /** somebody sets the wall clock: by so many ms, back when negative; nobody wakes by it */
  set(ms: number): void;
}

interface Sleeper {
  at: number;
  wake(): void;
}

/**
 * Stands still until everybody sleeps, then jumps to the next wake-up: an hour passes at once, in order, and the same
 * way every time.
 */
export function fakeClock(start: number): FakeClock {
  let now = start;
  let held = 0;
  let moved = 0;
  let ticking = false;
  const sleepers: Sleeper[] = [];

  function tick(): void {
    if (ticking || sleepers.length === 0) return;
    ticking = true;
    turns(3, () => {
      ticking = false;
      if (held === 0) wakeNext();
      tick();
    });
  }
  function wakeNext(): void {
    const next = sleepers.shift();
    if (next === undefined) return;
    now = Math.max(now, next.at);
    next.wake();
  }
  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const sleeper: Sleeper = { at: now + Math.max(0, ms), wake };
      function wake(): void {
        signal?.removeEventListener("abort", stop);
        resolve();
      }
      function stop(): void {
        const i = sleepers.indexOf(sleeper);
        if (i >= 0) sleepers.splice(i, 1);
        reject(signal?.reason as Error);
      }
      signal?.addEventListener("abort", stop, { once: true });
      const later = sleepers.findIndex((other) => other.at > sleeper.at);
      sleepers.splice(later < 0 ? sleepers.length : later, 0, sleeper);
      tick();
    });
  }

  return {
    now: () => now + moved,
    offset: () => 60,
    speed: 1,
    monotonic: () => now - start,
    steady: () => ({ since: "fake", ms: now }),
    sleep,
    async hold(work) {
      held++;
      try {
        return await work;
      } finally {
        held--;
      }
    },
    set(ms) {
      moved += ms;
    },
    async advance(ms) {
      const until = now + ms;
      await sleep(ms);
      now = Math.max(now, until);
    },
  };
}

/** Lets promises and immediate callbacks run `n` rounds, then calls back. */
function turns(n: number, then: () => void): void {
  setImmediate(() => (n <= 1 ? then() : turns(n - 1, then)));
}
