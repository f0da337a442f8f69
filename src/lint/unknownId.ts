import { didYouMean } from "../errors.ts";
import { harmless } from "../harmless.ts";
import { entriesOf, referencesOf } from "./references.ts";
import type { Rule } from "./rule.ts";

export const unknownId: Rule = {
  name: "unknown-id",
  summary: "when, hint, pick, undo, verify and until name evidence and steps of the same file",
  severity: "error",
  bad: `
evidence: { burn: cost_per_hour }
steps:
  - { id: look, title: Look, when: { brun: unhealthy }, instruct: Look at the cost. }
`,
  good: `
evidence: { burn: cost_per_hour }
steps:
  - { id: look, title: Look, when: { burn: unhealthy }, instruct: Look at the cost. }
`,
  check(runbook, _, report) {
    const entries = entriesOf(runbook);
    for (const { id, path, key } of referencesOf(runbook))
      if (!entries.has(id))
        report({ path, key }, `nothing here has the id ${harmless(id)}${didYouMean(id, entries.keys())}`);
  },
};
