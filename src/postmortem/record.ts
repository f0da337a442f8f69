import type { Event, FactType } from "../timeline/event.ts";
import { isKnown } from "../timeline/fold.ts";
import type { Incident } from "../timeline/incident.ts";
import type { Measurement } from "../timeline/measurement.ts";
import { sayMoment } from "../timeline/moment.ts";

export type EventOf<T extends FactType> = Event & { type: T };

/** The facts of one type in order, without those whose content was erased. */
export function eventsOf<T extends FactType>({ events }: Incident, type: T): EventOf<T>[] {
  // the type first: it leaves out nearly all of a long record
  return events.filter(
    (event): event is EventOf<T> => event.type === type && isKnown(event) && (event.payload as unknown) !== null,
  );
}

/** A measurement and the record that holds it. */
export interface Reading {
  /** "runbook/id" */
  key: string;
  seq: number;
  measurement: Measurement;
}

/** Every reading of the runbook's evidence: fetched, and read again when a change was judged. */
export function readingsOf(incident: Incident): Reading[] {
  const fetched = eventsOf(incident, "measured").map(({ seq, step, payload: { measurement } }): Reading => {
    return { key: step ?? measurement.id, seq, measurement };
  });
  const again = eventsOf(incident, "helped").flatMap(({ seq, step, payload: { measurements } }) => {
    const runbook = step?.split("/")[0] ?? "";
    return measurements.map((measurement): Reading => ({ key: `${runbook}/${measurement.id}`, seq, measurement }));
  });
  return [...fetched, ...again].sort((a, b) => a.seq - b.seq);
}

/** Nothing here measures it: no source was asked. */
export function isUnread({ source, query }: Measurement): boolean {
  return source === "" && query === "";
}

/** Readings by key, in the order in which they were first read. */
export function byKey(readings: Reading[]): [key: string, readings: Reading[]][] {
  const groups = new Map<string, Reading[]>();
  for (const reading of readings) {
    const same = groups.get(reading.key);
    if (same === undefined) groups.set(reading.key, [reading]);
    else same.push(reading);
  }
  return [...groups];
}

/** "03:12:04 (#3)", with the date where it is not the day of the opening. */
export function cite(incident: Incident, at: number, seq: number): string {
  return `${sayMoment(at, incident.openedAt)} (#${seq})`;
}

/** When the trouble began, as far as the record knows: the alert's own word, else the opening. */
export function beganAt(incident: Incident): number {
  const known = incident.alerts.flatMap(({ startsAt }) => (startsAt === undefined ? [] : [startsAt]));
  return known.length === 0 ? incident.openedAt : Math.min(...known);
}

/** When it was over, or the time of the last record. */
export function untilAt({ resolvedAt, events, openedAt }: Incident): number {
  return resolvedAt ?? events.at(-1)?.at ?? openedAt;
}
