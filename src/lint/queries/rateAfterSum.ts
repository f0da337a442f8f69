import type { RuleOn } from "../rule.ts";
import { bare, partsOf } from "./parts.ts";

export const rateAfterSum: RuleOn<"promql"> = {
  on: "promql",
  name: "rate-after-sum",
  summary: "the rate is taken before the sum",
  severity: "error",
  why: "When one process restarts the sum falls, which a rate reads as a restart of all: a spike that never was.",
  seen: "Common enough for an article of its own: https://www.robustperception.io/rate-then-sum-never-sum-then-rate/",
  bad: `
evidence:
  figure:
    promql: |
      rate(sum(calls_total)[5m:15s])
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  good: `
evidence:
  figure:
    promql: |
      sum(rate(calls_total[5m]))
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  check(query, _, report) {
    const parts = partsOf(query);
    for (const { name, metric, call } of parts?.rates ?? [])
      if (metric?.endsWith(":sum") === true)
        report(call.nameAt, `${metric} is a sum: ${name}() cannot see which counter began again`, next);
    for (const { name, nameAt, args } of parts?.calls ?? []) {
      const range = args[0] === undefined || !/^(rate|irate|increase)$/.test(name) ? undefined : bare(args[0]);
      const inner = range?.kind === "subquery" ? bare(range.of) : undefined;
      // max and min of what several copies of one counter say are one counter
      if (inner?.kind !== "aggregation" || !/^(sum|avg|count|stddev|stdvar|quantile)$/.test(inner.name)) continue;
      report(nameAt, `${name}() of ${inner.name}() cannot see which counter began again`, next);
    }
  },
};

const next = "rate first, then aggregate: sum(rate(x[5m]))";
