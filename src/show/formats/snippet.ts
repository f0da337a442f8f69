import type { Paint } from "../paint.ts";
import { spell } from "../paint.ts";
import { cut, width } from "../width.ts";

/** A line as a terminal shows it, and which of its cells are meant: `wide` of them behind `before`. */
export interface Snippet {
  shown: string;
  before: number;
  wide: number;
}

/** Tabs and control characters made visible; of a line longer than `room` cells the part around `[from, to)`. */
export function snippet(line: string, from: number, to: number, room: number, paint: Paint): Snippet {
  const say = (text: string) => spell(text, paint).text;
  // no character takes less than a cell, but for marks: what is further away is never seen
  const end = Math.min(to, from + room);
  const lead = leadOf(line.slice(0, from), room, say, paint.unicode ? "…" : "...");
  const meant = say(line.slice(from, end));
  const before = width(lead);
  return {
    shown: cut(lead + meant + say(line.slice(end, end + room)), room, paint.unicode),
    before,
    wide: Math.min(width(meant), room - before),
  };
}

/** What stands before: all of it where two thirds of the room hold it, else its end. */
function leadOf(text: string, room: number, say: (text: string) => string, mark: string): string {
  if (text.length <= room && width(say(text)) <= (room * 2) / 3) return say(text);
  let kept = "";
  for (const character of Array.from(text.slice(-room)).toReversed()) {
    const more = say(character) + kept;
    if (width(more) > room / 3) break;
    kept = more;
  }
  return mark + kept;
}
