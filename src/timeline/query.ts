import type { Dimension, Scope } from "./scope.ts";

/** What a source is asked in. */
export type Language = "promql" | "sql";

/**
 * What to compute. A PromQL source is given a finished expression; the `calls` source an SQL aggregate expression over
 * one call record, to which it binds filters, window, buckets and `by` itself.
 */
export type Query = { promql: string } | { sql: string; scope: Scope; by?: Dimension; windowMs: number };
