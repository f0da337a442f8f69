import { shorten } from "../harmless.ts";
import { dimensions, type Scope } from "../timeline/scope.ts";
import type { CallField } from "./callsFields.ts";
import { fieldOf } from "./callsFields.ts";
import { insideOf, selectCalls, unionOf, type Bound, type Reading } from "./callsSql.ts";
import type { Range } from "./source.ts";

export const dimensionFields = dimensions.map((dimension) => fieldOf[dimension]);

/** SELECT of these fields, `t` and what of an error is told, of the calls after `from` until `to` inside the scope. */
export function selectPeriod(
  reading: Reading,
  { from, to, scope }: Range,
  fields: readonly (CallField | "w")[],
): { sql: string; bound: Bound } {
  const period = unionOf([{ from: to, resolution: 1, steps: 1, windowMs: to - from }]);
  const inside = insideOf(scope);
  const calls = selectCalls(reading, [...fields, ...dimensionFields], period.sql);
  return {
    sql: `SELECT *, ${idOf} AS id FROM (${calls}) WHERE t IS NOT NULL AND ${inside.sql}`,
    bound: { ...period.bound, ...inside.bound },
  };
}

/** A record without an id is named by its trace and time. */
const idOf = "coalesce(call_id, coalesce(trace_id, '') || '@' || t)";
export const idFields = ["call_id", "trace_id"] as const;

/**
 * Fields spell errors in many ways. Where the project says how, that is read; else `error` as it stands: a text, an object,
 * or an object as a text.
 */
export function errorReading(reading: Reading): { reading: Reading; fields: CallField[]; whole: boolean } {
  const spelled = ["error.type", "error.message", "error.http_status"] as const;
  if (spelled.some((name) => reading.fields[name] !== undefined))
    return { reading, fields: [...spelled], whole: false };
  const fields = { ...reading.fields, "error.message": "error" };
  return { reading: { ...reading, fields }, fields: ["error.message"], whole: true };
}

/** "status says so, or there is no status and something stands for the error" */
export function failedIf(whole: boolean): string {
  const told = whole
    ? "error.message NOT IN ('', '{}', 'null')"
    : "(error.type IS NOT NULL OR error.message IS NOT NULL)";
  return `(status = 'error' OR (status IS NULL AND ${told}))`;
}

/** "timeout: no answer from the provider (HTTP 504)"; undefined: nothing is told. */
export function sayError(type: unknown, message: unknown, status: unknown): string | undefined {
  const words = [type, message].filter((part): part is string => typeof part === "string" && part !== "");
  const told = words.length === 2 && words[1]!.includes(words[0]!) ? words[1]! : words.join(": ");
  const http = typeof status === "number" || (typeof status === "string" && status !== "") ? `HTTP ${status}` : "";
  if (told === "") return http === "" ? undefined : http;
  return http === "" || told.includes(String(status)) ? told : `${told} (${http})`;
}

/** What `error` holds when it was read whole. */
export function readError(whole: string | null): string | undefined {
  if (whole === null) return undefined;
  const text = whole.trim();
  if (!text.startsWith("{")) return text === "" || text === "null" ? undefined : text;
  let object: Record<string, unknown>;
  try {
    object = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return text;
  }
  const own = (name: string): unknown => (Object.hasOwn(object, name) ? object[name] : undefined);
  return (
    sayError(own("type") ?? own("code"), own("message"), own("http_status") ?? own("status")) ?? shorten(text, 300)
  );
}

/** The dimensions of a record, in the order of `dimensions`. */
export function scopeOf(values: readonly unknown[]): Scope {
  return Object.fromEntries(
    dimensions.flatMap((dimension, i) => (typeof values[i] === "string" ? [[dimension, values[i]]] : [])),
  );
}
