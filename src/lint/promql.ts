import { checkPromql } from "../queries/check.ts";
import { asksOf } from "./asks.ts";
import type { Rule } from "./rule.ts";

export const promql: Rule = {
  name: "promql",
  summary: "an expression can be read",
  severity: "error",
  bad: `
evidence:
  errors:
    promql: |
      sum(rate(calls_total[5m])
        / 2
steps:
  - { id: look, title: Look, instruct: Look at the errors. }
`,
  good: `
evidence:
  errors:
    promql: |
      sum(rate(calls_total[5m]))
        / 2
steps:
  - { id: look, title: Look, instruct: Look at the errors. }
`,
  check(runbook, _, report) {
    for (const { ask, path } of asksOf(runbook)) {
      if (!("promql" in ask)) continue;
      for (const { message, from, to } of checkPromql(ask.promql))
        report({ path: [...path, "promql"], from, to }, message);
    }
  },
};
