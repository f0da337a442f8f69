import type { Rule } from "../rule.ts";
import { logql } from "./logql.ts";
import { promql } from "./promql.ts";

/** What is wrong with a query, or answers another question than the one that was meant. */
export const queries: readonly Rule[] = [promql, logql];
