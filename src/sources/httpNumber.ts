import { parsePointer } from "../document/edit.ts";
import { harmless, shorten } from "../harmless.ts";
import { isRecord } from "./json.ts";

/** What stands at an RFC 6901 pointer; undefined: nothing does. */
export function valueAt(value: unknown, pointer: string): unknown {
  let at = value;
  for (const key of parsePointer(pointer) ?? []) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

const decimal = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d{1,4})?$/i;

/** A number, also as a text; null where there is no value (null, ""); undefined: no number. */
export function readNumber(value: unknown): number | null | undefined {
  if (typeof value === "number") return value;
  if (value === null) return null;
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  if (text === "") return null;
  if (/^nan$/i.test(text)) return Number.NaN;
  return decimal.test(text) ? Number(text) : undefined;
}

/** ms since 1970 of a time as seconds or milliseconds, also as a text, or as RFC 3339; undefined: no time. */
export function readTime(value: unknown): number | undefined {
  const number = readNumber(value);
  if (typeof number === "number" && Number.isFinite(number)) return number < 1e11 ? number * 1000 : number;
  if (typeof value !== "string") return undefined;
  // without a zone: UTC, which is what a server means by it
  const at = Date.parse(/^\d{4}-\d\d-\d\d[T ][\d:.]+$/.test(value) ? `${value.replace(" ", "T")}Z` : value);
  return Number.isNaN(at) ? undefined : at;
}

/** 'nothing at /value (there is: score, at)', 'a list at /value, not a number' */
export function sayNoNumber(whole: unknown, pointer: string): string {
  const value = valueAt(whole, pointer);
  const where = pointer === "" ? "as its answer" : `at ${harmless(pointer)}`;
  if (value === undefined) {
    const keys = isRecord(whole) ? Object.keys(whole).slice(0, 8) : [];
    return `nothing ${where}${keys.length === 0 ? "" : ` (there is: ${shorten(keys.join(", "), 120)})`}`;
  }
  const what = Array.isArray(value)
    ? "a list"
    : typeof value === "object"
      ? "an object"
      : shorten(JSON.stringify(value), 60);
  return `${what} ${where}, not a number`;
}
