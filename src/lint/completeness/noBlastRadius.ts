import type { Dimension } from "../../timeline/scope.ts";
import type { RuleOn } from "../rule.ts";
import { dimensionsOf, handsOver } from "./parts.ts";

const radius = ["route", "tenant", "tier"] as const satisfies readonly Dimension[];

export const noBlastRadius: RuleOn<"runbook"> = {
  on: "runbook",
  name: "no-blast-radius",
  summary: "it is told who is affected: which route, tenant and tier",
  severity: "warning",
  why: "Severity, whom to tell and how narrow a change can be all hang on who is affected.",
  seen: "Anthropic, 31 August 2025: a bug that touched 0.8 % of one model's requests at first touched 16 % in its worst hour, and the same users again and again; an average shows neither (anthropic.com/engineering/a-postmortem-of-three-recent-issues).",
  bad: `
evidence: { burn: cost_per_hour }
steps:
  - { id: look, title: Look, instruct: Look at the cost. }
`,
  good: `
scope: [route, tenant]
evidence:
  burn: cost_per_hour
  tiers: { signal: cost_per_hour, by: tier }
steps:
  - { id: look, title: Look, instruct: Look at the cost. }
`,
  check(runbook, _, report) {
    if (handsOver(runbook)) return;
    const told = dimensionsOf(runbook);
    const missing = radius.filter((dimension) => !told.has(dimension));
    if (missing.length === 0) return;
    report(
      { path: ["evidence"], key: true },
      `nothing tells which ${missing.join(", which ")} is affected`,
      `split a signal by: ${missing[0]}, or add ${missing.join(", ")} to scope`,
    );
  },
};
