import type { AlertRule } from "../kinds/ruleFile.ts";
import type { RuleOn } from "../rule.ts";
import { harmless, shorten } from "../../harmless.ts";

export const alertWithoutRunbook: RuleOn<"alerts"> = {
  on: "alerts",
  name: "alert-without-runbook",
  summary: "every alert leads to a runbook: one lists it, or its `runbook` or `runbook_url` names one",
  severity: "error",
  why: "Whoever is paged begins with a search instead of with the first question.",
  seen: "Three of the seven alerts of “AI SRE Incident Response” have no runbook link, and one links to a safety runbook that it does not contain. All links of prometheus-operator/kube-prometheus led to pages that did not exist (#731).",
  bad: `
groups:
  - name: llm
    rules:
      - alert: LatencyDoubled
        expr: sum(rate(calls_total[5m])) > 2 * sum(rate(calls_total[5m] offset 1d))
        for: 10m
`,
  good: `
groups:
  - name: llm
    rules:
      - alert: LatencyDoubled
        expr: sum(rate(calls_total[5m])) > 2 * sum(rate(calls_total[5m] offset 1d))
        for: 10m
        annotations: { runbook_url: https://wiki.example.com/runbooks/another-runbook }
`,
  check(rules, { runbooks }, report) {
    const ids = new Set(runbooks.map(({ runbook }) => runbook.id));
    const claimed = new Set(runbooks.flatMap(({ runbook }) => runbook.alerts));
    for (const rule of rules) {
      const { alert, path } = rule;
      if (alert === undefined || claimed.has(alert)) continue;
      const named = namesIn(rule);
      if (named.some(({ id }) => ids.has(id))) continue;
      const next = `add ${harmless(alert)} to alerts: of the runbook that is for it`;
      const [first] = named;
      if (first === undefined)
        report({ path: [...path, "alert"] }, `no runbook is for the alert ${shorten(alert, 80)}`, next);
      else
        report(
          { path: [...path, ...first.at] },
          `this leads to no runbook that is known here (its last part would be the id)`,
          next,
        );
    }
  },
};

/** Ids that an alert may mean: a label or annotation `runbook`, and the last part of its link. */
function namesIn({ labels, annotations }: AlertRule): { id: string; at: string[] }[] {
  const places = [
    { texts: labels, at: "labels" },
    { texts: annotations, at: "annotations" },
  ];
  return places.flatMap(({ texts, at }) =>
    ["runbook", "runbook_url"].flatMap((key) => {
      const said = Object.hasOwn(texts, key) ? texts[key]! : undefined;
      return said === undefined ? [] : [{ id: lastPart(said), at: [at, key] }];
    }),
  );
}

/** "https://wiki.example.com/runbooks/cost-spike.md#triage" → "cost-spike" */
function lastPart(said: string): string {
  const parts = said.replace(/[?#].*$/, "").split("/");
  return (parts.findLast((part) => part !== "") ?? "").replace(/\.(ya?ml|md|html?)$/, "");
}
