import { checkLogql } from "../queries/logqlCheck.ts";
import { asksOf } from "./asks.ts";
import type { Rule } from "./rule.ts";

export const logql: Rule = {
  name: "logql",
  summary: "a LogQL expression can be read",
  severity: "error",
  bad: `
evidence:
  errors:
    logql: |
      sum(count_over_time({app="llm"} | json | status=error [5m]))
steps:
  - { id: look, title: Look, instruct: Look at the errors. }
`,
  good: `
evidence:
  errors:
    logql: |
      sum(count_over_time({app="llm"} | json | status="error" [5m]))
steps:
  - { id: look, title: Look, instruct: Look at the errors. }
`,
  check(runbook, _, report) {
    for (const { ask, path } of asksOf(runbook)) {
      if (!("logql" in ask)) continue;
      for (const { message, from, to } of checkLogql(ask.logql))
        report({ path: [...path, "logql"], from, to }, message);
    }
  },
};
