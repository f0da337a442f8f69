import type { RuleOn } from "../rule.ts";
import { comparisonsIn, placeOf } from "./numbers.ts";
import { inside, metricOf, partsOf } from "./parts.ts";
import { isQuality } from "./quality.ts";

export const staticQuality: RuleOn<"promql"> = {
  on: "promql",
  name: "static-quality",
  summary: "quality is judged by what is usual, or for some time",
  severity: "warning",
  why: "Quality drifts and jumps: a fixed limit wakes people for one bad answer, and misses what doubled below it.",
  seen: "HighHallucinationRate of a public evaluation guide: rate(eval_hallucination_detected_total[1h]) > 0.02, without for.",
  bad: `
evidence:
  invented:
    promql: |
      avg(llm_hallucination_ratio)
    healthy: "< 10%"
steps:
  - { id: look, title: Look, instruct: Look at the answers. }
`,
  good: `
evidence:
  invented:
    promql: |
      avg(llm_hallucination_ratio)
    healthy: { change: "< 1.5x" }
steps:
  - { id: look, title: Look, instruct: Look at the answers. }
`,
  check(query, _, report) {
    const known = query.layer === "quality";
    if (!known && !isQuality(query.text)) return;
    const { use, forMs, healthy } = query;
    const atOnce = use === "alert" ? forMs === 0 : use === "evidence" && healthy?.forMs === undefined;
    // a query that also looks back, or at several things at once, knows more than a limit
    if (!atOnce || trend.test(query.text)) return;
    const selectors = partsOf(query)?.selectors ?? [];
    for (const compared of comparisonsIn(query)) {
      const { value, number, operator } = compared;
      if (number === 0 || operator === "==" || operator === "!=") continue;
      if (!known && !inside(value, selectors).some((selector) => isQuality(metricOf(selector) ?? ""))) continue;
      report(
        placeOf(query, compared),
        `quality is judged by the limit ${number} alone, and at once`,
        use === "alert"
          ? "for: 10m, or compare with the usual: … offset 1d, avg_over_time(…[1d])"
          : 'healthy: { change: "< 1.5x" }, { z: 3 } or { is: "…", for: 10m }',
      );
      return;
    }
  },
};

const trend = /\boffset\b|_over_time\b|\b(and|or|unless)\b|\b(deriv|delta|predict_linear)\b|\[[^[\]]*:/i;
