import type { Odd } from "../timeline/event.ts";
import type { Value } from "../timeline/value.ts";

/** The number that a value limits to, also where it is kept as a text ("256"); undefined where it limits nothing. */
export function limitIn(value: Value): number | undefined {
  const is = "is" in value ? value.is : undefined;
  const limit = isNumeral(is) ? Number(is) : is;
  return typeof limit === "number" && limit >= 0 ? limit : undefined;
}

/**
 * The wanted limit, unless a stricter one is in force: a clamp never raises. What is no number (absent, null, "none") and
 * what is below zero (a common spelling of "unlimited") limits nothing. Zero stays: it lets nothing through. What is kept as
 * a text stays a text.
 */
export function lower(now: Value, wanted: number): Value {
  const limit = limitIn(now);
  if (limit !== undefined && limit <= wanted) return now;
  return { is: "is" in now && isNumeral(now.is) ? String(wanted) : wanted };
}

function isNumeral(is: unknown): boolean {
  return typeof is === "string" && /^\d+(\.\d+)?$/.test(is);
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
