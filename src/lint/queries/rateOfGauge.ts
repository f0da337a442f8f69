import { kindOf } from "../metrics.ts";
import type { RuleOn } from "../rule.ts";
import { nameIn, partsOf } from "./parts.ts";

export const rateOfGauge: RuleOn<"promql"> = {
  on: "promql",
  name: "rate-of-gauge",
  summary: "what a rate is taken of only ever grows",
  severity: "warning",
  why: "Every time the gauge falls is read as a restart: the rate of a queue that empties looks like a flood.",
  seen: "HaproxyPendingRequests of awesome-prometheus-alerts (dist/rules/haproxy/embedded-exporter-v2.yml): rate(haproxy_backend_current_queue[2m]) > 0.",
  bad: `
evidence:
  figure:
    promql: |
      sum(rate(litellm_in_flight_requests[5m]))
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  good: `
evidence:
  figure:
    promql: |
      sum(deriv(litellm_in_flight_requests[5m]))
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  check(query, { metrics }, report) {
    for (const { name, metric, selector } of partsOf(query)?.rates ?? []) {
      if (metric === undefined || kindOf(metric, metrics) !== "gauge") continue;
      report(
        nameIn(selector),
        `${metric} goes up and down: ${name}() is of counters`,
        "delta() or deriv() tell how a gauge changes, avg_over_time() and max_over_time() how it was",
      );
    }
  },
};
