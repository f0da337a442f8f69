import type { RuleOn } from "../rule.ts";
import { numberOf } from "./numbers.ts";
import { partsOf, type Part } from "./parts.ts";

export const quantileRange: RuleOn<"promql"> = {
  on: "promql",
  name: "quantile-range",
  summary: "a quantile is a number from 0 to 1",
  severity: "error",
  why: "Above 1 the answer is always +Inf, which no verdict takes for a figure.",
  seen: "prometheus/prometheus#4543: a quantile of 2 gives +Inf without a word, and that is kept.",
  bad: `
evidence:
  figure:
    promql: |
      histogram_quantile(95, sum by (le) (rate(call_seconds_bucket[5m])))
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  good: `
evidence:
  figure:
    promql: |
      histogram_quantile(0.95, sum by (le) (rate(call_seconds_bucket[5m])))
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  check(query, _, report) {
    if (!query.text.includes("quantile")) return;
    const { calls = [], aggregations = [] } = partsOf(query) ?? {};
    for (const { name, args } of [...calls, ...aggregations]) {
      const quantile = /^(histogram_quantile|quantile_over_time|quantile)$/.test(name) ? args[0] : undefined;
      if (quantile !== undefined && isAbove(quantile))
        report(quantile, `${query.text.slice(quantile.from, quantile.to)} is no quantile: they go from 0 to 1`, next);
    }
  },
};

const next = "0.95 is the 95th percentile";

function isAbove(part: Part): boolean {
  const number = numberOf(part);
  return number !== undefined && number > 1;
}
