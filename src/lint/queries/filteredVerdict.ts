import type { RuleOn } from "../rule.ts";
import { comparedWith } from "./numbers.ts";
import { bare, partsOf } from "./parts.ts";

export const filteredVerdict: RuleOn<"promql"> = {
  on: "promql",
  name: "filtered-verdict",
  summary: "a figure is there also when all is well",
  severity: "warning",
  why: "While all is well there is no figure: the first screen says no data, and nobody knows which it is.",
  seen: "Alerts used as evidence: the corpus of this linter (test/lint/alerts.txt) was once read as evidence, with up == 0 in its first line.",
  bad: `
evidence:
  figure:
    promql: |
      sum(rate(calls_failed_total[5m])) > 5
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  good: `
evidence:
  figure:
    promql: |
      sum(rate(calls_failed_total[5m]))
    healthy: "<= 5"
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  check(query, _, report) {
    if (query.use !== "evidence" && query.use !== "signal") return;
    const whole = partsOf(query)?.whole;
    const binary = whole === undefined ? undefined : bare(whole);
    if (binary?.kind !== "binary" || binary.bool) return;
    const compared = comparedWith(binary);
    // "> 0" is how no traffic is made no data
    if (compared === undefined || (compared.number === 0 && compared.operator === ">")) return;
    report(binary.opAt, `where ${binary.op} does not hold there is no figure at all`, "leave it out and say healthy:");
  },
};
