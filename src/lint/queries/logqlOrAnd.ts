import { parseLogql } from "../../queries/logql.ts";
import { findNodes } from "../../queries/promql.ts";
import type { RuleOn } from "../rule.ts";

export const logqlOrAnd: RuleOn<"logql"> = {
  on: "logql",
  name: "logql-or-and",
  summary: "brackets say what and, or of a log filter belong to",
  severity: "warning",
  why: 'Without brackets "and" binds tighter than "or": lines of other routes are counted as well.',
  seen: 'Incident runbooks for LLM products (Sigmoda): status = "flagged" OR contains_banned = true OR tokens_out > threshold AND metadata.route = "support.reply".',
  bad: `
evidence:
  figure:
    logql: |
      sum(count_over_time({app="llm"} | json
        | flagged="true" or tokens_out > 4000 and route="reply" [5m]))
steps:
  - { id: look, title: Look, instruct: Look at the lines. }
`,
  good: `
evidence:
  figure:
    logql: |
      sum(count_over_time({app="llm"} | json
        | (flagged="true" or tokens_out > 4000) and route="reply" [5m]))
steps:
  - { id: look, title: Look, instruct: Look at the lines. }
`,
  check({ text }, _, report) {
    if (!/\bor\b/.test(text) || !/\band\b|,/.test(text)) return;
    const tree = parseLogql(text);
    if (findNodes(tree, "⚠").length > 0) return;
    for (const node of findNodes(tree, "LabelFilter")) {
      if (node.getChild("Or") === null) continue;
      const [left, right] = node.getChildren("LabelFilter");
      const and = right?.getChild("And") ?? null;
      if (and === null || left?.getChild("And") != null) continue;
      report(
        { from: and.from, to: and.to },
        "and belongs only to what stands right before it, behind the or",
        "(a or b) and c, or a or (b and c)",
      );
    }
  },
};
