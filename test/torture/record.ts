import type { Event } from "../../src/timeline/event.ts";
import { foldIncident } from "../../src/timeline/fold.ts";
import type { Incident } from "../../src/timeline/incident.ts";
import type { Place } from "./place.ts";
import { parseTimeline, verifyChain } from "../timeline/verify.ts";

/** Every timeline of a place, and what is wrong with one: a line that is no record, a chain that does not hold. */
export function recordsOf(place: Place): { incidents: Incident[]; wrong: string[] } {
  const read = place.incidents().map((id) => ({ id, ...parseTimeline(place.timeline(id)) }));
  const wrong = read.flatMap(({ id, events, bad, torn }) => {
    const broken = verifyChain(events);
    return [
      ...bad.map(({ line, why }) => `I4: line ${line} of ${id} is ${why}`),
      ...(torn === undefined ? [] : [`I4: ${id} ends in half a line`]),
      ...(broken === undefined ? [] : [`I4: ${id}: ${broken.why}`]),
    ];
  });
  return { incidents: read.filter(({ events }) => events.length > 0).map(({ events }) => foldIncident(events)), wrong };
}

/** The events of one type, of all incidents. */
export function factsOf<T extends Event["type"]>(
  incidents: readonly Incident[],
  type: T,
): Extract<Event, { type: T }>[] {
  return incidents.flatMap(({ events }) =>
    events.filter((event): event is Extract<Event, { type: T }> => event.type === type),
  );
}
