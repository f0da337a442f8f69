import { sayFactor, sayFigure, sayRange } from "../timeline/figure.ts";
import type { Measurement } from "../timeline/measurement.ts";
import { sayReading } from "../timeline/reading.ts";
import { showDeeds } from "./deeds.ts";
import { pad, signs, type Paint, type Piece } from "./paint.ts";
import { wrap } from "./wrap.ts";

/** One reading by itself, as what arrives later is told. `onset`: of the first bad reading, ms. */
export function showReading(m: Measurement, paint: Paint, onset?: number): string[] {
  if (m.outcome === "changed")
    return [...showDeeds(m, [...pad(signOf(m), 2, paint), `${m.id}  `], onset, paint, 4), ...warned(m, paint)];
  const words = isFigure(m) ? `${sayFigure(m.value!, m.unit)}, usual ${sayUsual(m)} ${sayChange(m)}` : sayReading(m);
  const outcome = m.by === undefined || m.verdict === "error" || m.verdict === "no-data" ? "" : ` ${m.outcome}`;
  return [...wrap(pad(signOf(m), 2, paint), [`${m.id}  ${words}${outcome}`], paint, 4), ...warned(m, paint)];
}

export function signOf({ verdict, outcome }: Measurement): Piece {
  if (verdict === "error" || verdict === "no-data") return signs.unknown;
  return verdict === "unhealthy" || outcome === "concentrated" ? signs.bad : signs.none;
}

/** One figure, as against parts or a reason why there is none. */
export function isFigure(m: Measurement): boolean {
  return m.by === undefined && typeof m.value === "number" && m.verdict !== "error" && m.verdict !== "no-data";
}

export function sayUsual({ usual, unit }: Measurement): string {
  return usual === undefined ? "unknown" : sayRange(usual.low, usual.high, unit);
}

export function sayChange({ usual, value }: Measurement): string {
  return usual === undefined || usual.median === 0 ? "" : sayFactor(value! / usual.median);
}

/** What to know with the value: that it is only near what it is called, that it may be partial. */
export function warned(m: Measurement, paint: Paint): string[] {
  const note = m.verdict === "error" || m.verdict === "no-data" ? undefined : m.note;
  return [
    ...(note === undefined ? [] : wrap("  ", [{ text: `${m.id}: ${note}`, style: "dim" }], paint)),
    ...(m.warnings ?? []).flatMap((warning) => wrap("? ", [`${m.id}: the answer may be partial: ${warning}`], paint)),
  ];
}
