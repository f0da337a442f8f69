import type { RuleOn } from "../rule.ts";
import { partsOf, type Part } from "./parts.ts";

export const orAnd: RuleOn<"promql"> = {
  on: "promql",
  name: "or-and",
  summary: "brackets say what and, or belong to",
  severity: "warning",
  why: 'Without brackets "and" binds tighter than "or": the last condition narrows only its neighbour, the others fire without it.',
  seen: 'Incident runbooks for LLM products (Sigmoda): status = "flagged" OR contains_banned = true OR tokens_out > threshold AND metadata.route = "support.reply".',
  bad: `
evidence:
  figure:
    promql: |
      sum(rate(a_total[5m])) > bool 1 or sum(rate(b_total[5m])) > bool 1 and sum(rate(c_total[5m])) > bool 1
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  good: `
evidence:
  figure:
    promql: |
      (sum(rate(a_total[5m])) > bool 1 or sum(rate(b_total[5m])) > bool 1) and sum(rate(c_total[5m])) > bool 1
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  check(query, _, report) {
    if (!/\bor\b/i.test(query.text)) return;
    for (const { op, left, right } of partsOf(query)?.binaries ?? []) {
      // "a and b or c and d" reads as it is meant
      if (op !== "or" || !isAnd(right) || isAnd(left)) continue;
      const { op: and, opAt } = right;
      report(
        opAt,
        `${and} belongs only to what stands right before it, behind the or`,
        "(a or b) and c, or a or (b and c)",
      );
    }
  },
};

function isAnd(part: Part): part is Part & { kind: "binary" } {
  return part.kind === "binary" && (part.op === "and" || part.op === "unless");
}
