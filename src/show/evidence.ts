import { aboveUsual } from "../timeline/above.ts";
import { sayFigure } from "../timeline/figure.ts";
import type { Measurement } from "../timeline/measurement.ts";
import { sayMinute } from "../timeline/moment.ts";
import { onsetOf } from "../timeline/onset.ts";
import { sayParts, sayReading } from "../timeline/reading.ts";
import { sayScope } from "../timeline/scope.ts";
import { showDeeds } from "./deeds.ts";
import { drawHead, drawRow, rowOf, widthsOf, type Widths } from "./figures.ts";
import { edge, narrow, pad, signs, widthOf, type Cell, type Paint } from "./paint.ts";
import { isFigure, showReading, signOf, warned } from "./reading.ts";
import { apart, wrap } from "./wrap.ts";

export interface EvidenceMore {
  /** since when the alert fires, ms: spending above usual is counted from there */
  since?: number;
  /** of the first bad reading, ms; left out: what these readings tell */
  onset?: number;
  /** how to see every query */
  queries: string;
}

/** The readings as a table; as a list where it is too narrow for one. */
export function showEvidence(measurements: Measurement[], paint: Paint, more: EvidenceMore): string[] {
  if (measurements.length === 0) return wrap("  ", ["No evidence was read."], paint);
  const rest = [sayAbove(measurements, more.since), `${more.queries}.`].filter((text) => text !== "").join(" ");
  const onset = more.onset ?? onsetOf(measurements, more.since);
  return [...showReadings(measurements, onset, paint), ...wrap("  ", [rest], paint)];
}

function showReadings(measurements: Measurement[], onset: number | undefined, paint: Paint): string[] {
  const unread = measurements.filter(isUnmeasured);
  if (unread.length > 1) {
    const read = measurements.filter((m) => !isUnmeasured(m));
    const ids = unread.map(({ id }) => id).join(", ");
    return [
      ...showReadings(read, onset, paint),
      ...wrap([signs.unknown, " "], [`nothing here measures: ${ids}`], paint),
    ];
  }
  if (narrow(paint)) return measurements.flatMap((m) => showReading(m, paint, onset));
  const rows = measurements.filter(isFigure).map((m) => rowOf(m, paint));
  const wide = widthsOf(
    measurements.map(({ id }) => id),
    rows,
    paint,
  );
  return [
    ...(rows.length === 0 ? [] : [drawHead(sayWindow(measurements), wide, paint)]),
    ...measurements.flatMap((m) => [
      ...(isFigure(m) ? [drawRow(rowOf(m, paint), wide, paint)] : drawWords(m, wide, onset, paint)),
      ...warned(m, paint),
    ]),
  ];
}

/** No source was asked: none can tell. Several of these are one line, and their reasons stand with the queries. */
function isUnmeasured({ verdict, source }: Measurement): boolean {
  return verdict === "no-data" && source === "";
}

/** What has no single figure: parts, changes, and why nothing was read. */
function drawWords(m: Measurement, wide: Widths, onset: number | undefined, paint: Paint): string[] {
  const start: Cell[] = [...pad(signOf(m), 2, paint), ...pad(m.id, wide.id, paint), "  "];
  if (m.outcome === "changed") return showDeeds(m, start, onset, paint);
  if (m.by === undefined || m.verdict === "error" || m.verdict === "no-data") {
    return wrap(
      [...start, ...pad(m.label, Math.max(wide.label, widthOf(m.label, paint)), paint), "  "],
      [sayReading(m)],
      paint,
    );
  }
  const room = edge(paint) - 2 - wide.id - 2 - 2 - widthOf(m.outcome, paint);
  return apart([...start, sayPartsWithin(m, room, paint)], m.outcome, paint);
}

/** As many parts as one line holds, at least one. */
function sayPartsWithin(m: Measurement, room: number, paint: Paint): string {
  for (const most of [5, 4, 3, 2]) {
    const text = sayParts(m, most);
    if (widthOf(text, paint) <= room) return text;
  }
  return sayParts(m, 1);
}

/** The window and scope that most rows share. */
function sayWindow(measurements: Measurement[]): string {
  const m = measurements.find(isFigure) ?? measurements[0]!;
  return `${sayMinute(m.at - m.windowMs)}-${sayMinute(m.at)}, ${sayScope(m.scope)}`;
}

function sayAbove(measurements: Measurement[], since: number | undefined): string {
  const cost = measurements.find((m) => m.unit === "usd/h" && isFigure(m) && m.verdict === "unhealthy");
  if (cost === undefined) return "";
  const from = since ?? cost.at - 3_600_000;
  const dollars = aboveUsual([cost], from, cost.at);
  if (dollars === undefined || dollars < 1) return "";
  return `About ${sayFigure(Math.round(dollars), "usd")} above usual ${since === undefined ? "in the last hour" : `since ${sayMinute(from)}`}.`;
}
