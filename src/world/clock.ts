import { readFileSync } from "node:fs";

/** A moment by a clock that nobody sets: one for all processes of a machine, from one start of it to the next. */
export interface Steady {
  /** names the start of the machine; "" where it has no name */
  since: string;
  ms: number;
}

export interface Clock {
  /** wall clock, milliseconds since 1970 UTC */
  now(): number;
  /** where the reader sits: minutes east of UTC, now; "unknown" where TZ names no place that is known */
  offset(): number | "unknown";
  /** how many times faster than the reader's own time it runs: 1, but for a demo */
  speed: number;
  /** never goes back; milliseconds from an arbitrary start */
  monotonic(): number;
  /** as `monotonic`, for moments that are compared with those of other processes */
  steady(): Steady;
  /** resolves after `ms` of this clock; rejects with the signal's reason when it fires first */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

const longest = 2 ** 31 - 1;

/** What TZ names and nobody knows, node takes for UTC and says nothing. */
function isUnknownZone(): boolean {
  return (new Intl.DateTimeFormat().resolvedOptions().timeZone as string | undefined) === undefined;
}

/** Linux names each start of the machine; elsewhere there is no name that setting the clock leaves alone. */
function boot(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}

export const realClock: Clock = {
  now: () => Date.now(),
  offset: () => (isUnknownZone() ? "unknown" : -new Date().getTimezoneOffset()),
  speed: 1,
  monotonic: () => performance.now(),
  steady: () => ({ since: boot(), ms: Number(process.hrtime.bigint() / 1_000_000n) }),
  async sleep(ms, signal) {
    // A timer of more than 24 days would fire at once.
    for (let left = Math.max(0, ms); ; left -= longest) {
      await timer(Math.min(left, longest), signal);
      if (left <= longest) return;
    }
  },
};

/** The same moment, running `speed` times as fast: an hour of a drill in a minute. */
export function fastClock(real: Clock, speed: number): Clock {
  const [start, begun] = [real.now(), real.monotonic()];
  const elapsed = () => (real.monotonic() - begun) * speed;
  return {
    now: () => Math.round(start + elapsed()),
    offset: () => real.offset(),
    speed: real.speed * speed,
    monotonic: elapsed,
    steady: () => ({ since: "", ms: elapsed() }),
    sleep: (ms, signal) => real.sleep(ms / speed, signal),
  };
}

function timer(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const stop = () => {
      clearTimeout(running);
      reject(signal?.reason as Error);
    };
    const running = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
