import type { Incident } from "../timeline/incident.ts";
import { candidatesFor, rankSimilar, saySimilar } from "../timeline/similar.ts";
import type { Store } from "../timeline/store.ts";
import type { World } from "../world/world.ts";
import { readIncident, readOutlines } from "./ledger.ts";

/** One line about what this store knows of an incident like this one; undefined: nothing. */
export async function seenBefore(world: World, store: Store, now: Incident): Promise<string | undefined> {
  const candidates = candidatesFor(now, await readOutlines(store, world));
  const past = await Promise.all(candidates.map(({ id }) => readIncident(store, id)));
  return saySimilar(rankSimilar(now, past));
}
