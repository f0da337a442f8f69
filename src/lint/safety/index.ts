import type { Rule } from "../rule.ts";

/** What could do harm when it is walked. */
export const safety: readonly Rule[] = [];
