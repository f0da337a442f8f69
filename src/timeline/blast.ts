import { sayFigure } from "./figure.ts";
import type { Unit } from "./measurement.ts";
import type { Dimension, Scope } from "./scope.ts";

/** How much of a change one value of a dimension holds. */
export interface Share {
  /** "(none)" where the label is empty */
  name: string;
  /** 0..1 of what the whole moved by in the bad direction */
  share: number;
  /** the signal for this value alone; of ratios and latencies times its calls per second */
  now: number;
  before: number;
}

/** Who is hurt by a change, or makes it: the change of one signal, divided among the values of one dimension. */
export interface Blast {
  signal: string;
  label: string;
  unit: Unit;
  dimension: Dimension;
  scope: Scope;
  /** end of the window now and of the one it is compared with, ms since 1970 */
  at: number;
  against: number;
  source: string;
  query: string;
  /** largest first, at most 20 */
  shares: Share[];
  /** how many values hold a part of it, and how many there are */
  count: number;
  values: number;
}

/** One value makes nearly all of a change. */
export function isWhole({ share }: Share): boolean {
  return share > 0.9;
}

/** "Who makes the change in cost per hour: route support.reply 71%, chat.free 20%, 3 more · model gpt-4o 100%; spread over tenants." */
export function sayBlasts(blasts: readonly Blast[]): string {
  const [first] = blasts;
  if (first === undefined) return "How the change divides is not known.";
  // where there is one value only, it tells nothing
  const telling = blasts.filter(({ values, shares }) => values > 1 && shares.length > 0);
  const held = telling.filter(isHeld).map(sayHeld);
  const spread = telling.filter((blast) => !isHeld(blast)).map(({ dimension }) => `${dimension}s`);
  const parts = [
    ...(held.length === 0 ? [] : [held.join(" · ")]),
    ...(spread.length === 0 ? [] : [`spread over ${spread.join(", ")}`]),
  ];
  const said = parts.length === 0 ? "nothing tells" : parts.join("; ");
  return `Who makes the change in ${first.label}: ${said}.`;
}

function isHeld({ shares }: Blast): boolean {
  return shares[0]!.share >= 0.3;
}

function sayHeld({ dimension, shares, count }: Blast): string {
  const shown = shares.slice(0, isWhole(shares[0]!) ? 1 : 2);
  const parts = shown.map(({ name, share }) => `${name} ${sayFigure(share, "ratio")}`);
  const more = count - shown.length;
  return `${dimension} ${parts.join(", ")}${more > 0 && shown.length > 1 ? `, ${more} more` : ""}`;
}
