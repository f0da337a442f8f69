import type { ToldDeed } from "./deed.ts";
import type { Dimension, Scope } from "./scope.ts";
import type { Verdict } from "./verdict.ts";

/** What a number means; decides how it is written (`figure.ts`). Latencies are seconds, ratios 0..1. */
export type Unit =
  "usd" | "usd/h" | "ratio" | "s" | "tokens" | "tokens/s" | "1/s" | "1/min" | "factor" | "score" | "count" | "none";

/** The usual range: median ± 3 robust deviations (1.4826 × MAD) of the same hour yesterday, else of the hour before. */
export interface Usual {
  median: number;
  /** one robust deviation */
  deviation: number;
  low: number;
  high: number;
  samples: number;
  of: "yesterday" | "the hour before";
}

/** One row of a measurement `by` a dimension. */
export interface Part {
  /** "(none)" where the label is empty */
  name: string;
  value: number;
  /** 0..1 of the sum; for additive signals only */
  share?: number;
  verdict?: Verdict;
}

/**
 * Outcomes of a measurement: the verdict, with `by` how the change is distributed, of `changes` whether there were any (then
 * nothing is judged and the verdict is healthy).
 */
export type MeasuredOutcome = Verdict | "concentrated" | "spread" | "changed" | "unchanged";

/** One answered evidence or check, complete enough to be shown, decided on and repeated by hand. */
export interface Measurement {
  /** id of the evidence or step */
  id: string;
  /** what it is: "cost per hour" */
  label: string;
  signal?: string;
  /** the resolved query, as sent */
  query: string;
  /** name of the source in the project */
  source: string;
  scope: Scope;
  windowMs: number;
  /** end of the window, ms since 1970 */
  at: number;
  unit: Unit;
  value?: number;
  usual?: Usual;
  /** mean per tenth of the last hour, oldest first; null where there was nothing */
  trend?: (number | null)[];
  outcome: MeasuredOutcome;
  verdict: Verdict;
  /** why the verdict: "above 11 to 17", "no series in 5m", "503 from metrics" */
  why: string;
  /** what was required, in words: "< 20", "inside the usual range" */
  healthy: string;
  by?: Dimension;
  /** largest first (of ratios: unhealthy ones, then the worst), at most 20; without `by`: the series of a query that gave several */
  parts?: Part[];
  /** how many parts there are in all */
  partCount?: number;
  /** of `changes`: what was changed, newest first, at most 20 */
  deeds?: ToldDeed[];
  /** how many there are in all */
  deedCount?: number;
  /** what the value is near to but is not, or that it is estimated: shown with it */
  note?: string;
  /** warnings of the source: the answer may be partial */
  warnings?: string[];
  tookMs: number;
}
