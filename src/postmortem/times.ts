import { sayBetween } from "../timeline/describe.ts";
import type { Incident } from "../timeline/incident.ts";
import { sayMoment } from "../timeline/moment.ts";
import { beganAt, cite, eventsOf } from "./record.ts";

export interface Moment {
  what: string;
  at: string;
  /** since the beginning */
  after: string;
}

/** From the first sign to the end, each with its record and its distance from the first. */
export function momentsOf(incident: Incident): Moment[] {
  const began = beganAt(incident);
  const moment = (what: string, event: { at: number; seq: number } | undefined, at = event?.at): Moment[] =>
    event === undefined || at === undefined
      ? []
      : [{ what, at: cite(incident, at, event.seq), after: at === began ? "" : sayBetween(began, at) }];
  const firing = eventsOf(incident, "alert").filter(({ payload }) => payload.status === "firing");
  return [
    ...firing.flatMap((event) =>
      event.payload.startsAt === undefined
        ? []
        : moment(`Alert ${event.payload.name} began to fire`, event, event.payload.startsAt),
    ),
    ...moment("Incident opened", incident.events[0]),
    ...moment("Acknowledged", eventsOf(incident, "acknowledged")[0]),
    ...moment(
      "First change read back in production",
      incident.events.find(
        ({ at, type }) => at === incident.mitigatedAt && (type === "read-back" || type === "settled"),
      ),
    ),
    ...moment(
      "First change seen to help",
      eventsOf(incident, "helped").find(({ payload }) => payload.verdict === "helped"),
    ),
    ...moment("Resolved", eventsOf(incident, "resolved")[0]),
    ...moment("Closed", eventsOf(incident, "closed")[0]),
  ];
}

export function durationOf(incident: Incident): string {
  const began = beganAt(incident);
  const first = eventsOf(incident, "alert").find(({ payload }) => payload.startsAt === began);
  const from = `from ${cite(incident, began, first?.seq ?? 1)}`;
  const resolved = eventsOf(incident, "resolved")[0] ?? eventsOf(incident, "closed")[0];
  if (resolved !== undefined)
    return `${sayBetween(began, resolved.at)}, ${from} to ${cite(incident, resolved.at, resolved.seq)}`;
  const last = incident.events.at(-1);
  return last === undefined
    ? "unknown"
    : `not over: ${from}, still open at its last record, ${cite(incident, last.at, last.seq)}`;
}

/** Alert by alert, or by whom it was opened. */
export function detectionOf(incident: Incident): string[] {
  const opened = incident.events[0];
  const alerts = eventsOf(incident, "alert").filter(({ payload }) => payload.status === "firing");
  const acknowledged = eventsOf(incident, "acknowledged")[0];
  const lines = alerts.map(({ payload: { name, startsAt, labels }, seq }) => {
    const since =
      startsAt === undefined ? "It did not say since when." : `Firing since ${sayMoment(startsAt, incident.openedAt)}.`;
    const told = Object.entries(labels)
      .map(([label, value]) => `${label}=${value}`)
      .join(", ");
    return `Alert ${name}${told === "" ? "" : ` (${told})`}. ${since} (#${seq})`;
  });
  return [
    ...(lines.length > 0 || opened === undefined
      ? lines
      : [`Opened by hand by ${opened.by} at ${cite(incident, opened.at, opened.seq)}; no alert was recorded.`]),
    acknowledged === undefined
      ? "Nobody acknowledged it on the record."
      : `Acknowledged by ${acknowledged.by} ${sayBetween(beganAt(incident), acknowledged.at)} after the first sign, at ${cite(incident, acknowledged.at, acknowledged.seq)}.`,
  ];
}
