import { unwrapMistakes } from "../../queries/logqlUnwrap.ts";
import type { RuleOn } from "../rule.ts";

export const logqlUnwrap: RuleOn<"logql"> = {
  on: "logql",
  name: "logql-unwrap",
  summary: "what is computed of a field is unwrapped, what counts lines is not",
  severity: "error",
  why: "Loki refuses the query: the first screen shows an error where the figure should be.",
  seen: "A proxy before Loki made nonsense of avg, max and quantile_over_time without unwrap instead of refusing them (https://github.com/ReliablyObserve/loki-vl-proxy/pull/236).",
  bad: `
evidence:
  figure:
    logql: |
      quantile_over_time(0.95, {app="llm"} | json [5m])
steps:
  - { id: look, title: Look, instruct: Look at the lines. }
`,
  good: `
evidence:
  figure:
    logql: |
      quantile_over_time(0.95, {app="llm"} | json | unwrap latency_ms [5m])
steps:
  - { id: look, title: Look, instruct: Look at the lines. }
`,
  check({ text }, _, report) {
    for (const { message, instead, ...at } of unwrapMistakes(text)) report(at, message, instead);
  },
};
