import type { RuleOn } from "../rule.ts";
import { comparisonsIn, placeOf, scaled } from "./numbers.ts";
import { bare, innerOf, partsOf, ratedIn, type Part } from "./parts.ts";

export const dollarsPerSecond: RuleOn<"promql"> = {
  on: "promql",
  name: "dollars-per-second",
  summary: "money is compared in the unit it is counted in",
  severity: "warning",
  why: "The limit is 60 or 3600 times what was meant: money burns for an hour before anybody is woken.",
  seen: "TokenCostExplosion of the public skill ai-sre-incident-response: sum(rate(llm_token_cost_dollars[5m])) by (tenant) > 0.50, whose text says $0.50/min.",
  bad: `
evidence:
  figure:
    promql: |
      sum(rate(litellm_spend_metric_total[5m]))
    healthy: "< 20"
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  good: `
evidence:
  figure:
    promql: |
      sum(rate(litellm_spend_metric_total[5m])) * 3600
    healthy: "< 20"
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  check(query, _, report) {
    if (!money.test(query.text) || !query.text.includes("rate")) return;
    const whole = query.unit === "usd/h" ? partsOf(query)?.whole : undefined;
    if (whole !== undefined) {
      const { part, factor } = scaled(whole);
      const per = { 1: "second", 60: "minute", 86400: "day" }[factor];
      if (per !== undefined && isSpending(part)) report({}, `dollars per ${per}, not per hour`, next);
      return;
    }
    for (const compared of comparisonsIn(query)) {
      const { value, number, at } = compared;
      // $0.05 a second are $180 an hour; what is computed, or that small, was thought about
      if (number < 0.05 || (at !== undefined && bare(at).kind !== "number")) continue;
      const { part, factor } = scaled(value);
      if (factor !== 1 || !isSpending(part)) continue;
      const message = `rate() is per second: ${number} dollars a second are ${number * 3600} an hour`;
      report(placeOf(query, compared), message, next);
    }
  },
};

const next = "* 3600 makes it dollars per hour, * 60 per minute";
const money = /(cost|spend|spent|dollars?|usd)/i;
const other = /micro|milli|cents?(_|$)|tokens?_total|_(count|bucket)$/i;

/** A rate of money, aggregated or not. */
function isSpending(given: Part): boolean {
  const part = bare(given);
  if (part.kind === "aggregation") {
    const inner = innerOf(part);
    return /^(sum|avg|max|min|topk|bottomk)$/.test(part.name) && inner !== undefined && isSpending(inner);
  }
  const rated = ratedIn(part);
  if (rated?.metric === undefined || rated.name === "increase") return false;
  return money.test(rated.metric) && !other.test(rated.metric);
}
