import { harmless } from "../harmless.ts";
import { sayDeeds } from "./deed.ts";
import { sayFigure, sayRange } from "./figure.ts";
import type { Measurement, Part, Unit } from "./measurement.ts";

/** "support.reply 94% · agent.research 4% · 3 more" */
export function sayParts(measurement: Measurement, most: number): string {
  const parts = measurement.parts ?? [];
  const shown = parts.slice(0, most).map((part) => sayPart(part, measurement));
  const more = (measurement.partCount ?? parts.length) - shown.length;
  return [...shown, ...(more > 0 ? [`${more.toLocaleString("en-US")} more`] : [])].join(" · ");
}

function sayPart({ name, value, share }: Part, { unit }: Measurement): string {
  return `${harmless(name)} ${share === undefined ? sayFigure(value, unit) : `${Math.round(share * 100)}%`}`;
}

/** What was read, in words: "$131.2", "no data: no series in 5m", "error: 503 from metrics", or the parts or changes. */
export function sayReading(measurement: Measurement, parts = 2): string {
  const { verdict, value, unit, why } = measurement;
  if (verdict === "error") return `error: ${harmless(why)}`;
  if (verdict === "no-data") return `no data: ${harmless(why)}`;
  if (measurement.deeds !== undefined) return sayDeeds(measurement, parts);
  if (measurement.by !== undefined) return sayParts(measurement, parts);
  return typeof value === "number" ? sayFigure(value, unit) : harmless(why);
}

/** "$131.2 → $13.4 per hour, usual $11-17"; without a reading before, only the one after. `named`: the unit was said. */
export function sayMove(before: Measurement | undefined, after: Measurement, named = false): string {
  const from = typeof before?.value === "number" ? `${sayReading(before)} → ` : "";
  const usual = after.usual ?? before?.usual;
  const known = usual === undefined ? "" : `, usual ${sayRange(usual.low, usual.high, after.unit)}`;
  const unit = typeof after.value !== "number" || named ? "" : per(after.unit);
  return `${from}${sayReading(after)}${unit}${known}`;
}

function per(unit: Unit): string {
  switch (unit) {
    case "usd/h":
      return " per hour";
    case "1/s":
    case "tokens/s":
      return " per second";
    case "1/min":
      return " per minute";
    default:
      return "";
  }
}
