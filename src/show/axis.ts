import { parseDuration } from "../duration.ts";
import { sayDate, sayMinute, sayTime } from "../timeline/moment.ts";

export interface Axis {
  low: number;
  high: number;
  /** between `low` and `high`, ascending */
  ticks: { at: number; text: string }[];
}

/**
 * Round numbers around all values, which are finite. It begins at zero unless that would hide how they differ. Undefined:
 * they lie too far apart.
 */
export function valueAxis(least: number, greatest: number): Axis | undefined {
  let [low, high] = [least, greatest];
  if (low > 0 && low <= high / 2) low = 0;
  if (high < 0 && high >= low / 2) high = 0;
  if (!(roundStep(high - low) > 0)) {
    const room = Math.abs(low) * 0.1 || 1;
    [low, high] = [low - room, high + room];
  }
  const step = roundStep(high - low);
  [low, high] = [Math.floor(low / step) * step, Math.ceil(high / step) * step];
  if (!Number.isFinite(high - low)) return undefined;
  const count = Math.round((high - low) / step);
  const ticks = Array.from({ length: count + 1 }, (_, i) => low + i * step);
  return { low, high, ticks: ticks.map((at) => ({ at, text: sayTick(at, step, Math.max(-low, high)) })) };
}

/** A fifth of the span or a little more: 1, 2 or 5 times a power of ten. */
function roundStep(span: number): number {
  const power = 10 ** Math.floor(Math.log10(span / 5));
  return [1, 2, 5, 10].map((n) => n * power).find((step) => step >= span / 5) ?? 0;
}

const suffixes = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
] as const;

/** "0", "0.25", "500", "1.5k", "20M", "2e-7": as exact as its neighbours need, in the unit of the largest (`size`). */
function sayTick(value: number, step: number, size: number): string {
  if (Math.abs(value) < step / 2) return "0";
  if (size >= 1e15 || step < 1e-4) return String(Number(value.toPrecision(digits(size, step))).toExponential());
  const [scale, suffix] = size < 1e4 ? [1, ""] : suffixes.find(([least]) => size >= least)!;
  return `${Number((value / scale).toPrecision(digits(size, step)))}${suffix}`;
}

function digits(size: number, step: number): number {
  return Math.min(15, Math.max(1, Math.ceil(Math.log10(size / step)) + 2));
}

const steps = "1s 5s 15s 30s 1m 2m 5m 10m 15m 30m 1h 2h 3h 6h 12h 1d 2d 7d 14d 30d 90d 365d".split(" ");

/** Round times of UTC; no more than `room` cells of text let stand beside each other. */
export function timeAxis(from: number, to: number, room: number): Axis {
  const isLong = to - from > 86_400_000;
  const wide = (step: number) => (step >= 86_400_000 ? 5 : isLong ? 11 : step >= 60_000 ? 5 : 8) + 4;
  const all = steps.map((step) => parseDuration(step)!);
  const step = all.find((one) => ((to - from) / one) * wide(one) <= room) ?? all.at(-1)!;
  const say = (at: number) => {
    if (step >= 86_400_000) return sayDate(at).slice(-5);
    if (isLong) return `${sayDate(at).slice(-5)} ${sayMinute(at)}`;
    return step >= 60_000 ? sayMinute(at) : sayTime(at);
  };
  const ticks = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push({ at, text: say(at) });
  return { low: from, high: to, ticks };
}
