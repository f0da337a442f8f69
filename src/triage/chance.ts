import type { Measurement } from "../timeline/measurement.ts";

/** A share of few calls jumps by chance: what is not so many calls away from usual is as usual. */
export const fewest = 5;

/** Would fewer than `fewest` other calls have made it usual? `calls`: how many there were. Only shares can be by chance. */
export function isByChance({ unit, usual }: Measurement, value: number, calls: number): boolean {
  if (unit !== "ratio" || usual === undefined) return false;
  const away = Math.max(value - usual.high, usual.low - value);
  return away * calls < fewest;
}
