import type { HttpRequest, HttpResult } from "./http.ts";
import type { World } from "./world.ts";

/** The last answer, and how many times it was asked for. */
export type Tried = HttpResult & { tries: number };

const mostTries = 3;
/** who asks for more patience than this is not waited for, ms */
const longestWaitMs = 3000;

/**
 * Asks for what changes nothing: where a broken connection or an overloaded server may be over in a moment, again, at most
 * twice, all within the deadline of the call. Whatever the method, nothing that changes something may come through here.
 * `isFinal` knows answers that a repetition would only make worse. An interrupt ends it at once; one that came before does not: then it is the read-back of a write that was under way.
 */
export async function readHttp(
  { http, clock, random, interrupted }: Pick<World, "http" | "clock" | "random" | "interrupted">,
  request: HttpRequest,
  isFinal: (body: string) => boolean = () => false,
): Promise<Tried> {
  const began = clock.monotonic();
  const stop = interrupted.aborted ? {} : { signal: interrupted };
  const reads = request.method === "GET" ? {} : { reads: true as const };
  for (let tries = 1; ; tries++) {
    const elapsed = (clock.monotonic() - began) / clock.speed;
    const left = Math.max(1, Math.round(request.deadlineMs - elapsed));
    const result = await http({ ...request, ...stop, deadlineMs: left, ...reads });
    const told = { ...result, tries, ms: Math.round((clock.monotonic() - began) / clock.speed) };
    if (tries === mostTries || !mayPass(result) || ("status" in result && isFinal(result.body))) return told;
    const asked = "status" in result ? retryAfter(result.headers["retry-after"], clock.now()) : undefined;
    // jitter, so that those whom one outage hit do not all come back in one moment
    const wait = Math.max(asked ?? 0, Math.round(150 * 3 ** (tries - 1) * (0.5 + random.fraction())));
    const spent = (clock.monotonic() - began) / clock.speed;
    if (wait > longestWaitMs || spent + wait >= request.deadlineMs) return told;
    try {
      await clock.sleep(wait * clock.speed, stop.signal);
    } catch {
      return told;
    }
  }
}

/** "", or ", tried 3 times". */
export function sayTries(tries: number): string {
  return tries === 1 ? "" : `, tried ${tries} times`;
}

/** ms to wait as a Retry-After header asks: seconds or an HTTP date; undefined where it says nothing usable. */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000;
  const at = /^\s*\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\s*$/.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

function mayPass(result: HttpResult): boolean {
  return "status" in result ? [429, 502, 503, 504].includes(result.status) : result.passing === true;
}
