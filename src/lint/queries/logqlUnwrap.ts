import { parseLogql } from "../../queries/logql.ts";
import { findNodes } from "../../queries/promql.ts";
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
    if (!text.includes("_over_time") && !text.includes("unwrap")) return;
    const tree = parseLogql(text);
    if (findNodes(tree, "⚠").length > 0) return;
    for (const node of findNodes(tree, "RangeAggregationExpr")) {
      const [operator, lines] = [node.getChild("RangeOp"), node.getChild("LogRangeExpr")];
      if (operator === null || lines === null) continue;
      const { from, to } = operator;
      const name = text.slice(from, to);
      const isUnwrapped = lines.getChild("UnwrapExpr") !== null;
      if (ofValues.test(name) && !isUnwrapped)
        report({ from, to }, `${name}() is of numbers, and no field is unwrapped`, "| json | unwrap latency_ms [5m]");
      else if (ofLines.test(name) && isUnwrapped)
        report({ from, to }, `${name}() is of lines, it takes no unwrap`, "leave | unwrap out");
    }
  },
};

const ofValues = /^(avg|sum|min|max|stddev|stdvar|quantile|first|last)_over_time$|^rate_counter$/;
const ofLines = /^(count_over_time|bytes_over_time|bytes_rate)$/;
