import type { RuleOn } from "../rule.ts";
import { scaled } from "./numbers.ts";
import { innerOf, metricOf, partsOf, ratedIn, type Part } from "./parts.ts";

export const averagedQuantiles: RuleOn<"promql"> = {
  on: "promql",
  name: "averaged-quantiles",
  summary: "percentiles are computed, never added or averaged",
  severity: "warning",
  why: "The figure is no percentile of anything: a slow third of the calls can hide behind it.",
  seen: "Gil Tene in http://recursion.org/2017/5/15/you-cant-average-percentiles-period: what is known after averaging p99s is nothing of the p99.",
  bad: `
evidence:
  figure:
    promql: |
      avg(call_seconds{quantile="0.95"})
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  good: `
evidence:
  figure:
    promql: |
      max(call_seconds{quantile="0.95"})
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  check(query, _, report) {
    if (!/quantile|_p\d|:p\d/.test(query.text)) return;
    for (const aggregation of partsOf(query)?.aggregations ?? []) {
      const { name, nameAt } = aggregation;
      const inner = innerOf(aggregation);
      if (inner === undefined) continue;
      if (name === "quantile" && isAverage(inner))
        report(nameAt, "a percentile of averages: slow calls were averaged away before", next);
      if ((name === "sum" || name === "avg") && isQuantile(inner))
        report(nameAt, `the ${name === "sum" ? "sum" : "average"} of percentiles is no percentile`, next);
    }
  },
};

const next =
  "histogram_quantile(0.95, sum by (le) (rate(…_bucket[5m]))) is of all calls; max() is the worst of several";

function isQuantile(given: Part): boolean {
  const { part } = scaled(given);
  if (part.kind === "call") return part.name === "histogram_quantile";
  if (part.kind !== "selector") return false;
  if (part.matchers.some(({ label, op }) => label === "quantile" && op === "=")) return true;
  return /[_:]p(50|75|9\d|99\d?)(_|$)/.test(metricOf(part) ?? "");
}

/** `rate(x_sum[5m]) / rate(x_count[5m])` of each series */
function isAverage(given: Part): boolean {
  const { part } = scaled(given);
  if (part.kind !== "binary" || part.op !== "/") return false;
  const [above, below] = [ratedIn(part.left)?.metric, ratedIn(part.right)?.metric];
  return above?.endsWith("_sum") === true && below?.endsWith("_count") === true;
}
