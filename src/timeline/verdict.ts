import { formatDuration } from "../duration.ts";
import { sayFactor, sayFigure, sayRange } from "./figure.ts";
import type { Unit, Usual } from "./measurement.ts";

/** No others. Empty vectors, NaN and ±Inf are "no-data". */
export type Verdict = "healthy" | "unhealthy" | "no-data" | "error";

/** "< 20", ">= 99.5%", "< 1.5x" (a factor of usual). */
export interface Bound {
  operator: "<" | "<=" | ">" | ">=" | "==" | "!=";
  number: number;
}

/** What counts as healthy: a bound on the value, on its distance from usual, or on its factor of usual. */
export type Healthy =
  | { kind: "bound"; bound: Bound; forMs?: number }
  /** inside median ± z robust deviations of the baseline */
  | { kind: "normal"; z: number; forMs?: number }
  | { kind: "change"; bound: Bound; forMs?: number };

/** Which direction is bad news. */
export type Worse = "up" | "down" | "either";

export function holds(bound: Bound, value: number): boolean {
  switch (bound.operator) {
    case "<":
      return value < bound.number;
    case "<=":
      return value <= bound.number;
    case ">":
      return value > bound.number;
    case ">=":
      return value >= bound.number;
    case "==":
      return value === bound.number;
    case "!=":
      return value !== bound.number;
  }
}

/** "< 20", "<= 2%", "< 1.5x"; `x` says whether a factor is expected. Undefined when it is none. */
export function parseBound(text: string, factor = false): Bound | undefined {
  const match = /^\s*(<=|>=|==|!=|<|>)\s*\$?([+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*(%|x|ms|s)?\s*$/i.exec(text);
  if (match === null) return undefined;
  const [, operator, digits, spelt] = match;
  const suffix = spelt?.toLowerCase();
  if (factor !== (suffix === "x")) return undefined;
  const scale = suffix === "%" ? 0.01 : suffix === "ms" ? 0.001 : 1;
  return { operator: operator as Bound["operator"], number: Number((Number(digits) * scale).toPrecision(12)) };
}

export function sayBound(bound: Bound): string {
  return `${bound.operator} ${bound.number}`;
}

/** What was required, in words: "< $20", "inside the usual range", "< ×1.5 of usual, for 10m". */
export function sayHealthy(healthy: Healthy, unit: Unit = "none"): string {
  const lasting = healthy.forMs === undefined ? "" : `, for ${formatDuration(healthy.forMs)}`;
  switch (healthy.kind) {
    case "bound":
      return `${healthy.bound.operator} ${sayFigure(healthy.bound.number, unit)}${lasting}`;
    case "change":
      return `${healthy.bound.operator} ×${healthy.bound.number} of usual${lasting}`;
    case "normal":
      return `inside the usual range${healthy.z === 3 ? "" : ` (${healthy.z} deviations)`}${lasting}`;
  }
}

/** One value against what is healthy. `for` is not looked at here: it needs several values. */
export function judge(
  value: number | undefined,
  usual: Usual | undefined,
  healthy: Healthy,
  { unit = "none", worse = "either" }: { unit?: Unit; worse?: Worse } = {},
): { verdict: Verdict; why: string } {
  if (value === undefined) return { verdict: "no-data", why: "no value" };
  if (!Number.isFinite(value)) return { verdict: "no-data", why: sayFigure(value, unit) };
  const figure = sayFigure(value, unit);
  if (healthy.kind === "bound") {
    const { operator, number } = healthy.bound;
    const good = holds(healthy.bound, value);
    return {
      verdict: good ? "healthy" : "unhealthy",
      why: `${figure} is ${good ? "" : "not "}${operator} ${sayFigure(number, unit)}`,
    };
  }
  if (usual === undefined) return { verdict: "no-data", why: `${figure}, and nothing usual to compare it with` };
  if (healthy.kind === "change") {
    const times = factorOf(value, usual);
    const good = holds(healthy.bound, times);
    return {
      verdict: good ? "healthy" : "unhealthy",
      why: `${sayFactor(times)} of usual is ${good ? "" : "not "}${healthy.bound.operator} ×${healthy.bound.number}`,
    };
  }
  const low = healthy.z === 3 ? usual.low : usual.median - healthy.z * usual.deviation;
  const high = healthy.z === 3 ? usual.high : usual.median + healthy.z * usual.deviation;
  const range = sayRange(low, high, unit);
  if (value > high) return { verdict: worse === "down" ? "healthy" : "unhealthy", why: `above the usual ${range}` };
  if (value < low) return { verdict: worse === "up" ? "healthy" : "unhealthy", why: `below the usual ${range}` };
  return { verdict: "healthy", why: `inside the usual ${range}` };
}

/** The value as a multiple of the usual one; where that is 0: 1 for 0, else infinite. */
export function factorOf(value: number, usual: Usual): number {
  return usual.median === 0 ? (value === 0 ? 1 : Infinity) : value / usual.median;
}
