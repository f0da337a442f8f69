import { openSecrets } from "../src/redact/known.ts";
import { realClock } from "../src/world/clock.ts";
import { openHttp } from "../src/world/http.ts";
import { realRandom } from "../src/world/random.ts";
import type { World } from "../src/world/world.ts";

/** As much of the world as reading a source takes. */
export function readingWorld(): World {
  const interrupted = new AbortController().signal;
  const http = openHttp({}, realClock, interrupted);
  return { http, clock: realClock, random: realRandom, secrets: openSecrets(), interrupted } as unknown as World;
}
