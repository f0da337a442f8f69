import type { Dimension, Scope } from "./scope.ts";

/** What a source is asked in. `signal`: the source computes a signal by itself (an evaluation service, Langfuse). */
export type Language = "promql" | "logql" | "logsql" | "sql" | "signal";

/**
 * What to compute. PromQL, LogQL and LogsQL sources are given a finished expression; the `calls` source an SQL aggregate
 * expression over one call record, to which it binds filters, window, buckets and `by` itself; a source that computes
 * signals by itself the name of one.
 */
export type Query =
  | { promql: string }
  | { logql: string }
  | { logsql: string }
  | { sql: string; scope: Scope; by?: Dimension; windowMs: number }
  | { signal: string; scope: Scope; by?: Dimension; windowMs: number };
