import { didYouMean } from "../../errors.ts";
import { harmless } from "../../harmless.ts";
import { slipOf } from "../slip.ts";
import { entriesOf, referencesOf } from "./references.ts";
import type { RuleOn } from "../rule.ts";

export const unknownId: RuleOn<"runbook"> = {
  on: "runbook",
  name: "unknown-id",
  summary: "when, hint, pick, undo, verify and until name evidence and steps of the same file",
  severity: "error",
  why: "A condition with it never holds, so that its step is silently left out; what picks, undoes or waits by it has nothing to look at.",
  seen: 'm-lab/prometheus-support#796: "alert names changed over time, but this inhibit rule did not".',
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
        report(
          { path, key },
          `nothing here has the id ${harmless(id)}${didYouMean(id, entries.keys())}`,
          undefined,
          slipOf(id, entries.keys()),
        );
  },
};
