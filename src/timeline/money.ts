import type { Facts } from "./event.ts";
import { sayFigure } from "./figure.ts";
import type { TrackedChange } from "./incident.ts";

const hourMs = 3_600_000;

/** A rate from one moment to another (ms): it moves in a straight line from `a` to `b`. */
export interface Piece {
  from: number;
  to: number;
  a: number;
  b: number;
}

/** Dollars that pieces of dollars per hour add up to between two moments, each rate as `height` makes it. Gaps are not filled. */
export function add(pieces: readonly Piece[], from: number, to: number, height: (rate: number) => number): number {
  return pieces.reduce((sum, piece) => {
    const [start, end] = [Math.max(from, piece.from), Math.min(to, piece.to)];
    if (end <= start) return sum;
    const at = (time: number) => piece.a + ((piece.b - piece.a) * (time - piece.from)) / (piece.to - piece.from);
    return sum + ((height(at(start)) + height(at(end))) / 2) * ((end - start) / hourMs);
  }, 0);
}

/** What is above a level, never below nothing. */
export function above(level: number): (rate: number) => number {
  return (rate) => Math.max(0, rate - level);
}

/** A rate over the window that ends at `at` (ms). */
export interface Rate {
  at: number;
  perHour: number;
}

/** The cost per hour as it was read. */
export interface Burn {
  /** oldest first, `stepMs` apart but for gaps */
  rates: readonly Rate[];
  stepMs: number;
  windowMs: number;
  /** dollars per hour that are usual; undefined: not known */
  usual: number | undefined;
}

/** A change that lowered the rate for some time, ms. */
export interface Relief {
  change: string;
  /** its write: what was burned before is what it is compared with */
  writtenAt: number;
  from: number;
  /** undefined: still live */
  to?: number;
}

/** Changes that were seen in effect, or to help: no other one is credited. */
export function reliefs(changes: readonly TrackedChange[]): Relief[] {
  return changes.flatMap(({ change, inEffect, helped, writtenAt, intendedAt, ended }) => {
    const seen = inEffect?.verdict === "yes" ? inEffect.at : helped?.verdict === "helped" ? helped.at : undefined;
    if (change.undoes !== undefined || seen === undefined) return [];
    const over = ended === undefined ? {} : { to: ended.at };
    return [{ change: change.id, writtenAt: writtenAt ?? intendedAt, from: seen, ...over }];
  });
}

/**
 * What was spent between two moments, what of it is above usual, and what each change avoided: the rate before it less the
 * one since, while it was in effect. Of changes that lie over each other each has the part by which it lowered the rate
 * further. An estimate: what the rate would have become is not known. Undefined where no rate was read.
 */
export function reckon(
  { rates, stepMs, windowMs, usual }: Burn,
  from: number,
  to: number,
  changes: readonly Relief[],
): Facts["spent"] | undefined {
  const last = rates.at(-1);
  if (last === undefined) return undefined;
  // a rate stands for the middle of its window; the last one for all the time since
  const pieces = rates.map((rate): Piece => {
    const middle = rate.at - windowMs / 2;
    const end = rate === last ? Math.max(last.at, middle + stepMs / 2) : middle + stepMs / 2;
    return { from: middle - stepMs / 2, to: end, a: rate.perHour, b: rate.perHour };
  });
  const ordered = changes.toSorted((a, b) => a.writtenAt - b.writtenAt);
  const before = ordered.map(({ writtenAt }) => rates.findLast(({ at }) => at <= writtenAt)?.perHour);
  const avoided = ordered.flatMap((relief, i) => {
    const level = before[i];
    if (level === undefined) return [];
    const [begin, end] = [Math.max(from, relief.from), Math.min(to, relief.to ?? to)];
    const usd = slices(begin, end, ordered).reduce((sum, [start, stop]) => {
      // what a later one found is as far as this one lowered it
      const next = ordered.findIndex((other, j) => j > i && isThere(other, start, to) && before[j] !== undefined);
      const floor = next === -1 ? -Infinity : before[next]!;
      return sum + add(pieces, start, stop, (rate) => Math.max(0, level - Math.max(rate, floor)));
    }, 0);
    return [{ change: relief.change, usd }];
  });
  return {
    from,
    to,
    usd: add(pieces, from, to, (rate) => rate),
    ...(usual === undefined ? {} : { above: add(pieces, from, to, above(usual)) }),
    perHour: last.perHour,
    avoided,
  };
}

/** The time between two moments, cut wherever some change was written or ended. */
function slices(from: number, to: number, changes: readonly Relief[]): [number, number][] {
  const inside = changes
    .flatMap(({ writtenAt, to: end }) => [writtenAt, end ?? to])
    .filter((at) => at > from && at < to);
  const cuts = [from, ...[...new Set(inside)].toSorted((a, b) => a - b), to];
  return cuts.slice(1).map((end, i) => [cuts[i]!, end]);
}

function isThere({ writtenAt, to }: Relief, at: number, until: number): boolean {
  return writtenAt <= at && (to ?? until) > at;
}

/** A few dollars more or less are not known. */
export function sayDollars(amount: number): string {
  return sayFigure(amount >= 1 ? Math.round(amount) : Number(amount.toPrecision(1)), "usd");
}

/** "m1 avoided $20" of each change that did. */
export function sayAvoided({ avoided }: Facts["spent"], about = ""): string[] {
  return avoided
    .filter(({ usd }) => usd >= 0.5)
    .map(({ change, usd }) => `${change} avoided ${about}${sayDollars(usd)}`);
}

/** "estimated: $70 spent, $52 above usual, $13.4 per hour at the end, m1 avoided $20" */
export function saySpent(spent: Facts["spent"]): string {
  const { usd, above: more, perHour } = spent;
  return [
    `estimated: ${sayDollars(usd)} spent`,
    more === undefined ? "nothing usual is known" : `${sayDollars(more)} above usual`,
    `${sayFigure(perHour, "usd/h")} per hour at the end`,
    ...sayAvoided(spent),
  ].join(", ");
}
