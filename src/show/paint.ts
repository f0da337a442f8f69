import { harmless } from "../harmless.ts";
import { ascii } from "../world/ascii.ts";
import type { Style, Terminal } from "../world/terminal.ts";
import { cut, width } from "./width.ts";

/** What a screen needs to know of the terminal it is drawn for. */
export type Paint = Pick<Terminal, "columns" | "unicode" | "style">;

/** Plain text with at most one style, put on last so that widths are those of the text. */
export interface Piece {
  text: string;
  style?: Style;
  /** in a column: against its right edge */
  right?: true;
  /** in words that wrap: it stays in one piece, and where no line can hold it, the terminal breaks it and copies it whole */
  whole?: true;
}
export type Cell = string | Piece;

/** Signs carry their meaning by themselves; colour only repeats it. */
export const signs = {
  bad: { text: "!", style: "red" },
  unknown: { text: "?", style: "yellow" },
  good: { text: "✓", style: "green" },
  none: { text: " " },
} satisfies Record<string, Piece>;

/** Where right-hand remarks end: wide terminals do not tear a line apart. */
export function edge({ columns }: Paint): number {
  return Math.min(columns, 80);
}

/** Below this, columns become lists. */
export function narrow({ columns }: Paint): boolean {
  return columns < 60;
}

/** One line of pieces, never wider than the terminal. */
export function line(pieces: Cell[], paint: Paint): string {
  return draw(pieces, paint).trimEnd();
}

/** As `line`, with the spaces at its end. */
export function draw(pieces: Cell[], paint: Paint): string {
  let left = paint.columns;
  let drawn = "";
  for (const piece of pieces) {
    const { text, style } = spell(piece, paint);
    const fitting = cut(text, left, paint.unicode);
    left -= width(fitting);
    drawn += style === undefined || fitting.trim() === "" ? fitting : paint.style(style, fitting);
  }
  return drawn;
}

/** The cell and the spaces that fill it to `wide`; too long: cut. */
export function pad(cell: Cell, wide: number, paint: Paint): Piece[] {
  const piece = spell(cell, paint);
  const text = cut(piece.text, wide, paint.unicode);
  const fill: Piece = { text: " ".repeat(wide - width(text)) };
  return piece.right === true ? [fill, { ...piece, text }] : [{ ...piece, text }, fill];
}

/** What a cell takes on this terminal. */
export function widthOf(cell: Cell, paint: Paint): number {
  return width(spell(cell, paint).text);
}

/** The cell as this terminal can show it: harmless, and ASCII where nothing else may be written. */
export function spell(cell: Cell, { unicode }: Paint): Piece {
  const piece = typeof cell === "string" ? { text: cell } : cell;
  const text = harmless(piece.text);
  return { ...piece, text: unicode ? text : ascii(text) };
}
