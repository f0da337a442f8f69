import { checkReading, isMetric } from "../../queries/logqlCheck.ts";
import type { RuleOn } from "../rule.ts";

export const logql: RuleOn<"logql"> = {
  on: "logql",
  name: "logql",
  summary: "a LogQL expression can be read",
  severity: "error",
  why: "Nothing is measured: the first screen shows an error where the figure should be.",
  seen: "`status=error` without quotes, copied from a log viewer's search field.",
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
  check({ text }, _, report) {
    const mistakes = checkReading(text);
    for (const { message, from, to } of mistakes) report({ from, to }, message);
    if (mistakes.length === 0 && !isMetric(text))
      report(
        { from: 0, to: text.length },
        "a figure is needed here, this selects log lines",
        "sum(count_over_time(… [5m]))",
      );
  },
};
