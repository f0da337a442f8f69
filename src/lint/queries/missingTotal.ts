import type { RuleOn } from "../rule.ts";
import { metricOf, nameIn, partsOf } from "./parts.ts";

export const missingTotal: RuleOn<"promql"> = {
  on: "promql",
  name: "missing-total",
  summary: "counters are named as they are exposed",
  severity: "warning",
  needs: "metrics",
  why: "There is no such series: the figure is never there, the alert never fires.",
  seen: "LiteLLM documented litellm_spend_metric and exposes litellm_spend_metric_total (https://github.com/BerriAI/litellm/issues/27519).",
  bad: `
evidence:
  figure:
    promql: |
      sum(rate(litellm_spend_metric[5m])) * 3600
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  good: `
evidence:
  figure:
    promql: |
      sum(rate(litellm_spend_metric_total[5m])) * 3600
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  check(query, { metrics }, report) {
    if (metrics === undefined) return;
    for (const selector of partsOf(query)?.selectors ?? []) {
      const metric = metricOf(selector);
      if (metric === undefined || metrics.has(metric) || !metrics.has(`${metric}_total`)) continue;
      report(nameIn(selector), `the counter is exposed as ${metric}_total`, `write ${metric}_total`);
    }
  },
};
