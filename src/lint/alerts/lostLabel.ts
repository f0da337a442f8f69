import { shorten } from "../../harmless.ts";
import { possibleLabels, lacks } from "../../queries/possibleLabels.ts";
import { readPromql } from "../../queries/check.ts";
import type { RuleOn } from "../rule.ts";

export const lostLabel: RuleOn<"alerts"> = {
  on: "alerts",
  name: "lost-label",
  summary: "labels that an alert's texts show are labels that its expression keeps",
  severity: "warning",
  why: "The page reads “cost exploded for tenant ” and the one word that matters is missing.",
  seen: "prometheus/prometheus#4946 (`min(abc) by (service_name)` and “on instance {{ $labels.instance }}”) and #2313 (`count(…)` and “{{ $labels.job }} on {{ $labels.instance }}”).",
  bad: `
groups:
  - name: llm
    rules:
      - alert: CostExplosion
        expr: sum(rate(calls_total[5m])) by (route) > 100
        for: 5m
        annotations: { summary: "Too many calls of {{ $labels.tenant }}", runbook: another-runbook }
`,
  good: `
groups:
  - name: llm
    rules:
      - alert: CostExplosion
        expr: sum(rate(calls_total[5m])) by (tenant) > 100
        for: 5m
        annotations: { summary: "Too many calls of {{ $labels.tenant }}", runbook: another-runbook }
`,
  check(rules, _, report) {
    for (const { alert, expr, labels, annotations, path } of rules) {
      const texts = [...placed(annotations, [...path, "annotations"]), ...placed(labels, [...path, "labels"])];
      const shown = texts.flatMap(({ said, at }) => [...said.matchAll(shows)].map((match) => ({ match, at })));
      if (alert === undefined || shown.length === 0) continue;
      const { part } = readPromql(expr);
      if (part === undefined) continue;
      const kept = possibleLabels(part);
      const told = new Set<string>();
      for (const { match, at } of shown) {
        const label = match[1] ?? match[2]!;
        if (label === "alertname" || told.has(`${at.join()} ${label}`) || !lacks(kept, label)) continue;
        told.add(`${at.join()} ${label}`);
        report(
          { path: at, from: match.index, to: match.index + match[0].length },
          `the expression gives no label ${shorten(label, 60)}: nothing will stand here`,
          `keep it in the expression (by (${shorten(label, 60)}, …)), or leave it out of the text`,
        );
      }
    }
  },
};

/** `$labels.tenant`, `.Labels.tenant`, `index $labels "tenant"` */
const shows = /(?:\$labels|\.Labels)\.([A-Za-z_]\w*)|index \$labels "([^"\\]+)"/g;

function placed(texts: Readonly<Record<string, string>>, path: readonly (string | number)[]) {
  return Object.entries(texts).map(([key, said]) => ({ said, at: [...path, key] }));
}
