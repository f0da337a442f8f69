import type { Length } from "./part.ts";

const ms = { y: 31_536_000_000, w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

/** A window or an offset as it is written: `5m`, `1h30m`, `-5m`, `300` (seconds). */
export function readLength(text: string, from: number, to: number): Length {
  return { from, to, ms: milliseconds(text.slice(from, to)) };
}

function milliseconds(said: string): number | undefined {
  const value = readNumber(said);
  return value === undefined ? undefined : value * 1000;
}

/** The value of a number with its sign, of a duration in seconds; undefined where it is neither. */
export function readNumber(literal: string): number | undefined {
  const signed = /^[-+]/.test(literal);
  const value = readUnsigned(signed ? literal.slice(1).trim() : literal);
  return value !== undefined && literal.startsWith("-") ? -value : value;
}

function readUnsigned(said: string): number | undefined {
  if (/^(?:[1-9]\d*|0)(?:\.\d+)?$/.test(said)) return Number(said);
  if (/^(?:\d+(?:ms|[ywdhms]))+$/.test(said)) {
    let sum = 0;
    for (const [, n, unit] of said.matchAll(/(\d+)(ms|[ywdhms])/g)) sum += Number(n) * ms[unit as keyof typeof ms];
    return sum / 1000;
  }
  if (/^inf$/i.test(said)) return Infinity;
  if (/^nan$/i.test(said)) return NaN;
  // 017 is octal
  if (/^0[0-7]+$/.test(said)) return Number.parseInt(said, 8);
  const value = /^[\d.]/.test(said) ? Number(said.replaceAll("_", "")) : NaN;
  return Number.isNaN(value) ? undefined : value;
}
