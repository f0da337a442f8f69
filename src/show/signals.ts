import { formatDuration } from "../duration.ts";
import { sayFigure } from "../timeline/figure.ts";
import type { Measurement } from "../timeline/measurement.ts";
import { sayTime } from "../timeline/moment.ts";
import { sayParts } from "../timeline/reading.ts";
import { sayScope, type Scope } from "../timeline/scope.ts";
import { drawHead, drawRow, rowOf, widthsOf, type Row, type Widths } from "./figures.ts";
import { narrow, signs, type Paint } from "./paint.ts";
import { sayChange, sayUsual, signOf, warned } from "./reading.ts";
import { tabled } from "./table.ts";
import { wrap } from "./wrap.ts";

/** One look at signals; the id of each measurement is the signal's name. */
export interface Seen {
  /** ms since 1970 */
  at: number;
  scope: Scope;
  windowMs: number;
  read: readonly Measurement[];
  /** names of the signals that nothing here computes, where all were asked for */
  unmeasured: readonly string[];
  /** signal → layer, where they are to be grouped */
  layers?: ReadonlyMap<string, string>;
}

/** Now, usual, how many times that, and the last hour: a row for each signal, its parts beneath it. */
export function showSignals(seen: Seen, paint: Paint): string[] {
  const { at, windowMs, scope, read, layers } = seen;
  const title = `${formatDuration(windowMs)} to ${sayTime(at)} UTC, ${sayScope(scope)}`;
  const figures = read.filter(hasFigure);
  const wide = widthsOf(
    [""],
    figures.map((m) => rowFor(m, paint)),
    paint,
  );
  const heads = narrow(paint) || figures.length === 0 ? [] : [drawHead("", wide, paint)];
  const body = layers === undefined ? showNamed(read, wide, paint) : showLayers(read, layers, wide, paint);
  const left = seen.unmeasured.length;
  const rest = [
    ...(left === 0 ? [] : [`${left} more are not measured here: llmops signal NAME says what to look at instead.`]),
    "Every query: --json.",
  ];
  return [...wrap("  ", [title], paint), ...heads, ...body, "", ...wrap("  ", [rest.join(" ")], paint)];
}

/** A line for each signal that reads otherwise than `before`; all of them where there was nothing before. */
export function showMoved(before: Seen | undefined, { at, read }: Seen, paint: Paint): string[] {
  return read.flatMap((m, i) => {
    const old = before?.read[i];
    const said = sayRow(m);
    if (old !== undefined && sayRow(old) === said && old.verdict === m.verdict) return [];
    return wrap([`${sayTime(at)} `, signOf(m), " "], [`${m.id}  ${said}`], paint, 4);
  });
}

function showNamed(read: readonly Measurement[], wide: Widths, paint: Paint): string[] {
  return read.flatMap((m, i) => {
    const parts = showParts(m, paint);
    const space = i > 0 && (parts.length > 0 || read[i - 1]!.parts !== undefined) ? [""] : [];
    return [...space, ...showOne(m, wide, paint), ...parts];
  });
}

const layerNames = { infrastructure: "Infrastructure", api: "API", behaviour: "Behaviour", quality: "Quality" };

/** Those without a figure come last, together where they have one reason. */
function showLayers(
  read: readonly Measurement[],
  layers: ReadonlyMap<string, string>,
  wide: Widths,
  paint: Paint,
): string[] {
  const groups = Object.entries(layerNames).flatMap(([layer, name]) => {
    const own = read.filter((m) => hasFigure(m) && layers.get(m.id) === layer);
    if (own.length === 0) return [];
    return ["", ...wrap("  ", [{ text: name, style: "dim" }], paint), ...own.flatMap((m) => showOne(m, wide, paint))];
  });
  const reasons = new Map<string, string[]>();
  for (const { id, why } of read.filter((m) => !hasFigure(m))) reasons.set(why, [...(reasons.get(why) ?? []), id]);
  const silent = [...reasons].flatMap(([why, ids]) => wrap([signs.unknown, " "], [`${why}: ${ids.join(", ")}`], paint));
  return [...groups, ...(silent.length === 0 ? [] : ["", ...silent])];
}

function showOne(m: Measurement, wide: Widths, paint: Paint): string[] {
  // why nothing here computes it begins with its name
  const name = m.why.startsWith(`${m.id} `) ? [] : [m.id, "  "];
  if (!hasFigure(m)) return wrap([signOf(m), " ", ...name], [m.why], paint, 4);
  const row = narrow(paint)
    ? wrap([signOf(m), " ", m.id, "  "], [sayFigures(m)], paint, 4)
    : [drawRow(rowFor(m, paint), wide, paint)];
  return [...row, ...sayMissed(m, paint), ...warned(m, paint)];
}

/** An objective that is missed as it usually is. */
function sayMissed({ verdict, value, usual, healthy }: Measurement, paint: Paint): string[] {
  const isUsual = usual !== undefined && value! >= usual.low && value! <= usual.high;
  return verdict === "unhealthy" && isUsual ? wrap("    ", [{ text: `wanted ${healthy}`, style: "dim" }], paint) : [];
}

/** What the whole is made of: the greatest or worst first. */
function showParts(m: Measurement, paint: Paint): string[] {
  const { parts = [], partCount = parts.length, by, unit, why } = m;
  if (parts.length === 0) return by === undefined || !hasFigure(m) ? [] : wrap("  ", [`by ${by}: ${why}`], paint);
  const additive = parts.some(({ share }) => share !== undefined);
  const rows = parts.map(({ name, value, share, verdict }) => ({
    mark: verdict === "unhealthy" || (by !== undefined && (share ?? 0) > 0.5) ? signs.bad : signs.none,
    now: sayFigure(value, unit),
    rest: share === undefined ? (verdict ?? "") : sayFigure(share, "ratio"),
    name,
  }));
  const { head, body } = tabled(
    ["now", additive ? "share" : "", by ?? "series"],
    rows.map(({ now, rest, name }) => [
      { text: now, right: true },
      { text: rest, ...(additive && { right: true }) },
      name,
    ]),
    paint,
    rows.map(({ mark }) => mark),
  );
  const slim = () => rows.flatMap((row) => wrap([row.mark, " "], [`${row.name}  ${row.now}  ${row.rest}`], paint, 4));
  const more = partCount - parts.length;
  return [
    ...(head.length === 0 ? slim() : [...head, ...body.flat()]),
    ...(more > 0 ? wrap("  ", [`${more.toLocaleString("en-US")} more`], paint) : []),
  ];
}

/** A value that nothing usual is known of is still a value. */
function hasFigure(m: Measurement): boolean {
  return m.value !== undefined && m.verdict !== "error";
}

/** The name that is typed, instead of what it is called. */
function rowFor(m: Measurement, paint: Paint): Row {
  return rowOf({ ...m, id: "", label: m.id }, paint);
}

function sayRow(m: Measurement): string {
  if (!hasFigure(m)) return m.why;
  return m.parts === undefined ? sayFigures(m) : `${sayFigures(m)}: ${sayParts(m, 3)}`;
}

function sayFigures(m: Measurement): string {
  return `${sayFigure(m.value!, m.unit)}, usual ${sayUsual(m)} ${sayChange(m)}`.trimEnd();
}
