import { kindOf, type Metrics } from "../metrics.ts";
import type { RuleOn } from "../rule.ts";
import { comparisonsIn, scaled } from "./numbers.ts";
import { bare, innerOf, metricOf, nameIn, partsOf, type Part, type SelectorPart } from "./parts.ts";

export const rawCounter: RuleOn<"promql"> = {
  on: "promql",
  name: "raw-counter",
  summary: "of a counter its growth is looked at",
  severity: "warning",
  why: "A counter only grows: the figure is unhealthy for ever once it was, and healthy again after a restart.",
  seen: 'SystemErrorsCritical (https://github.com/scality/cloudserver/pull/4116): sum(http_requests_total{code=~"5.."}) / sum(http_requests_total) >= 0.05 is about all time since the start.',
  bad: `
evidence:
  figure:
    promql: |
      sum(calls_failed_total)
    healthy: "< 100"
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  good: `
evidence:
  figure:
    promql: |
      sum(increase(calls_failed_total[1h]))
    healthy: "< 100"
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  check(query, { metrics }, report) {
    if (!/_(total|bucket)\b/.test(query.text)) return;
    const found = new Set<SelectorPart>();
    const note = (part: Part) => {
      for (const one of countersIn(part, metrics)) found.add(one);
    };
    for (const { value, number, operator } of comparisonsIn(query))
      // whether anything was ever counted can be asked
      if (number !== 0 && operator !== "==" && operator !== "!=") note(value);
    const parts = partsOf(query);
    if (parts !== undefined && (query.use === "evidence" || query.use === "signal")) note(parts.whole);
    for (const { name, args } of parts?.calls ?? []) {
      if (name === "histogram_quantile") note(args.at(-1)!);
      const range = /^(avg|sum)_over_time$/.test(name) && args[0] !== undefined ? bare(args[0]) : undefined;
      if (range?.kind === "range" || range?.kind === "subquery") note(range.of);
    }
    for (const selector of found)
      report(
        nameIn(selector),
        `${metricOf(selector)} counts since its process started`,
        "rate(x[5m]) is how many a second, increase(x[1h]) how many in an hour",
      );
  },
};

/** The counters that a part is the plain sum or quotient of. */
function countersIn(given: Part, metrics: Metrics | undefined): SelectorPart[] {
  const { part } = scaled(given);
  if (part.kind === "selector") {
    const metric = metricOf(part);
    return metric !== undefined && /^(counter|bucket)$/.test(kindOf(metric, metrics) ?? "") ? [part] : [];
  }
  if (part.kind === "aggregation") {
    const inner = innerOf(part);
    return inner !== undefined && /^(sum|avg|max|min)$/.test(part.name) ? countersIn(inner, metrics) : [];
  }
  if (part.kind !== "binary" || part.op !== "/") return [];
  const [above, below] = [countersIn(part.left, metrics), countersIn(part.right, metrics)];
  return above.length === 0 || below.length === 0 ? [] : above;
}
