import type { RuleOn } from "../rule.ts";
import { comparisonsIn, numberOf, placeOf, scaled } from "./numbers.ts";
import { bare, innerOf, metricOf, partsOf, ratedIn, type Part } from "./parts.ts";

export const ratioPercent: RuleOn<"promql"> = {
  on: "promql",
  name: "ratio-percent",
  summary: "a share is compared with a share, per cent with per cent",
  severity: "error",
  why: "A share is never above 1: what was meant as 5 % never is unhealthy, and never wakes anybody.",
  seen: "CacheNearFull of a public vLLM course: vllm:gpu_cache_usage_perc > 90; vLLM exposes 0..1, whatever the name says.",
  bad: `
evidence:
  errors:
    promql: |
      sum(rate(calls_total{status="error"}[5m])) / sum(rate(calls_total[5m]))
    healthy: "< 5"
steps:
  - { id: look, title: Look, instruct: Look at the errors. }
`,
  good: `
evidence:
  errors:
    promql: |
      sum(rate(calls_total{status="error"}[5m])) / sum(rate(calls_total[5m]))
    healthy: "< 5%"
steps:
  - { id: look, title: Look, instruct: Look at the errors. }
`,
  check(query, _, report) {
    if (!query.text.includes("/") && !query.text.includes("usage_perc")) return;
    const whole = query.unit === "ratio" ? partsOf(query)?.whole : undefined;
    if (whole !== undefined && shareOf(whole) === 100)
      report({}, "the unit is ratio, 0 to 1: these are per cent", "leave * 100 out");
    for (const compared of comparisonsIn(query)) {
      const { value, operator, number } = compared;
      const share = operator === "==" || operator === "!=" ? undefined : shareOf(value);
      if (share === 1 && number > 1)
        report(
          placeOf(query, compared),
          `a share of 0 to 1 is compared with ${number}`,
          `${number}% is ${number / 100}`,
        );
      else if (share === 100 && number > 0 && number < 1 && !small.has(number))
        report(
          placeOf(query, compared),
          `per cent are compared with ${number}`,
          `${number} of all are ${number * 100} per cent`,
        );
    }
  },
};

/** What is also meant as per cent: 0.5 % of errors, 99.9 % of success. */
const small = new Set([0.5, 0.2, 0.1, 0.01, 0.001, 0.0001]);

/** What all of it is in `errors / all`, `100 - 100 * errors / all` and what is exposed so: 1 or 100; else undefined. */
function shareOf(given: Part): number | undefined {
  const { part, factor } = scaled(given);
  if (part.kind === "selector")
    return /^vllm:(kv|gpu)_cache_usage_perc$/.test(metricOf(part) ?? "") ? factor : undefined;
  if (part.kind === "aggregation") {
    const inner = /^(avg|max|min)$/.test(part.name) ? shareOf(innerOf(part) ?? part) : undefined;
    return inner === undefined ? undefined : inner * factor;
  }
  if (part.kind !== "binary") return undefined;
  if (part.op === "-") {
    const all = numberOf(part.left);
    return all !== undefined && shareOf(part.right) === all ? all * factor : undefined;
  }
  if (part.op !== "/") return undefined;
  const above = scaled(part.left);
  const [some, all] = [countedIn(above.part), countedIn(part.right)];
  if (some === undefined || all === undefined || some.counting !== all.counting) return undefined;
  const ofMore = some.narrowed && !all.narrowed && some.metric === all.metric;
  const isShare = ofMore || (bad.test(some.metric) && whole.test(all.metric) && !bad.test(all.metric));
  return isShare ? factor * above.factor : undefined;
}

const bad =
  /(^|_)(errors?|failed|failures?|timeouts?|hits|violations?|hallucinations?|refusals?|flagged|rejected)(_|$)/;
const whole = /(requests?|calls|queries|attempts|responses|answers|invocations)(_metric)?(_total|_count)?$/;
const telling = /(status|code|error|reason|result|outcome|type|success|finish)/i;

/** The one metric of which a part is the summed rate. */
function countedIn(given: Part): { metric: string; narrowed: boolean; counting: string } | undefined {
  const part = bare(given);
  if (part.kind === "aggregation") {
    const inner = innerOf(part);
    return part.name === "sum" && inner !== undefined ? countedIn(inner) : undefined;
  }
  // "x > 0" and "x or vector(0)" are x
  if (part.kind === "binary")
    return (part.op === ">" || part.op === "or") && !part.bool ? countedIn(part.left) : undefined;
  const rated = ratedIn(part);
  if (rated?.metric === undefined) return undefined;
  const counting = rated.name === "increase" ? `in ${rated.windowMs} ms` : "in a second";
  const narrowed = rated.selector.matchers.some(({ label }) => telling.test(label));
  return { metric: rated.metric, narrowed, counting };
}
