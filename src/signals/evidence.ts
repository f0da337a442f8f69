import { z } from "zod";
import { durationSchema } from "../schema/schema.ts";
import { dimensions, type Dimension } from "../timeline/scope.ts";
import type { Healthy } from "../timeline/verdict.ts";
import { healthySchema } from "./healthy.ts";

/** What to ask of production: exactly one of the six, how to split it, and what counts as healthy. */
export interface EvidenceAsk {
  ask:
    | { signal: string }
    | { promql: string }
    | { logql: string }
    | { logsql: string }
    | { sql: string }
    | { changesMs: number };
  by?: Dimension;
  healthy?: Healthy;
  windowMs?: number;
  /** name of a source; left out: the first that can answer */
  source?: string;
}

export const evidenceAsks = ["signal", "promql", "logql", "logsql", "sql", "changes"] as const;
const text = z.string().trim().min(1, "expected some text");

/** The keys of one evidence entry; a step's `measure` has the same. */
export const evidenceShape = {
  signal: text.optional(),
  promql: text.optional(),
  logql: text.optional(),
  logsql: text.optional(),
  sql: text.optional(),
  changes: durationSchema.optional(),
  by: z.enum(dimensions).optional(),
  healthy: healthySchema.optional(),
  window: durationSchema.optional(),
  source: text.optional(),
};

const detailed = z.strictObject(evidenceShape).transform((entry, context): EvidenceAsk => {
  const given = evidenceAsks.filter((name) => entry[name] !== undefined);
  if (given.length !== 1) {
    const found = given.length === 0 ? "none" : given.join(" and ");
    context.addIssue({ code: "custom", message: `expected exactly one of ${evidenceAsks.join(", ")}, found ${found}` });
  }
  const more = (["by", "healthy", "window"] as const).find((name) => entry[name] !== undefined);
  if (entry.changes !== undefined && more !== undefined)
    context.addIssue({
      code: "custom",
      path: [more],
      message: `says nothing about changes: their time is what changes says`,
    });
  return {
    ask: askOf(entry),
    ...(entry.by === undefined ? {} : { by: entry.by }),
    ...(entry.healthy === undefined ? {} : { healthy: entry.healthy }),
    ...(entry.window === undefined ? {} : { windowMs: entry.window }),
    ...(entry.source === undefined ? {} : { source: entry.source }),
  };
});

/** One evidence entry of a runbook: `cost_per_hour`, or `{ signal: cost_per_hour, by: user, healthy: "< 20" }`. */
export const evidenceSchema = z.union([text.transform((signal): EvidenceAsk => ({ ask: { signal } })), detailed]);

function askOf({
  signal,
  promql,
  logql,
  logsql,
  sql,
  changes,
}: z.output<z.ZodObject<typeof evidenceShape>>): EvidenceAsk["ask"] {
  if (promql !== undefined) return { promql };
  if (logql !== undefined) return { logql };
  if (logsql !== undefined) return { logsql };
  if (sql !== undefined) return { sql };
  return changes === undefined ? { signal: signal ?? "" } : { changesMs: changes };
}
