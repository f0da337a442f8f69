import type { Measurement } from "./measurement.ts";
import { above, add } from "./money.ts";

const tenth = 360_000;

/**
 * What was spent above usual between two moments (ms), in dollars: the readings of one cost per hour, joined by straight
 * lines, above the first one's usual median. The trend of the first reading stands for the time before it.
 * Undefined where nothing usual is known, and where the clock was set back between two readings. Nothing is guessed after the last reading.
 */
export function aboveUsual(readings: readonly Measurement[], since: number, until: number): number | undefined {
  const first = readings[0];
  if (first?.unit !== "usd/h" || first.usual === undefined || first.by !== undefined) return undefined;
  const points = pointsOf(readings).filter(({ at }) => at >= since && at <= until);
  const isSetBack = readings.some(({ at }, i) => i > 0 && at < readings[i - 1]!.at);
  if (points.length < 2 || isSetBack) return undefined;
  const pieces = points.slice(1).map((b, i) => ({ from: points[i]!.at, to: b.at, a: points[i]!.value, b: b.value }));
  return add(pieces, since, until, above(first.usual.median));
}

function pointsOf(readings: readonly Measurement[]): { at: number; value: number }[] {
  const first = readings[0]!;
  const trend = first.trend ?? [];
  const start = first.at - trend.length * tenth;
  return [
    ...trend.map((value, i) => ({ at: start + (i + 0.5) * tenth, value })),
    ...readings.map(({ at, value }) => ({ at, value })),
  ].filter((point): point is { at: number; value: number } => typeof point.value === "number");
}
