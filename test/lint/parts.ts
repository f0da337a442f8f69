import type { Finding } from "../../src/document/document.ts";
import { completeness } from "../../src/lint/completeness/index.ts";
import { lint } from "../../src/lint/lint.ts";

const absences = new Set(completeness.map(({ name }) => name));

/** What is wrong with what is there; what these short runbooks leave out is not their point. */
export function lintParts(...asked: Parameters<typeof lint>): Finding[] {
  return lint(...asked).filter(({ rule }) => !absences.has(rule));
}
