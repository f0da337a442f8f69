import type { Clock } from "../world/clock.ts";
import type { World } from "../world/world.ts";

/** One request or program may take so long, and all of it together, ms of the reader's time. */
const oneMs = 5000;
const allMs = 12_000;

export interface Hurried {
  world: World;
  /** host → how far its clock is ahead of ours, ms; negative: behind. As its Date header says, to the second */
  clocks: ReadonlyMap<string, number>;
  /** undefined: it is not done when the time is over */
  inTime<T>(work: Promise<T>): Promise<T | undefined>;
}

/** A world in which nobody is waited for longer than the reader waits, and in which it is noted what time others have. */
export function hurry(world: World): Hurried {
  const { clock } = world;
  const clocks = new Map<string, number>();
  const began = clock.monotonic();
  const left = () => Math.round(allMs - (clock.monotonic() - began) / clock.speed);
  return {
    clocks,
    world: {
      ...world,
      async http(request) {
        const deadlineMs = Math.min(request.deadlineMs, oneMs, left());
        if (deadlineMs < 1) return { failed: "it was not asked: the time was over", sent: false, ms: 0 };
        const sentAt = clock.now();
        const result = await world.http({ ...request, deadlineMs });
        const there = "status" in result ? timeOf(result.headers) : undefined;
        if (there !== undefined) clocks.set(new URL(request.url).host, there - (sentAt + clock.now()) / 2);
        return result;
      },
      exec: (argv, options) =>
        world.exec(argv, { ...options, timeoutMs: Math.max(1, Math.min(options.timeoutMs, oneMs, left())) }),
    },
    inTime: (work) => before(left(), work, clock),
  };
}

/** A date is cut to its second: in the middle of it nobody is far off. What a cache kept has grown older since. */
function timeOf(headers: Readonly<Record<string, string>>): number | undefined {
  const { date = "", age = "" } = headers;
  const at = /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/.test(date) ? Date.parse(date) : Number.NaN;
  if (Number.isNaN(at)) return undefined;
  return at + 500 + (/^\d{1,9}$/.test(age) ? Number(age) * 1000 : 0);
}

async function before<T>(ms: number, work: Promise<T>, clock: Clock): Promise<T | undefined> {
  const stop = new AbortController();
  const late = clock.sleep(Math.max(0, ms) * clock.speed, stop.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    stop.abort();
  }
}
