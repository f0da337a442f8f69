import { openHttp, type HttpRequest } from "../../src/world/http.ts";
import type { World } from "../../src/world/world.ts";
import { fakeWorld } from "../fake/world.ts";

export interface WatchedWorld {
  world: World;
  /** what was sent, in order */
  sent: HttpRequest[];
  /** mutating requests among it */
  writes(): number;
  /** runs once, right before the next mutating request leaves */
  before(work: () => Promise<void>): void;
}

/**
 * A fake world whose network is the real one. Every request has a connection of its own: a server that starts anew with each
 * change closes the kept ones, and a request that meets this has no answer.
 */
export function watchedWorld(
  isWrite: (request: HttpRequest) => boolean,
  env: Record<string, string> = {},
): WatchedWorld {
  const fake = fakeWorld({ env });
  const sent: HttpRequest[] = [];
  let work: (() => Promise<void>) | undefined;
  return {
    sent,
    writes: () => sent.filter(isWrite).length,
    before: (next) => void (work = next),
    world: {
      ...fake,
      async http(request) {
        if (isWrite(request)) {
          const now = work;
          work = undefined;
          await now?.();
        }
        sent.push(request);
        return openHttp({}, fake.clock, new AbortController().signal)(request);
      },
    },
  };
}
