import { checkPromql, readPromql } from "../../queries/check.ts";
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
    const mistakes = checkPromql(text);
    for (const { message, from, to } of mistakes) report({ from, to }, message);
    const type = mistakes.length === 0 ? readPromql(text).part?.type : undefined;
    if (type === "range vector")
      report(
        {},
        "all samples of a range are asked for, where one figure is needed",
        "rate(x[5m]), avg_over_time(x[5m])",
      );
    else if (type === "string") report({}, "this is a text, where a figure is needed");
  },
};
