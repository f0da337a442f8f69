import { stamp, headOf, type Author } from "./chain.ts";
import type { Event, Fact, UnknownEvent } from "./event.ts";
import type { Store } from "./store.ts";

/** A store that leaves no trace: what a dry run records is gone with it. `known` are timelines to start from. */
export function openMemoryStore(now: () => number, known: readonly (readonly (Event | UnknownEvent)[])[] = []): Store {
  const timelines = new Map(known.map((events) => [events[0]!.incident, [...events]]));
  return {
    says: "memory",
    place: () => "nowhere: a dry run",
    async append(incident, afterSeq, facts: readonly Fact[], author: Author) {
      const events = timelines.get(incident) ?? [];
      if (events.length > afterSeq) return { newer: events.slice(afterSeq) };
      const stamped = stamp(facts, incident, headOf(events), now(), author);
      timelines.set(incident, [...events, ...stamped]);
      return { events: stamped };
    },
    read: async (incident) => ({ events: timelines.get(incident) ?? [], bad: [] }),
    list: async () => [...timelines.keys()],
    lease: async () => ({ release: async () => {} }),
  };
}
