import type { Rule } from "../rule.ts";

/** What YAML reads otherwise than a person. */
export const yaml: readonly Rule[] = [];
