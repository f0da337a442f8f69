import { sayDeed } from "../timeline/deed.ts";
import type { Measurement } from "../timeline/measurement.ts";
import { sayJustBefore } from "../timeline/onset.ts";
import { widthOf, type Cell, type Paint } from "./paint.ts";
import { wrap } from "./wrap.ts";

/** More than these push figures off the first screen. */
const mostShown = 3;

/**
 * What was changed, newest first: before all else what fell just before the first bad reading, which is marked. `start`
 * stands before the first, the others are under it, with `hang` cells before them where that is less.
 */
export function showDeeds(
  { deeds = [], deedCount, at }: Measurement,
  start: Cell[],
  onset: number | undefined,
  paint: Paint,
  hang = start.reduce((sum, cell) => sum + widthOf(cell, paint), 0),
): string[] {
  const all = deeds.map((deed) => ({ text: sayDeed(deed, at), mark: sayJustBefore(deed, onset) }));
  const foremost = [...all]
    .sort((a, b) => Number(b.mark !== undefined) - Number(a.mark !== undefined))
    .slice(0, mostShown);
  const shown = all.filter((one) => foremost.includes(one));
  const more = (deedCount ?? deeds.length) - shown.length;
  const lines: Cell[][] = [
    ...shown.map(({ text, mark }): Cell[] =>
      mark === undefined ? [text] : [text, { text: `  ← ${mark}`, style: "yellow" }],
    ),
    ...(more > 0 ? [[`${more} more`]] : []),
  ];
  return lines.flatMap((words, i) => wrap(i === 0 ? start : " ".repeat(hang), words, paint, hang));
}
