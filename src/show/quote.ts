import { harmless } from "../harmless.ts";
import { ascii } from "../world/ascii.ts";
import type { Paint } from "./paint.ts";
import { width } from "./width.ts";

export interface Quote {
  lines: string[];
  /** characters of the text as it is shown, and how many of them the lines up to each hold */
  length: number;
  ends: number[];
}

/**
 * A stranger's text, line for line, behind a bar that no line of ours begins with: however it is written, none of it can be
 * taken for a word of this program.
 */
export function quote(text: string, { columns, unicode }: Pick<Paint, "columns" | "unicode">): Quote {
  const bar = unicode ? "│ " : "| ";
  const room = Math.max(1, columns - bar.length);
  const quoted: Quote = { lines: [], length: 0, ends: [] };
  for (const own of harmless(text.replace(/\r\n?/g, "\n"), true).split("\n")) {
    for (const part of broken(unicode ? own : ascii(own), room)) {
      quoted.lines.push(`${bar}${part}`.trimEnd());
      quoted.length += part.length;
      quoted.ends.push(quoted.length);
    }
    // the line's end counts with it
    quoted.ends[quoted.ends.length - 1] = ++quoted.length;
  }
  quoted.length--;
  return quoted;
}

/** In parts of at most `room` cells, after a space where there is one. */
function* broken(line: string, room: number): Generator<string> {
  let part = "";
  let cells = 0;
  for (const character of line) {
    const wide = width(character);
    if (cells + wide > room) {
      const space = part.lastIndexOf(" ");
      const whole = space < part.length / 2 ? part : part.slice(0, space + 1);
      yield whole;
      part = part.slice(whole.length);
      cells = width(part);
    }
    part += character;
    cells += wide;
  }
  yield part;
}
