import { checkPromql } from "../../queries/check.ts";
import type { RuleOn } from "../rule.ts";

export const promql: RuleOn<"promql"> = {
  on: "promql",
  name: "promql",
  summary: "an expression can be read",
  severity: "error",
  why: "Nothing is measured: the first screen shows an error where the figure should be.",
  seen: "Expressions cut at a bracket when they were copied from a dashboard into YAML.",
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
  check({ text }, _, report) {
    for (const { message, from, to } of checkPromql(text)) report({ from, to }, message);
  },
};
