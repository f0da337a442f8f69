import { didYouMean } from "../../errors.ts";
import { shorten } from "../../harmless.ts";
import type { RuleOn } from "../rule.ts";

export const unknownAlert: RuleOn<"runbook"> = {
  on: "runbook",
  name: "unknown-alert",
  summary: "the alerts of a runbook are in the rule files that are looked at (`--alerts`)",
  severity: "error",
  why: "The alert that fires is called otherwise, and `incident start` opens no runbook for it.",
  seen: "kubevirt/monitoring#404: the runbook is for VirtPlatformAutopilotDependencyMissing, the rule is called VirtPlatformDependencyMissing.",
  bad: `
alerts: [CostExplosions]
steps:
  - { id: look, title: Look, instruct: Look at the cost. }
`,
  good: `
alerts: [CostExplosion]
steps:
  - { id: look, title: Look, instruct: Look at the cost. }
`,
  check({ alerts }, { alerts: defined }, report) {
    if (defined === undefined) return;
    const names = new Set(defined.flatMap(({ rule }) => rule.alert ?? []));
    for (const [index, alert] of alerts.entries())
      if (!names.has(alert))
        report(
          { path: ["alerts", index] },
          `no rule file defines the alert ${shorten(alert, 80)}${didYouMean(alert, names)}`,
        );
  },
};
