import { lastSeen, nameOf, type Placed } from "../timeline/changes.ts";
import { notWatched } from "../timeline/describe.ts";
import type { TrackedChange } from "../timeline/incident.ts";
import { isForeign, settlesAt, type Live } from "../timeline/live.ts";
import { sayBrief, sayTime } from "../timeline/moment.ts";
import { isOverdue, isVain, sayDetail, sayEnd, sayPast, sayRemarks, sayWhat } from "./changeWords.ts";
import { signs, type Paint, type Piece } from "./paint.ts";
import { table, tabled } from "./table.ts";
import { wrap } from "./wrap.ts";

/** What lists of changes tell beside them. */
export interface Around {
  now: number;
  /** where `llmops watch` runs; undefined: nowhere */
  watcher: string | undefined;
}

/** What was read at the levers just now. */
export type Lives = ReadonlyMap<Placed, Live>;

/** Beneath lists for which no config API was asked. */
export function showUnread(placed: readonly Placed[], around: Around, paint: Paint): string[] {
  return [...showEnder(placed, around, paint), ...showLastSeen(placed, around.now, paint)];
}

/** The list as it was read just now, whole. */
export function showLive(live: Lives, around: Around, paint: Paint): string[] {
  const placed = [...live.keys()];
  return [
    ...showStanding(placed, around.now, paint, { live, detail: true }),
    ...showEnder(placed, around, paint),
    ...showRead(live, around.now, paint),
  ];
}

/** Changes that came to their end, and those that never got through. */
export function showPast(placed: readonly Placed[], now: number, paint: Paint): string[] {
  if (placed.length === 0) return [];
  const rows = placed.map((one) => [
    nameOf(one),
    sayBrief(one.tracked.intendedAt, now),
    one.tracked.ended === undefined ? "never" : sayBrief(one.tracked.ended.at, now),
    `${sayWhat(one.tracked.change)}; ${sayPast(one.tracked)}`,
  ]);
  return table(["id", "since", "until", "change"], rows, paint);
}

/** When they were seen last, and how to read them. */
export function showLastSeen(placed: readonly Placed[], now: number, paint: Paint): string[] {
  const seen = sayLastSeen(placed, now);
  if (seen === undefined) return [];
  return wrap("  ", [`As last seen ${seen}; what is live now: llmops mitigation list`], paint);
}

/**
 * Changes that production carries or may carry: a line each, where it fits. `live`: as they were read just now; `detail`: with
 * why, and what is known of the effect, which neighbours that share it say once. What is told of all goes beneath.
 */
export function showStanding(
  placed: readonly Placed[],
  now: number,
  paint: Paint,
  { live, detail }: { live?: Lives; detail?: boolean } = {},
): string[] {
  if (placed.length === 0) return [];
  const rows = placed.map((one) => {
    const { change, intendedAt, by } = one.tracked;
    const what = [sayWhat(change), ...sayRemarks(one.tracked, now, live?.get(one))].join("; ");
    return [
      { text: nameOf(one), style: "bold" as const },
      sayBrief(intendedAt, now),
      by,
      sayEnd(one.tracked, now),
      what,
    ];
  });
  const marks = placed.map((one) => signOf(one.tracked, now, live?.get(one)));
  const { head, body } = tabled(["id", "since", "by", "until", "change"], rows, paint, marks);
  const details = placed.map(({ tracked }) => sayDetail(tracked, now));
  return [
    ...head,
    ...body.flatMap((lines, i) => {
      const isSaid = detail === true && details[i] !== details[i + 1];
      return isSaid ? [...lines, ...wrap("      ", [details[i]!], paint)] : lines;
    }),
  ];
}

function signOf(tracked: TrackedChange, now: number, live: Live | undefined): Piece {
  if (tracked.state === "in-doubt" || isOverdue(tracked, now) || isVain(tracked)) return signs.bad;
  if (live === undefined) return tracked.drifted === undefined ? signs.none : signs.bad;
  return isForeign(tracked, live) ? signs.bad : isUnsure(tracked, live) ? signs.unknown : signs.none;
}

function isUnsure(tracked: TrackedChange, live: Live): boolean {
  return "error" in live || settlesAt(tracked, live) !== undefined;
}

/** Who ends what has an end. */
function showEnder(placed: readonly Placed[], { watcher }: Around, paint: Paint): string[] {
  const ending = placed.filter(({ tracked }) => tracked.state === "applied" && tracked.plan.ends?.how === "undo");
  if (ending.every(({ tracked }) => tracked.endsAt === undefined)) return [];
  const who =
    watcher === undefined
      ? `${notWatched}: what has an end is undone by hand.`
      : `llmops watch on ${watcher} undoes what has an end.`;
  return wrap("  ", [who], paint, 6);
}

/** Whether all were read, and who did not answer. */
function showRead(live: Lives, now: number, paint: Paint): string[] {
  const silent = new Map<string, Placed[]>();
  for (const [one, found] of live) {
    if (!("error" in found)) continue;
    const why = `${one.tracked.change.target}: ${found.error}`;
    silent.set(why, [...(silent.get(why) ?? []), one]);
  }
  if (silent.size === 0) {
    const apis = new Set([...live.keys()].map(({ tracked }) => tracked.change.target)).size;
    return wrap("  ", [`Read ${sayTime(now)} at the config ${apis === 1 ? "API" : "APIs"}.`], paint);
  }
  return [...silent].flatMap(([why, ones]) => {
    const seen = sayLastSeen(ones, now);
    const which = ones.length === live.size ? "all of these" : ones.map(nameOf).join(", ");
    const last = seen === undefined ? "" : `, as last seen ${seen}`;
    return wrap([signs.unknown, " "], [`Not read now: ${which}${last}. ${why}`], paint, 6);
  });
}

/** "03:12", or "03:12 to 03:40"; undefined where none was seen live. */
function sayLastSeen(placed: readonly Placed[], now: number): string | undefined {
  const times = placed.filter(({ tracked }) => tracked.state === "applied").map(({ tracked }) => lastSeen(tracked));
  if (times.length === 0) return undefined;
  const [from, to] = [Math.min(...times), Math.max(...times)].map((at) => sayBrief(at, now));
  return from === to ? from : `${from} to ${to}`;
}
