import type { World } from "../world/world.ts";
import { headOf, stamp } from "./chain.ts";
import { cleanFacts, keyedHash } from "./clean.ts";
import { foldOutline } from "./fold.ts";
import type { Store, Timeline } from "./store.ts";

const nothing: Timeline = { events: [], findings: [], hashes: [], heads: [], converted: false };

/** A store that leaves no trace: what a dry run records is gone with it. What it holds not itself is that of `beneath`. */
export function openMemoryStore(
  { clock, secrets, random }: Pick<World, "clock" | "secrets" | "random">,
  beneath?: Store,
): Store {
  const key = random.id(52);
  const own = new Map<string, Timeline>();
  const read = async (incident: string) => own.get(incident) ?? (await beneath?.read(incident)) ?? nothing;
  return {
    says: "memory",
    place: () => "nowhere: a dry run",
    read,
    async append(incident, afterSeq, facts, author) {
      const known = afterSeq === 0 ? (own.get(incident) ?? nothing) : await read(incident);
      const newer = known.events.filter(({ seq }) => seq > afterSeq);
      if (newer.length > 0) return { newer };
      const said = await cleanFacts(facts, secrets, async () => key);
      const events = stamp(said, incident, headOf(known.events), clock.now(), author);
      own.set(incident, { ...known, events: [...known.events, ...events] });
      return { events };
    },
    news: async (incident, afterSeq) => (await read(incident)).events.filter(({ seq }) => seq > afterSeq),
    async outline(incident) {
      const timeline = own.get(incident);
      return timeline === undefined ? beneath?.outline(incident) : foldOutline(timeline.events, timeline.findings);
    },
    // what is not kept needs no erasing
    erase: async () => [],
    fingerprint: async (text) => keyedHash(text, key),
    list: async () => [...new Set([...own.keys(), ...((await beneath?.list()) ?? [])])],
    lease: async () => ({ isOurs: () => true, release: async () => {} }),
    hold: async () => ({ isOurs: () => true, release: async () => {} }),
  };
}
