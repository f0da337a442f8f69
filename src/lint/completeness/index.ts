import type { Rule } from "../rule.ts";

/** What a runbook for LLM incidents must tell. */
export const completeness: readonly Rule[] = [];
