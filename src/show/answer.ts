import { formatDuration } from "../duration.ts";
import { shorten } from "../harmless.ts";
import { quote, sayLabel } from "../queries/quote.ts";
import type { Series } from "../sources/source.ts";
import { sayFigure, sparkline } from "../timeline/figure.ts";
import { sayDate, sayMinute, sayTime } from "../timeline/moment.ts";
import { line, type Cell, type Paint } from "./paint.ts";
import { tabled } from "./table.ts";
import { wrap } from "./wrap.ts";

/** What one source answered to one expression. */
export interface Answered {
  source: string;
  /** as it was sent */
  query: string;
  /** of what is now, or the end of the range; ms since 1970 */
  at: number;
  /** left out: each series has one point, at `at` */
  range?: { ms: number; step: number };
  series: readonly Series[];
  warnings: readonly string[];
}

/** Beyond these nobody reads on a screen. */
const mostRows = 50;

/** A row for each series, the greatest first: its value now, or how it went over the range. */
export function showAnswer(answered: Answered, paint: Paint): string[] {
  const { series, range } = answered;
  const shared = sharedBy(series);
  const rows = series
    .map(({ labels, points }) => ({ labels, values: points.map(({ value }) => value), points }))
    .sort((a, b) => compare(b.values.at(-1), a.values.at(-1)) || (sayLabels(a.labels) < sayLabels(b.labels) ? -1 : 1));
  const shown = rows.slice(0, mostRows).map(({ labels, values, points }) => {
    const name = sayLabels(labels, shared);
    return range === undefined
      ? [figure(values[0]!), name]
      : [...statistics(values).map(figure), trend(points, answered, paint), name];
  });
  const heads = range === undefined ? ["value", "series"] : ["min", "mean", "max", "last", "", "series"];
  return [...showHead(answered, shared, paint), ...showRows(heads, shown, paint), ...showMore(rows.length, paint)];
}

/** What holds for all that follows: when, what is common, what was sent, and what to know with it. */
export function showHead(
  { source, query, at, range, series, warnings }: Answered,
  shared: string[],
  paint: Paint,
): string[] {
  const [first] = series;
  const when =
    range === undefined
      ? `${sayDate(at)} ${sayTime(at)} UTC`
      : `${sayDate(at - range.ms)} ${sayMinute(at - range.ms)} to ${sayDate(at) === sayDate(at - range.ms) ? "" : `${sayDate(at)} `}${sayMinute(at)} UTC, every ${formatDuration(range.step)}`;
  const count = `${series.length.toLocaleString("en-US")} series`;
  const common = Object.fromEntries(shared.map((name) => [name, first?.labels[name] ?? ""]));
  const dim = (text: string): Cell => ({ text, style: "dim" });
  return [
    ...wrap("  ", [dim(`${source}, ${when}: ${series.length === 0 ? "no series" : count}`)], paint),
    ...wrap("  ", [dim(shorten(query, 500))], paint, 4),
    ...(shared.length === 0 ? [] : wrap("  ", [dim(`each with ${sayLabels(common)}`)], paint, 4)),
    ...warnings.flatMap((warning) => wrap("? ", [`The answer may be partial: ${warning}`], paint)),
  ];
}

/** Labels that are equal in all series tell none from another. */
export function sharedBy(series: readonly Series[]): string[] {
  const [first, ...others] = series;
  if (first === undefined || others.length === 0) return [];
  return Object.keys(first.labels).filter((name) => others.every(({ labels }) => labels[name] === first.labels[name]));
}

/** `calls_total{route="a", model="b"}`, as a selector has it. */
export function sayLabels(labels: Readonly<Record<string, string>>, without: readonly string[] = []): string {
  const told = Object.entries(labels).filter(([name]) => !without.includes(name));
  const metric = told.find(([name]) => name === "__name__")?.[1] ?? "";
  const rest = told
    .filter(([name]) => name !== "__name__")
    .map(([name, value]) => `${shorten(sayLabel(name), 60)}=${quote(shorten(value, 120))}`);
  if (rest.length === 0) return metric === "" ? "(no labels)" : shorten(metric, 120);
  return `${shorten(metric, 120)}{${rest.join(", ")}}`;
}

function showRows(heads: string[], rows: Cell[][], paint: Paint): string[] {
  if (rows.length === 0) return [];
  const { head, body } = tabled(heads, rows, paint);
  if (head.length > 0) return [...head, ...body.flat()];
  // too narrow for columns
  return rows.flatMap((row) => {
    const cells = row.slice(0, -1).map((cell) => (typeof cell === "string" ? cell : cell.text));
    const said = cells.map((text, i) => (heads.length > 2 && heads[i] !== "" ? `${heads[i]} ${text}` : text));
    const [words, drawn] = heads.includes("") ? [said.slice(0, -1), said.at(-1)!] : [said, ""];
    return [
      ...wrap("  ", [row.at(-1)!], paint, 4),
      ...wrap("    ", [words.join("  ")], paint),
      // the spaces in it are gaps
      ...(drawn === "" ? [] : [line(["    ", drawn], paint)]),
    ];
  });
}

function showMore(count: number, paint: Paint): string[] {
  const more = count - mostRows;
  return more <= 0 ? [] : wrap("  ", [`${more.toLocaleString("en-US")} more: --csv or --json has them all`], paint);
}

function figure(value: number): Cell {
  return { text: sayFigure(value, "none"), right: true };
}

/** Least, mean, greatest and last; what is no number counts only where there is nothing else. */
function statistics(values: readonly number[]): number[] {
  const finite = values.filter(Number.isFinite);
  const last = values.at(-1) ?? Number.NaN;
  if (finite.length === 0) return [last, last, last, last];
  let [least, sum, greatest] = [Infinity, 0, -Infinity];
  for (const value of finite) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
    sum += value / finite.length;
  }
  return [least, sum, greatest, last];
}

/** Mean of each tenth. */
function trend(points: Series["points"], { at, range }: Answered, paint: Paint): string {
  const tenths = Array.from({ length: 10 }, () => ({ sum: 0, count: 0 }));
  for (const point of points) {
    if (!Number.isFinite(point.value)) continue;
    const place = Math.floor(((point.at - (at - range!.ms)) / range!.ms) * 10);
    const tenth = tenths[Math.max(0, Math.min(9, place))]!;
    tenth.sum += point.value;
    tenth.count++;
  }
  return sparkline(
    tenths.map(({ sum, count }) => (count === 0 ? null : sum / count)),
    paint.unicode,
  );
}

/** By value; what is no number is less than every number. */
function compare(a = Number.NaN, b = Number.NaN): number {
  const [first, second] = [a, b].map((value) => (Number.isNaN(value) ? -Infinity : value)) as [number, number];
  return first === second ? Number(Number.isNaN(b)) - Number(Number.isNaN(a)) : first - second;
}
