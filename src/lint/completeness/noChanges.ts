import { asksOf } from "../asks.ts";
import type { RuleOn } from "../rule.ts";
import { handsOver, tellsOf, whole } from "./parts.ts";

export const noChanges: RuleOn<"runbook"> = {
  on: "runbook",
  name: "no-changes",
  summary: "recent deployments and prompt changes are looked at",
  severity: "warning",
  why: "What changed just before is the likeliest cause, and prompts and flags change without a deployment.",
  seen: "“Incident runbooks for LLM products”: “Check recent deploys and prompt changes for the affected route” is the first thing to do for bad answers. Cloudflare's outage of 18 November 2025 began a quarter of an hour after a change of permissions, and was first taken for an attack (blog.cloudflare.com/18-november-2025-outage).",
  bad: `
evidence: { burn: cost_per_hour }
steps:
  - { id: look, title: Look, instruct: Look at the cost. }
`,
  good: `
evidence: { burn: cost_per_hour, changed: { changes: 24h } }
steps:
  - { id: look, title: Look, instruct: Look at the cost. }
`,
  check(runbook, _, report) {
    if (asksOf(runbook).some(({ ask }) => "changesMs" in ask)) return;
    if (handsOver(runbook) || tellsOf(runbook, /recent (deploy|change|release)|what changed|prompt change/i)) return;
    report(
      whole,
      "nothing looks at recent deployments and prompt changes",
      "add changed: { changes: 24h } to evidence",
    );
  },
};
