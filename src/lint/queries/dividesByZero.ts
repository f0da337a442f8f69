import type { RuleOn } from "../rule.ts";
import { numberOf } from "./numbers.ts";
import { bare, partsOf, type Part } from "./parts.ts";

export const dividesByZero: RuleOn<"promql"> = {
  on: "promql",
  name: "divides-by-zero",
  summary: "no traffic is no data",
  severity: "warning",
  why: "Without traffic the figure is NaN or infinite, just when the fallback was meant to help.",
  seen: 'WorkloadClusterWebhookDurationExceedsTimeout could wake people for nothing until "> 0" kept it from dividing by zero (https://github.com/giantswarm/prometheus-rules/pull/278).',
  bad: `
evidence:
  figure:
    promql: |
      sum(rate(calls_failed_total[5m]))
        / (sum(rate(calls_total[5m])) or vector(0))
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  good: `
evidence:
  figure:
    promql: |
      (sum(rate(calls_failed_total[5m])) or vector(0))
        / (sum(rate(calls_total[5m])) > 0)
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  check(query, _, report) {
    if (!query.text.includes("/")) return;
    for (const { op, right } of partsOf(query)?.binaries ?? []) {
      const zero = op === "/" ? zeroIn(right) : undefined;
      if (zero === undefined) continue;
      const { from, to } = zero;
      report({ from, to }, "this divides by 0", "(… > 0) below the line makes no traffic no data");
    }
  },
};

/** What makes a part 0: it is, or it falls back to it. */
function zeroIn(given: Part): Part | undefined {
  if (numberOf(given) === 0) return given;
  const part = bare(given);
  if (part.kind === "call" && part.name === "vector" && part.args[0] !== undefined)
    return numberOf(part.args[0]) === 0 ? part : undefined;
  return part.kind === "binary" && part.op === "or" ? zeroIn(part.right) : undefined;
}
