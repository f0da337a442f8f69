import { sayFigure, sparkline } from "../timeline/figure.ts";
import type { Measurement } from "../timeline/measurement.ts";
import { line, pad, signs, widthOf, type Cell, type Paint, type Piece } from "./paint.ts";
import { sayChange, sayUsual, signOf } from "./reading.ts";

/** What is read now, what is usual, how many times that, and the last hour. */
export interface Row {
  sign: Piece;
  id: Piece;
  label: Piece;
  now: Piece;
  usual: Piece;
  change: Piece;
  trend: Piece;
}

/** Cells that each column takes. */
export type Widths = Record<Exclude<keyof Row, "sign">, number>;

export function rowOf(m: Measurement, paint: Paint): Row {
  const sign = signOf(m);
  return {
    sign,
    id: { text: m.id, ...(sign === signs.none ? {} : { style: "bold" }) },
    label: { text: m.label },
    now: { text: sayFigure(m.value!, m.unit), right: true, ...(m.verdict === "unhealthy" ? { style: "bold" } : {}) },
    usual: { text: sayUsual(m), right: true },
    change: { text: sayChange(m), right: true },
    trend: { text: sparkline(m.trend ?? [], paint.unicode) },
  };
}

/** `ids`: of the rows without figures too. Labels give way first, then the hour's trend: the figures stay. */
export function widthsOf(ids: string[], rows: Row[], paint: Paint): Widths {
  const widest = (cells: Cell[], least: number) => Math.max(least, ...cells.map((cell) => widthOf(cell, paint)));
  const column = (name: keyof Widths, least: number) =>
    widest(
      rows.map((row) => row[name]),
      least,
    );
  const wide: Widths = {
    id: ids.every((id) => id === "") ? 0 : Math.min(16, widest(ids, 6)),
    label: column("label", 12),
    now: column("now", 6),
    usual: column("usual", 7),
    change: column("change", 5),
    trend: column("trend", 0),
  };
  const total = () => 2 + wide.id + 2 + wide.label + 2 + wide.now + 3 + wide.usual + 3 + wide.change + 4 + wide.trend;
  const shrink = (least: number) => (wide.label = Math.max(least, wide.label - Math.max(0, total() - paint.columns)));
  shrink(16);
  if (total() > paint.columns) wide.trend = 0;
  shrink(8);
  return wide;
}

/** `title` stands over ids and labels. */
export function drawHead(title: string, wide: Widths, paint: Paint): string {
  const dim = (text: string): Piece => ({ text, style: "dim", right: true });
  const pieces = [
    "  ",
    ...pad({ text: title, style: "dim" }, wide.id + 2 + wide.label, paint),
    ...pad(dim("now"), wide.now + 2, paint),
    ...pad(dim("usual"), wide.usual + 3, paint),
    ...(wide.trend === 0 ? [] : pad(dim("last hour"), wide.change + 7 + wide.trend, paint)),
  ];
  return line(pieces, paint);
}

export function drawRow(row: Row, wide: Widths, paint: Paint): string {
  const pieces = [
    ...pad(row.sign, 2, paint),
    ...pad(row.id, wide.id, paint),
    "  ",
    ...pad(row.label, wide.label, paint),
    ...pad(row.now, wide.now + 2, paint),
    ...pad(row.usual, wide.usual + 3, paint),
    ...pad(row.change, wide.change + 3, paint),
    ...(wide.trend === 0 ? [] : ["    ", row.trend]),
  ];
  return line(pieces, paint);
}
