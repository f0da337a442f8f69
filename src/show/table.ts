import { draw, narrow, pad, signs, spell, widthOf, type Cell, type Paint, type Piece } from "./paint.ts";
import { wrap } from "./wrap.ts";

/**
 * Columns under their heads; the last one wraps beneath itself. Where that leaves it no room, each row becomes a list of
 * "head: cell".
 */
export function table(heads: string[], rows: Cell[][], paint: Paint): string[] {
  const { head, body } = tabled(heads, rows, paint);
  return [...head, ...body.flat()];
}

/** As `table`, with a sign before each row; the lines of each row by themselves, for what is told beneath it. */
export function tabled(
  heads: string[],
  rows: Cell[][],
  paint: Paint,
  sign: readonly Piece[] = [],
): { head: string[]; body: string[][] } {
  const last = heads.length - 1;
  const wides = heads.map((head, i) => Math.max(widthOf(head, paint), ...rows.map((row) => widthOf(row[i]!, paint))));
  const before = wides.slice(0, last).reduce((sum, wide) => sum + wide + 2, 2);
  const room = paint.columns - before;
  if (narrow(paint) || room < Math.min(20, wides[last]!))
    return { head: [], body: rows.map((row, i) => listed(heads, row, paint, sign[i])) };
  const lines = (row: Cell[], mark: Piece = signs.none) => {
    const start = row.slice(0, last).flatMap((cell, i) => [...pad(cell, wides[i]!, paint), "  "]);
    const [first = "", ...rest] = wrap("", [row[last]!], { ...paint, columns: room }, 0);
    return [
      `${draw([mark, " ", ...start], paint)}${first}`.trimEnd(),
      ...rest.map((text) => " ".repeat(before) + text),
    ];
  };
  return {
    head: lines(heads.map((text): Cell => ({ text, style: "dim" }))),
    body: rows.map((row, i) => lines(row, sign[i])),
  };
}

function listed(heads: string[], [name, ...cells]: Cell[], paint: Paint, mark: Piece = signs.none): string[] {
  const told = cells.flatMap((cell, i) =>
    spell(cell, paint).text.trim() === ""
      ? []
      : wrap(heads[i + 1] === "" ? "    " : `    ${heads[i + 1]}: `, [cell], paint, 6),
  );
  return [...wrap([mark, " "], [name!], paint, 4), ...told];
}
