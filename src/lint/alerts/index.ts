import type { Rule } from "../rule.ts";

/** Alert rules, and what they and the runbooks say of each other. */
export const alerts: readonly Rule[] = [];
