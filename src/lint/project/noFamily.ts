import { harmless } from "../../harmless.ts";
import { selectorsOf } from "../../queries/selector.ts";
import { familyOf } from "../../signals/families.ts";
import type { RuleOn } from "../rule.ts";

export const noFamily: RuleOn<"signals"> = {
  on: "signals",
  name: "no-family",
  summary: "for every metric of a stack it is known by which labels it is told apart",
  severity: "warning",
  why: "The signal can be asked neither for one route nor by tenant: the blast radius stays unknown.",
  seen: "graphql-hive/console#8289: four panels of an alert dashboard filtered on a label that no metric had, and were empty.",
  bad: `
stack: ours
language: promql
families: { llm_*: { route: route } }
signals: { error_rate: "sum(rate(lm_errors_total[5m])) / sum(rate(llm_requests_total[5m]))" }
`,
  good: `
stack: ours
language: promql
families: { llm_*: { route: route } }
signals: { error_rate: "sum(rate(llm_errors_total[5m])) / sum(rate(llm_requests_total[5m]))" }
`,
  check({ language, families, signals }, _, report) {
    if (language !== "promql") return;
    for (const [name, entry] of Object.entries(signals)) {
      const isShort = typeof entry === "string";
      const path = ["signals", name, ...(isShort ? [] : ["query"])];
      const told = new Set<string>();
      for (const { metric, node } of selectorsOf(isShort ? entry : entry.query)) {
        if (metric === undefined || told.has(metric) || familyOf(families, metric) !== undefined) continue;
        told.add(metric);
        report(
          { path, from: node.from, to: node.to },
          `no family has the metric ${harmless(metric)}`,
          `add it under families:, with its labels: { ${harmless(metric)}: { route: … } }, or {} where it has none`,
        );
      }
    }
  },
};
