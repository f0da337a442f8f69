import type { Series } from "../sources/source.ts";
import { sayFigure } from "../timeline/figure.ts";
import { sayLabels, sharedBy, showHead, type Answered } from "./answer.ts";
import { timeAxis, valueAxis, type Axis } from "./axis.ts";
import { openCanvas, type Canvas } from "./canvas.ts";
import { line, narrow, type Paint, type Piece } from "./paint.ts";
import type { Style } from "../world/terminal.ts";
import { wrap } from "./wrap.ts";

/** More lines than these nobody tells apart. */
const mostSeries = 6;
const marks = { unicode: ["●", "■", "▲", "○", "□", "△"], ascii: ["*", "o", "x", "#", "@", "%"] };
const colours: Style[] = ["cyan", "yellow", "green", "red", "bold", "dim"];

/** Lines over time, the greatest series first. Where there was no reading there is no line. */
export function showChart(answered: Answered, paint: Paint): string[] {
  const { at, range, series } = answered;
  const shared = sharedBy(series);
  const head = showHead(answered, shared, paint);
  const sorted = series
    .map((one) => ({ one, greatest: extreme(one, Math.max, -Infinity) }))
    .filter(({ greatest }) => greatest !== -Infinity)
    .sort((a, b) => b.greatest - a.greatest)
    .map(({ one }) => one);
  const drawn = sorted.slice(0, mostSeries);
  const [odd, more] = [countOdd(series), sorted.length - drawn.length];
  const rest = [
    ...(odd === 0
      ? []
      : [`${odd === 1 ? "One value that is" : `${odd} values that are`} no finite number: not drawn.`]),
    ...(more === 0 ? [] : [`${more.toLocaleString("en-US")} more series are not drawn: narrow the expression.`]),
  ];
  const notes = rest.flatMap((text) => wrap("  ", [text], paint));
  if (drawn.length === 0) return [...head, ...notes, ...wrap("  ", ["There is nothing to draw."], paint)];
  const values = valueAxis(
    Math.min(...drawn.map((one) => extreme(one, Math.min, Infinity))),
    Math.max(...drawn.map((one) => extreme(one, Math.max, -Infinity))),
  );
  if (values === undefined)
    return [...head, ...wrap("  ", ["The values lie too far apart to be drawn on one scale."], paint)];
  const plotted = plot(drawn, values, { from: at - range!.ms, to: at, step: range!.step }, paint);
  const legend = drawn.flatMap(({ labels, points }, i) => {
    const last = points.findLast(({ value }) => Number.isFinite(value))!.value;
    const mark = drawn.length === 1 ? [] : [markOf(i, paint), " "];
    return wrap(["  ", ...mark], [`${sayLabels(labels, shared)}  last ${sayFigure(last, "none")}`], paint, 4);
  });
  return [...head, "", ...plotted, ...legend, ...notes];
}

/** Sixteen rows with the axis of times; as wide as it reads well. */
function plot(
  drawn: readonly Series[],
  values: Axis,
  { from, to, step }: { from: number; to: number; step: number },
  paint: Paint,
): string[] {
  const rows = narrow(paint) ? 8 : 14;
  const left = Math.max(...values.ticks.map(({ text }) => text.length)) + 2;
  const columns = Math.max(8, Math.min(100, paint.columns) - left - 2);
  const canvas = openCanvas(columns, rows);
  const x = (at: number) => Math.round(((at - from) / (to - from)) * (canvas.wide - 1));
  const y = (value: number) => Math.round((1 - (value - values.low) / (values.high - values.low)) * (canvas.high - 1));
  for (const [owner, { points }] of drawn.entries()) {
    const near = step * 1.5;
    let before: { at: number; value: number } | undefined;
    for (const point of points) {
      const isDrawn = Number.isFinite(point.value);
      if (isDrawn) {
        const start = before !== undefined && point.at - before.at <= near ? before : point;
        canvas.line(owner, [x(start.at), y(start.value)], [x(point.at), y(point.value)]);
      }
      before = isDrawn ? point : undefined;
    }
  }
  const ticks = new Map(values.ticks.map(({ at, text }) => [y(at) >> 2, text]));
  const [side, tick] = paint.unicode ? ["│", "┤"] : ["|", "+"];
  const lines = Array.from({ length: rows }, (_, row) => {
    const text = ticks.get(row);
    const label: Piece = { text: `${(text ?? "").padStart(left)} ${text === undefined ? side : tick}`, style: "dim" };
    const cells = Array.from({ length: columns }, (_, column) =>
      cellOf(canvas, column, row, drawn.length === 1, paint),
    );
    return line([label, ...cells], paint);
  });
  return [...lines, ...timesBelow(timeAxis(from, to, columns), left, columns, (at) => x(at) >> 1, paint)];
}

/** One series is drawn finely; several are told apart by their marks. */
function cellOf(canvas: Canvas, column: number, row: number, isOnly: boolean, paint: Paint): Piece {
  const cell = canvas.at(column, row);
  if (cell === undefined) return { text: " " };
  const mark = markOf(cell.owner, paint);
  return isOnly && paint.unicode ? { ...mark, text: String.fromCharCode(0x2800 + cell.dots) } : mark;
}

function markOf(owner: number, { unicode }: Paint): Piece {
  return { text: (unicode ? marks.unicode : marks.ascii)[owner]!, style: colours[owner]! };
}

function timesBelow(
  { ticks }: Axis,
  left: number,
  columns: number,
  columnOf: (at: number) => number,
  paint: Paint,
): string[] {
  const [corner, flat, tick] = paint.unicode ? ["└", "─", "┬"] : ["+", "-", "+"];
  const rule = Array.from({ length: columns }, () => flat);
  let texts = "";
  for (const { at, text } of ticks) {
    const column = columnOf(at);
    rule[column] = tick;
    const start = Math.max(0, column - (text.length >> 1));
    const fits = (texts === "" || start >= texts.length + 2) && start + text.length <= columns;
    if (fits) texts = texts.padEnd(start) + text;
  }
  const space = " ".repeat(left + 1);
  return [
    line([{ text: `${space}${corner}${rule.join("")}`, style: "dim" }], paint),
    line([{ text: `${space} ${texts}`, style: "dim" }], paint),
  ];
}

function extreme({ points }: Series, pick: (a: number, b: number) => number, start: number): number {
  return points.reduce((found, { value }) => (Number.isFinite(value) ? pick(found, value) : found), start);
}

function countOdd(series: readonly Series[]): number {
  return series.reduce((sum, { points }) => sum + points.filter(({ value }) => !Number.isFinite(value)).length, 0);
}
