import type { RuleOn } from "../rule.ts";
import { bare, partsOf, ratedIn } from "./parts.ts";

export const quantilePerSeries: RuleOn<"promql"> = {
  on: "promql",
  name: "quantile-per-series",
  summary: "a percentile of a stack is one of all its series",
  severity: "warning",
  needs: "metrics",
  why: "Each model, tenant and process has a percentile of its own: three slow calls at night wake somebody.",
  seen: "LatencyP95Exceeded of the public skill ai-sre-incident-response: histogram_quantile(0.95, rate(llm_request_duration_seconds_bucket[5m])) > 5, without by (le).",
  bad: `
evidence:
  figure:
    promql: |
      histogram_quantile(0.95,
        rate(llm_request_duration_seconds_bucket[5m]))
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  good: `
evidence:
  figure:
    promql: |
      histogram_quantile(0.95,
        sum by (le) (rate(llm_request_duration_seconds_bucket[5m])))
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  check(query, { metrics }, report) {
    if (metrics === undefined || !query.text.includes("histogram_quantile")) return;
    for (const { name, args } of partsOf(query)?.calls ?? []) {
      const given = name === "histogram_quantile" ? args.at(-1) : undefined;
      const metric = given === undefined ? undefined : ratedIn(given)?.metric;
      const rate = given === undefined ? undefined : bare(given);
      // what labels a team's own histogram has, and whether each is worth a percentile, the team knows
      if (metric === undefined || rate?.kind !== "call" || metrics.get(metric) !== "bucket") continue;
      report(
        rate.nameAt,
        `one percentile for each series of ${metric}, many of them over a few calls`,
        "sum by (le) (rate(…)) is one of all, sum by (le, model) (rate(…)) one of each model",
      );
    }
  },
};
