import type { Rule } from "../rule.ts";

/** The project file, signals, runbook tests and templates. */
export const project: readonly Rule[] = [];
