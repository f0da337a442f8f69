import { stamp, headOf, type Author } from "./chain.ts";
import { cleanFacts } from "./clean.ts";
import type { World } from "../world/world.ts";
import type { Event, Fact, UnknownEvent } from "./event.ts";
import type { Store } from "./store.ts";

/** A store that leaves no trace: what a dry run records is gone with it. `known` are timelines to start from. */
export function openMemoryStore(
  { clock, secrets, random }: Pick<World, "clock" | "secrets" | "random">,
  known: readonly (readonly (Event | UnknownEvent)[])[] = [],
): Store {
  const key = random.id(52);
  const timelines = new Map(
    known.flatMap((events) => (events[0] === undefined ? [] : [[events[0].incident, [...events]]])),
  );
  return {
    says: "memory",
    place: () => "nowhere: a dry run",
    async append(incident, afterSeq, facts: readonly Fact[], author: Author) {
      const events = timelines.get(incident) ?? [];
      if (events.length > afterSeq) return { newer: events.slice(afterSeq) };
      const said = await cleanFacts(facts, secrets, async () => key);
      const stamped = stamp(said, incident, headOf(events), clock.now(), author);
      timelines.set(incident, [...events, ...stamped]);
      return { events: stamped };
    },
    read: async (incident) => ({
      events: timelines.get(incident) ?? [],
      findings: [],
      hashes: [],
      heads: [],
      converted: false,
    }),
    news: async (incident, afterSeq) => (timelines.get(incident) ?? []).slice(afterSeq),
    skim: async (incident) => ({ events: timelines.get(incident) ?? [], findings: [] }),
    list: async () => [...timelines.keys()],
    lease: async () => ({ isOurs: () => true, release: async () => {} }),
    hold: async () => ({ isOurs: () => true, release: async () => {} }),
  };
}
