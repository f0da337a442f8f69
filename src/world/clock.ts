export interface Clock {
  /** wall clock, milliseconds since 1970 UTC */
  now(): number;
  /** where the reader sits: minutes east of UTC, now */
  offset(): number;
  /** how many times faster than the reader's own time it runs: 1, but for a demo */
  speed: number;
  /** never goes back; milliseconds from an arbitrary start */
  monotonic(): number;
  /** resolves after `ms` of this clock; rejects with the signal's reason when it fires first */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

const longest = 2 ** 31 - 1;

export const realClock: Clock = {
  now: () => Date.now(),
  offset: () => -new Date().getTimezoneOffset(),
  speed: 1,
  monotonic: () => performance.now(),
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
