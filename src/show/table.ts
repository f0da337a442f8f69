import { draw, narrow, pad, spell, widthOf, type Cell, type Paint } from "./paint.ts";
import { wrap } from "./wrap.ts";

/**
 * Columns under their heads; the last one wraps beneath itself. Where that leaves it no room, each row becomes a list of
 * "head: cell".
 */
export function table(heads: string[], rows: Cell[][], paint: Paint): string[] {
  const last = heads.length - 1;
  const wides = heads.map((head, i) => Math.max(widthOf(head, paint), ...rows.map((row) => widthOf(row[i]!, paint))));
  const before = wides.slice(0, last).reduce((sum, wide) => sum + wide + 2, 2);
  const room = paint.columns - before;
  if (narrow(paint) || room < Math.min(20, wides[last]!)) return rows.flatMap((row) => listed(heads, row, paint));
  return [heads.map((text): Cell => ({ text, style: "dim" })), ...rows].flatMap((row) => {
    const start = row.slice(0, last).flatMap((cell, i) => [...pad(cell, wides[i]!, paint), "  "]);
    const [first = "", ...rest] = wrap("", [row[last]!], { ...paint, columns: room });
    return [`${draw(["  ", ...start], paint)}${first}`.trimEnd(), ...rest.map((text) => " ".repeat(before) + text)];
  });
}

function listed(heads: string[], [name, ...cells]: Cell[], paint: Paint): string[] {
  const told = cells.flatMap((cell, i) =>
    spell(cell, paint).text.trim() === ""
      ? []
      : wrap(heads[i + 1] === "" ? "    " : `    ${heads[i + 1]}: `, [cell], paint, 6),
  );
  return [...wrap("  ", [name!], paint, 4), ...told];
}
