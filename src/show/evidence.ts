import { aboveUsual } from "../timeline/above.ts";
import { sayFactor, sayFigure, sayRange, sparkline } from "../timeline/figure.ts";
import type { Measurement } from "../timeline/measurement.ts";
import { sayMinute } from "../timeline/moment.ts";
import { sayParts, sayReading } from "../timeline/reading.ts";
import { sayScope } from "../timeline/scope.ts";
import { edge, line, narrow, pad, signs, widthOf, type Cell, type Paint, type Piece } from "./paint.ts";
import { apart, wrap } from "./wrap.ts";

export interface EvidenceMore {
  /** since when the alert fires, ms: spending above usual is counted from there */
  since?: number;
  /** how to see every query */
  queries: string;
}

/** One row: what is read now, what is usual, how many times that, and the last hour. */
interface Row {
  sign: Piece;
  id: string;
  label: string;
  now: Piece;
  usual: string;
  change: string;
  trend: string;
}

/** The readings as a table; as a list where it is too narrow for one. */
export function showEvidence(measurements: Measurement[], paint: Paint, more: EvidenceMore): string[] {
  if (measurements.length === 0) return wrap("  ", ["No evidence was read."], paint);
  const rest = [sayAbove(measurements, more.since), `${more.queries}.`].filter((text) => text !== "").join(" ");
  return [...showReadings(measurements, paint), ...wrap("  ", [rest], paint)];
}

/** One reading by itself, as what arrives later is told. */
export function showReading(m: Measurement, paint: Paint): string[] {
  const words = isNumber(m) ? `${sayFigure(m.value!, m.unit)}, usual ${sayUsual(m)} ${sayChange(m)}` : sayReading(m);
  const outcome = m.by === undefined || m.verdict === "error" || m.verdict === "no-data" ? "" : ` ${m.outcome}`;
  return [...wrap(pad(signOf(m), 2, paint), [`${m.id}  ${words}${outcome}`], paint, 4), ...warned(m, paint)];
}

function showReadings(measurements: Measurement[], paint: Paint): string[] {
  if (narrow(paint)) return measurements.flatMap((m) => showReading(m, paint));
  const rows = measurements.filter(isNumber).map((m) => rowOf(m, paint));
  const wide = widths(measurements, rows, paint);
  return [
    ...(rows.length === 0 ? [] : [head(measurements, wide, paint)]),
    ...measurements.flatMap((m) => [
      ...(isNumber(m) ? [drawRow(rowOf(m, paint), wide, paint)] : drawWords(m, wide, paint)),
      ...warned(m, paint),
    ]),
  ];
}

export function signOf({ verdict, outcome }: Measurement): Piece {
  if (verdict === "error" || verdict === "no-data") return signs.unknown;
  return verdict === "unhealthy" || outcome === "concentrated" ? signs.bad : signs.none;
}

function isNumber(m: Measurement): boolean {
  return m.by === undefined && typeof m.value === "number" && m.verdict !== "error" && m.verdict !== "no-data";
}

function rowOf(m: Measurement, paint: Paint): Row {
  return {
    sign: signOf(m),
    id: m.id,
    label: m.label,
    now: { text: sayFigure(m.value!, m.unit), right: true, ...(m.verdict === "unhealthy" ? { style: "bold" } : {}) },
    usual: sayUsual(m),
    change: sayChange(m),
    trend: sparkline(m.trend ?? [], paint.unicode),
  };
}

function sayUsual({ usual, unit }: Measurement): string {
  return usual === undefined ? "unknown" : sayRange(usual.low, usual.high, unit);
}

function sayChange({ usual, value }: Measurement): string {
  return usual === undefined || usual.median === 0 ? "" : sayFactor(value! / usual.median);
}

interface Widths {
  id: number;
  label: number;
  now: number;
  usual: number;
  change: number;
  trend: number;
}

/** Labels give way first, then the hour's trend: the figures stay. */
function widths(measurements: Measurement[], rows: Row[], paint: Paint): Widths {
  const most = (cells: Cell[], least: number) => Math.max(least, ...cells.map((cell) => widthOf(cell, paint)));
  const wide: Widths = {
    id: Math.min(16, most(measurements.map((m) => m.id), 6)),
    label: most(rows.map((r) => r.label), 12),
    now: most(rows.map((r) => r.now), 6),
    usual: most(rows.map((r) => r.usual), 7),
    change: most(rows.map((r) => r.change), 5),
    trend: most(rows.map((r) => r.trend), 0),
  };
  const total = () => 2 + wide.id + 2 + wide.label + 2 + wide.now + 3 + wide.usual + 3 + wide.change + 4 + wide.trend;
  const shrink = (least: number) => (wide.label = Math.max(least, wide.label - Math.max(0, total() - paint.columns)));
  shrink(16);
  if (total() > paint.columns) wide.trend = 0;
  shrink(8);
  return wide;
}

function head(measurements: Measurement[], wide: Widths, paint: Paint): string {
  const dim = (text: string, right = false): Piece => ({ text, style: "dim", ...(right ? { right } : {}) });
  const pieces = [
    "  ",
    ...pad(dim(sayWindow(measurements)), wide.id + 2 + wide.label, paint),
    ...pad(dim("now", true), wide.now + 2, paint),
    ...pad(dim("usual", true), wide.usual + 3, paint),
    ...(wide.trend === 0 ? [] : pad(dim("last hour", true), wide.change + 7 + wide.trend, paint)),
  ];
  return line(pieces, paint);
}

function drawRow(row: Row, wide: Widths, paint: Paint): string {
  const pieces = [
    ...pad(row.sign, 2, paint),
    ...pad({ text: row.id, ...(row.sign === signs.none ? {} : { style: "bold" }) }, wide.id, paint),
    "  ",
    ...pad(row.label, wide.label, paint),
    ...pad(row.now, wide.now + 2, paint),
    ...pad({ text: row.usual, right: true }, wide.usual + 3, paint),
    ...pad({ text: row.change, right: true }, wide.change + 3, paint),
    ...(wide.trend === 0 ? [] : ["    ", row.trend]),
  ];
  return line(pieces, paint);
}

/** What has no single figure: parts, and why nothing was read. */
function drawWords(m: Measurement, wide: Widths, paint: Paint): string[] {
  const start: Cell[] = [...pad(signOf(m), 2, paint), ...pad(m.id, wide.id, paint), "  "];
  if (m.by === undefined || m.verdict === "error" || m.verdict === "no-data") {
    return wrap([...start, ...pad(m.label, Math.max(wide.label, widthOf(m.label, paint)), paint), "  "], [sayReading(m)], paint);
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

function warned(m: Measurement, paint: Paint): string[] {
  return (m.warnings ?? []).flatMap((warning) => wrap("? ", [`${m.id}: the answer may be partial: ${warning}`], paint));
}

/** The window and scope that most rows share. */
function sayWindow(measurements: Measurement[]): string {
  const m = measurements.find(isNumber) ?? measurements[0]!;
  return `${sayMinute(m.at - m.windowMs)}-${sayMinute(m.at)}, ${sayScope(m.scope)}`;
}

function sayAbove(measurements: Measurement[], since: number | undefined): string {
  const cost = measurements.find((m) => m.unit === "usd/h" && isNumber(m) && m.verdict === "unhealthy");
  if (cost === undefined) return "";
  const from = since ?? cost.at - 3_600_000;
  const dollars = aboveUsual([cost], from, cost.at);
  if (dollars === undefined || dollars < 1) return "";
  return `About ${sayFigure(Math.round(dollars), "usd")} above usual ${since === undefined ? "in the last hour" : `since ${sayMinute(from)}`}.`;
}
