import { clockMoves, sayClockMove } from "../timeline/clockMoves.ts";
import { sayInEffect, sayKind, sayVerdict } from "../timeline/describe.ts";
import { isKnown } from "../timeline/fold.ts";
import type { Incident, TrackedChange } from "../timeline/incident.ts";
import { byKey, cite, eventsOf, isUnread, readingsOf } from "./record.ts";

/** What the record does not know, each as a sentence: a gap is said, never filled. */
export function gapsOf(incident: Incident): string[] {
  return [
    ...incident.changes.flatMap((tracked) => gapsOfChange(tracked, incident)),
    ...unfinishedActions(incident),
    ...[...incident.walked].flatMap(([key, { outcome, title }]) =>
      outcome === undefined ? [`The step ${key} (${title}) began and has no end on the record.`] : [],
    ),
    ...(incident.measurements.size === 0 ? ["No evidence was read."] : []),
    ...byKey(readingsOf(incident)).flatMap(([, [first]]) => {
      const { measurement, seq } = first!;
      return isUnread(measurement) ? [`${measurement.id} was not measured: ${measurement.why} (#${seq}).`] : [];
    }),
    ...incident.damage.map((why) => `The record is damaged: ${why}.`),
    ...clockMoves(incident.events).map(sayClockMove),
    ...eventsOf(incident, "torn").map(
      ({ payload, seq }) =>
        `A damaged end of the record (${payload.bytes} bytes) was set aside as ${payload.file} (#${seq}).`,
    ),
    ...eventsOf(incident, "erased").map(
      ({ payload, seq }) => `The content of #${payload.seq} was erased: ${payload.reason} (#${seq}).`,
    ),
    ...eventsOf(incident, "corrected").map(
      ({ payload, seq }) => `#${payload.seq} was corrected: ${payload.text} (#${seq}).`,
    ),
    ...incident.events
      .filter((event) => !isKnown(event))
      .map(({ type, seq, ...event }) =>
        "damaged" in event
          ? `#${seq} (${type}) is not as it was written, and is not part of this report.`
          : `#${seq} is of the unknown type ${type}: a newer version wrote it, and it is not part of this report.`,
      ),
  ];
}

function gapsOfChange(tracked: TrackedChange, incident: Incident): string[] {
  const { change, plan, state, inEffect, helped, intendedAt, result } = tracked;
  const name = `${change.id} (${sayKind(change)})`;
  if (state === "not-applied") return [];
  if (state === "in-doubt") {
    const why = result !== undefined && "unknown" in result ? `: ${result.why}` : "";
    const intended = eventsOf(incident, "intended").find(({ payload }) => payload.change.id === change.id);
    return [
      `${name} is in doubt: it was intended at ${cite(incident, intendedAt, intended?.seq ?? 0)}, and nobody saw whether it was written${why}.`,
    ];
  }
  return [
    ...(state === "applied" ? [`${name} is still live at the last record.`] : []),
    ...(inEffect === undefined ? [`${name} was read back; whether it took effect was not looked at.`] : []),
    ...(inEffect !== undefined && inEffect.verdict !== "yes"
      ? [`${name} ${sayInEffect[inEffect.verdict]}: ${inEffect.why}.`]
      : []),
    ...(helped === undefined
      ? [`${name}: verification was not performed${plan.verify === undefined ? "; none was asked for" : ""}.`]
      : []),
    ...(helped !== undefined && helped.verdict !== "helped"
      ? [`${name} ${sayVerdict[helped.verdict]}: ${helped.why}.`]
      : []),
  ];
}

function unfinishedActions(incident: Incident): string[] {
  const runs = eventsOf(incident, "ran");
  return runs.flatMap((begun) => {
    if (begun.payload.phase !== "intended") return [];
    const over = runs.some(
      ({ payload, seq }) => payload.phase === "done" && payload.action === begun.payload.action && seq > begun.seq,
    );
    return over
      ? []
      : [`The action ${begun.payload.action} was about to run (#${begun.seq}) and its end is not on the record.`];
  });
}
