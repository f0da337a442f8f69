import type { Deed } from "./deed.ts";
import type { Incident } from "./incident.ts";
import type { Measurement } from "./measurement.ts";

const hourMs = 3_600_000;
/** what was changed so long before the first bad reading, ms, is pointed at */
const justBeforeMs = 15 * 60_000;

/**
 * When the first bad reading was taken, ms, as far as the readings and the alert know: the end of the first tenth of the
 * hour from which on a figure stayed outside usual, or when the alert began to fire. Undefined: nobody knows, as where a
 * figure was outside for all of the hour.
 */
export function onsetOf(measurements: readonly Measurement[], firingSince?: number): number | undefined {
  const known = [...measurements.map(leftUsual), firingSince].filter((at) => at !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** The same, from what was read first: later all may be well again. */
export function onsetIn({ measurements, alerts }: Pick<Incident, "measurements" | "alerts">): number | undefined {
  const first = [...measurements.values()].map((reading) => reading.first);
  return onsetOf(first, alerts[0]?.startsAt);
}

function leftUsual({ verdict, value, usual, trend = [], at }: Measurement): number | undefined {
  if (verdict !== "unhealthy" || value === undefined || usual === undefined) return undefined;
  const { low, high } = usual;
  if (value >= low && value <= high) return undefined;
  const isOutside = (v: number) => (value > high ? v > high : v < low);
  const tenths = trend.flatMap((v, i) => (v === null ? [] : [{ v, end: at + hourMs * ((i + 1) / trend.length - 1) }]));
  const usualLast = tenths.findLastIndex(({ v }) => !isOutside(v));
  return usualLast < 0 ? undefined : tenths[usualLast + 1]?.end;
}

/** "4 min before" the first bad reading; undefined: long before it, or after. */
export function sayJustBefore({ at }: Pick<Deed, "at">, onset: number | undefined): string | undefined {
  if (onset === undefined || at > onset || at < onset - justBeforeMs) return undefined;
  const minutes = Math.round((onset - at) / 60_000);
  return minutes === 0 ? "just before" : `${minutes} min before`;
}
