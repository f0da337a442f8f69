import type { RuleOn } from "../rule.ts";
import { inside, isChoice, metricOf, nameIn, partsOf, type AggregationPart } from "./parts.ts";

export const quantileWithoutLe: RuleOn<"promql"> = {
  on: "promql",
  name: "quantile-without-le",
  summary: "a quantile is computed from buckets with their le",
  severity: "error",
  why: "Nothing is computed, or nonsense: without le there are no buckets any more.",
  seen: "histogram_quantile(0.95, avg by (webId) (rate(http_request_duration_sum[5m])/rate(http_request_duration_count[5m]))): https://openillumi.com/en/en-promql-p95-average-quantile-difference",
  bad: `
evidence:
  figure:
    promql: |
      histogram_quantile(0.95,
        sum by (model) (rate(call_seconds_bucket[5m])))
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  good: `
evidence:
  figure:
    promql: |
      histogram_quantile(0.95,
        sum by (le, model) (rate(call_seconds_bucket[5m])))
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  check(query, _, report) {
    if (!query.text.includes("histogram_quantile")) return;
    const { calls, aggregations, selectors } = partsOf(query) ?? { calls: [], aggregations: [], selectors: [] };
    const quantiles = calls.filter(({ name }) => name === "histogram_quantile");
    for (const call of quantiles) {
      const given = call.args.at(-1);
      if (given === undefined) continue;
      for (const selector of inside(given, selectors)) {
        const metric = metricOf(selector) ?? "";
        // a quantile may be inside another part of this one: then it is asked for itself
        if (quantiles.some((other) => other !== call && inside(given, [other]).length > 0)) continue;
        const losing = inside(given, aggregations).find((one) => inside(one, [selector]).length > 0 && losesLe(one));
        if (metric.endsWith("_bucket") && losing !== undefined)
          report(placeOf(losing), `${losing.name} drops le: no buckets are left`, nextOf(losing));
        if (!/_(total|sum|count)$/.test(metric)) continue;
        const bucket = metric.replace(/_(total|sum|count)$/, "_bucket");
        report(nameIn(selector), `${metric} has no buckets`, `histogram_quantile() wants ${bucket}, if there is one`);
      }
    }
  },
};

function losesLe(aggregation: AggregationPart): boolean {
  if (isChoice(aggregation) || aggregation.name === "count_values") return false;
  const { by = [], without } = aggregation;
  const isLe = ({ label }: { label: string }) => label === "le";
  return without === undefined ? !by.some(isLe) : without.some(isLe);
}

/** With its labels where they stand before the bracket. */
function placeOf({ nameAt, by, without, args }: AggregationPart): { from: number; to: number } {
  const last = (by ?? without ?? []).at(-1);
  return { from: nameAt.from, to: last === undefined || last.from > args[0]!.from ? nameAt.to : last.to + 1 };
}

function nextOf({ name, by = [] }: AggregationPart): string {
  return `${name} by (${["le", ...by.map(({ label }) => label)].join(", ")}) (…)`;
}
