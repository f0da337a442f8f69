import { edge, spell, type Paint } from "./paint.ts";
import { cut, width } from "./width.ts";

/** The line of a text where a mistake is, and a caret under what is meant. Offsets are UTF-16 units, `to` exclusive. */
export function pointAt(text: string, { from, to }: { from: number; to: number }, paint: Paint): [string, string] {
  const start = text.lastIndexOf("\n", from - 1) + 1;
  const [line = ""] = text.slice(start).split("\n");
  const told = (piece: string) => spell(piece, paint).text;
  // it is told indented
  const room = edge(paint) - 6;
  const column = from - start;
  const skipped = width(told(line.slice(0, column))) > room - 12 ? Math.max(0, column - (room >> 1)) : 0;
  const before = `${skipped > 0 ? "..." : ""}${told(line.slice(skipped, column))}`;
  const marked = width(told(line.slice(column, to - start)));
  const shown = cut(before + told(line.slice(column)), room, false);
  return [shown, `${" ".repeat(width(before))}^${"~".repeat(Math.max(0, Math.min(marked, room - width(before)) - 1))}`];
}
