import type { RuleOn } from "../rule.ts";
import { bare, partsOf, ratedIn } from "./parts.ts";
import { isQuality } from "./quality.ts";

export const sidesMayNotMatch: RuleOn<"promql"> = {
  on: "promql",
  name: "sides-may-not-match",
  summary: "what is counted in two places is summed before it is divided",
  severity: "warning",
  why: "Where one label differs nothing is divided: the alert on bad answers never fires, and nobody notices.",
  seen: "HighHallucinationRate and GuardrailViolationSpike of the public skill ai-sre-incident-response: rate(llm_hallucination_detected_total[10m]) / rate(llm_requests_total[10m]) > 0.15, where only requests have a status.",
  bad: `
evidence:
  figure:
    promql: |
      rate(llm_hallucination_detected_total[10m])
        / rate(llm_requests_total[10m])
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  good: `
evidence:
  figure:
    promql: |
      sum by (model) (rate(llm_hallucination_detected_total[10m]))
        / sum by (model) (rate(llm_requests_total[10m]))
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  check(query, _, report) {
    if (!query.text.includes("/") || !isQuality(query.text)) return;
    for (const { op, opAt, on, ignoring, left, right } of partsOf(query)?.binaries ?? []) {
      if (op !== "/" || on !== undefined || ignoring !== undefined) continue;
      const [above, below] = [ratedIn(bare(left))?.metric, ratedIn(bare(right))?.metric];
      if (above === undefined || below === undefined || !isQuality(above) || isQuality(below)) continue;
      report(
        opAt,
        `a series of ${above} is divided by the series of ${below} with the very same labels, if there is one`,
        "aggregate both sides by the same labels: sum by (model) (rate(…)) / sum by (model) (rate(…))",
      );
    }
  },
};
