import type { Odd } from "../timeline/event.ts";
import type { Value } from "../timeline/value.ts";

/**
 * The wanted limit, unless a stricter one is in force: a clamp never raises. What is no number (absent, null, "none") and
 * what is below zero (a common spelling of "unlimited") limits nothing. Zero stays: it lets nothing through.
 */
export function lower(now: Value, wanted: number): Value {
  const limited = "is" in now && typeof now.is === "number" && now.is >= 0 && now.is <= wanted;
  return limited ? now : { is: wanted };
}

/** A cap that is ten times what flows caps nothing; one below a hundredth of it lets nothing through. */
export function oddCap(cap: number, flows: number, what: string): Odd | undefined {
  const now = `now there are ${flows < 10 ? flows.toPrecision(2) : Math.round(flows).toLocaleString("en-US")} ${what}`;
  const type = String(cap);
  if (flows <= 0) return undefined;
  if (cap > flows * 10) return { why: `a cap of ${type} stops nothing: ${now}`, type };
  if (cap < flows / 100) return { why: `a cap of ${type} lets almost nothing through: ${now}`, type };
  return undefined;
}
