import type { Unit, Usual } from "../timeline/measurement.ts";

export interface Point {
  at: number;
  value: number;
}

const hourMs = 3_600_000;

/**
 * What is usual, from the same hour yesterday; where that has fewer than five samples, from the last hour without its last
 * quarter (the incident); else, in words, why nothing is. `now` is the time of the reading.
 */
export function usualOf(
  hour: readonly Point[],
  yesterday: readonly Point[],
  now: number,
  unit: Unit,
): { usual: Usual } | { none: string } {
  const before = hour.filter((point) => point.at <= now - hourMs / 4);
  for (const [points, of] of [
    [yesterday, "yesterday"],
    [before, "the hour before"],
  ] as const) {
    const values = points.map((point) => point.value).filter(Number.isFinite);
    if (values.length >= 5) return { usual: spreadOf(values, of, unit) };
  }
  const most = Math.max(yesterday.length, before.length);
  return {
    none:
      most === 0
        ? "no history to compare with"
        : `only ${most} earlier ${most === 1 ? "sample" : "samples"} to compare with`,
  };
}

/** Mean of each tenth of the last hour, oldest first. A point stands for the window that ends with it. */
export function trendOf(hour: readonly Point[], now: number, windowMs: number): (number | null)[] {
  const tenth = hourMs / 10;
  return Array.from({ length: 10 }, (_, i) => {
    const from = now - hourMs + i * tenth;
    const middle = from + tenth / 2;
    const values = hour
      .filter(
        ({ at, value }) =>
          Number.isFinite(value) && ((at > from && at <= from + tenth) || (at - windowMs < middle && at >= middle)),
      )
      .map((point) => point.value);
    return values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length;
  });
}

function spreadOf(values: number[], of: Usual["of"], unit: Unit): Usual {
  const median = middleOf(values);
  const spread = 1.4826 * middleOf(values.map((v) => Math.abs(v - median)));
  const deviation = Math.max(spread, leastWidth(median, unit) / 3);
  const high = median + 3 * deviation;
  return {
    median,
    deviation,
    // no unit of ours is negative, apart from "none", of which nothing is known
    low: unit === "none" ? median - 3 * deviation : Math.max(0, median - 3 * deviation),
    high: unit === "ratio" || unit === "score" ? Math.max(median, Math.min(1, high)) : high,
    samples: values.length,
    of,
  };
}

/**
 * How far from the median is never unusual, even where the series is perfectly flat: 20 % of it (a dozen samples give the
 * spread only roughly), and what nobody is woken
 * for: a percentage point, 5 ms, one thing, a twentieth of an attempt, ten cents an hour.
 */
function leastWidth(median: number, unit: Unit): number {
  const least: Partial<Record<Unit, number>> = {
    ratio: 0.01,
    score: 0.02,
    s: 0.005,
    count: 1,
    factor: 0.05,
    "usd/h": 0.1,
  };
  return Math.max(Math.abs(median) * 0.2, least[unit] ?? 0);
}

function middleOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
