import type { Value } from "../timeline/value.ts";

/**
 * The wanted limit, unless a stricter one is in force: a clamp never raises. What is no number (absent, null, "none") and
 * what is below zero (a common spelling of "unlimited") limits nothing. Zero stays: it lets nothing through.
 */
export function lower(now: Value, wanted: number): Value {
  const limited = "is" in now && typeof now.is === "number" && now.is >= 0 && now.is <= wanted;
  return limited ? now : { is: wanted };
}
