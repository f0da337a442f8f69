import { shorten } from "../../harmless.ts";
import { incidentClasses } from "../../timeline/event.ts";
import type { RuleOn } from "../rule.ts";

export const classWithoutRunbook: RuleOn<"alerts"> = {
  on: "alerts",
  name: "class-without-runbook",
  summary: "every class of incidents has a runbook",
  severity: "warning",
  why: "The class that nobody wrote for is the one that is improvised.",
  seen: "“AI SRE Incident Response” names four classes and has runbooks for three: its alert for safety links to one that is missing.",
  bad: `
groups:
  - name: llm
    rules:
      - alert: CostExplosion
        expr: sum(rate(calls_total[5m])) > 100
        labels: { class: billing }
        annotations: { runbook: another-runbook }
`,
  good: `
groups:
  - name: llm
    rules:
      - alert: CostExplosion
        expr: sum(rate(calls_total[5m])) > 100
        labels: { class: cost }
        annotations: { runbook: another-runbook }
`,
  check(rules, { runbooks, alerts }, report) {
    const covered = new Set<string>(runbooks.map(({ runbook }) => runbook.class));
    for (const { alert, labels, path } of rules) {
      const wanted = Object.hasOwn(labels, "class") ? labels["class"]! : undefined;
      if (alert !== undefined && wanted !== undefined && !covered.has(wanted))
        report({ path: [...path, "labels", "class"] }, `there is no runbook of class ${shorten(wanted, 60)}`, next);
    }
    // what is missing altogether is told once, where the first rule is
    const [first] = alerts ?? [];
    const missing = incidentClasses.filter((one) => !covered.has(one));
    if (first === undefined || rules[0] !== first.rule || missing.length === 0) return;
    report({ path: first.rule.path }, `there is no runbook of class ${missing.join(", ")}`, next);
  },
};

const next = "llmops runbook new, or mend the class";
