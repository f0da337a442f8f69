import { sayDuration } from "../duration.ts";
import type { Unit } from "./measurement.ts";

/** A number as a person reads it at 3 a.m.: `$131.2`, `31%`, `4.8 s`, `3910`, `×10.3`. The same number always reads the same. */
export function sayFigure(value: number, unit: Unit): string {
  if (Number.isNaN(value)) return "not a number";
  if (value === Infinity) return unit === "usd" || unit === "usd/h" || unit === "count" ? "unlimited" : "infinite";
  if (value === -Infinity) return "minus infinite";
  const sign = value < 0 ? "-" : "";
  const v = Math.abs(value);
  switch (unit) {
    case "usd":
      return `${sign}$${money(v, 4)}`;
    case "usd/h":
      return `${sign}$${money(v, 2)}`;
    case "ratio":
      return `${sign}${percent(v)}`;
    case "s":
      return `${sign}${time(v)}`;
    case "tokens":
      return sign + (v < 10 ? plain(v, 1) : v < 10_000 ? v.toFixed(0) : thousands(v));
    case "count":
      return sign + (Number.isInteger(v) || v >= 10 ? thousands(v) : plain(v, 1));
    case "factor":
      return `${sign}×${plain(v, v < 10 ? 2 : v < 100 ? 1 : 0)}`;
    case "score":
      return sign + v.toFixed(2);
    case "tokens/s":
    case "1/s":
    case "1/min":
    case "none":
      return sign + (v >= 1000 ? thousands(v) : v >= 100 ? v.toFixed(0) : v >= 1 ? plain(v, 1) : small(v));
  }
}

/** `$11-17`, `2.1-3.4`, `28-35%`, `210-480 ms`; one figure when both ends read the same. */
export function sayRange(low: number, high: number, unit: Unit): string {
  // two digits are enough for "usual", unless they would hide how narrow the range is
  const digits = high - low < Math.abs(high) * 0.15 ? 3 : 2;
  const [a, b] = [low, high].map((v) => sayFigure(round(v, digits), unit)) as [string, string];
  if (a === b) return a;
  const start = /^(-?[^\d-]*)[\d.,]+(.*)$/.exec(a);
  const end = /^(-?[^\d-]*)([\d.,]+)(.*)$/.exec(b);
  if (start === null || end === null || start[1] !== end[1] || (start[2] !== end[3] && low !== 0))
    return `${a} to ${b}`;
  return `${low === 0 ? `${start[1]}0` : a.slice(0, a.length - start[2]!.length)}-${end[2]}${end[3]}`;
}

/** How many times the usual: `×9.4`, `×120`, `×0.02`. */
export function sayFactor(factor: number): string {
  if (!Number.isFinite(factor)) return "×∞";
  return `×${factor >= 100 ? thousands(factor) : factor >= 0.1 || factor === 0 ? factor.toFixed(1) : small(factor)}`;
}

/**
 * One character for each tenth of the hour, oldest first. The scale starts at zero and leaves a steady series in the
 * middle, so that only real moves look like moves. Gaps are a space, in ASCII a dot.
 */
export function sparkline(trend: readonly (number | null)[], unicode: boolean): string {
  const ramp = unicode ? "▁▂▃▄▅▆▇█" : "_-~=+*%#";
  const known = trend.filter((v): v is number => v !== null && Number.isFinite(v)).sort((a, b) => a - b);
  if (known.length === 0) return "";
  const floor = Math.min(0, known[0]!);
  const top = Math.max(known.at(-1)!, 2 * known[known.length >> 1]! - floor);
  return trend
    .map((v) => {
      if (v === null || !Number.isFinite(v)) return unicode ? " " : ".";
      const level = top === floor ? 0 : Math.floor(((v - floor) / (top - floor)) * 8);
      return ramp[Math.min(7, level)];
    })
    .join("");
}

/** `decimals`: below one dollar. */
function money(v: number, decimals: number): string {
  if (v === 0) return "0";
  if (v >= 1000) return thousands(v);
  if (v >= 10) return plain(v, 1);
  if (v >= 1) return v.toFixed(2);
  return v >= 10 ** (1 - decimals) ? v.toFixed(decimals) : small(v);
}

function percent(v: number): string {
  const p = v * 100;
  if (p > 99 && p < 100) return p > 99.99 ? ">99.99%" : `${plain(p, 2)}%`;
  return `${p >= 10 ? thousands(p) : p >= 0.1 ? plain(p, 1) : small(p)}%`;
}

function time(v: number): string {
  if (v === 0) return "0 s";
  if (v < 0.9995) return v < 0.00995 ? `${small(v * 1000)} ms` : `${(v * 1000).toFixed(0)} ms`;
  if (v < 9.95) return `${v.toFixed(1)} s`;
  return v < 119.5 ? `${v.toFixed(0)} s` : sayDuration(Math.round(v) * 1000);
}

/** At most `digits` decimals, without trailing zeros. */
function plain(v: number, digits: number): string {
  return String(Number(v.toFixed(digits)));
}

/** Two significant digits, never in exponent form. */
function small(v: number): string {
  if (v === 0) return "0";
  if (v < 1e-9) return "<0.000000001";
  const decimals = Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(v))));
  return v
    .toFixed(decimals)
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "");
}

function thousands(v: number): string {
  if (v >= 1e15) return v.toExponential(2);
  return v.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ",");
}

function round(v: number, digits: number): number {
  return v === 0 || !Number.isFinite(v) ? v : Number(v.toPrecision(digits));
}
