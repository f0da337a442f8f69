import type { RuleOn } from "../rule.ts";
import { comparedWith } from "./numbers.ts";
import { bare, partsOf } from "./parts.ts";

export const neverHolds: RuleOn<"promql"> = {
  on: "promql",
  name: "never-holds",
  summary: "a condition can hold",
  severity: "error",
  why: "The alert never fires: count() of nothing is nothing, not 0.",
  seen: 'AllSearchEnginesBlocked of a public runbook is count(axion_crm_rotation_active_entities{dimension="search_engine"}) == 0; why it never fires: https://www.robustperception.io/why-can-countx-5-not-return-0/',
  bad: `
evidence:
  figure:
    promql: |
      sum(rate(calls_total[5m]))
        unless on () (count(up{job="llm"} == 1) == 0)
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  good: `
evidence:
  figure:
    promql: |
      sum(rate(calls_total[5m]))
        unless on () (sum(up{job="llm"} == bool 1) == 0)
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  check(query, _, report) {
    if (!/count|absent/i.test(query.text)) return;
    for (const binary of partsOf(query)?.binaries ?? []) {
      const compared = binary.bool ? undefined : comparedWith(binary);
      const value = compared === undefined ? undefined : bare(compared.value);
      if (compared === undefined || (value?.kind !== "aggregation" && value?.kind !== "call")) continue;
      const isCount = value.kind === "aggregation" && value.name === "count";
      if (!isCount && !/^absent(_over_time)?$/.test(value.name)) continue;
      if (canHold(compared.operator, compared.number, 1, isCount ? Infinity : 1)) continue;
      report(
        binary.opAt,
        isCount
          ? "count() of nothing is no 0 but no result: this never holds"
          : `${value.name}() is 1 or nothing: this never holds`,
        isCount ? "sum(x == bool 1) can be 0, and absent(x) tells that there is none" : "absent(x) alone is enough",
      );
    }
  },
};

function canHold(operator: string, number: number, least: number, most: number): boolean {
  switch (operator) {
    case "==":
      return number >= least && number <= most;
    case "<":
      return number > least;
    case "<=":
      return number >= least;
    case ">":
      return number < most;
    case ">=":
      return number <= most;
  }
  return true;
}
