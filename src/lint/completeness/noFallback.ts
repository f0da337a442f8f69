import type { RuleOn } from "../rule.ts";
import { handsOver, mitigationsOf, tellsOf, whole } from "./parts.ts";

const fallbacks = ["model-switch", "provider-failover", "fallback-chain", "fallback-response"];

export const noFallback: RuleOn<"runbook"> = {
  on: "runbook",
  name: "no-fallback",
  summary: "the runbook says what answers instead",
  severity: "warning",
  why: "Without something to fall back to, the only way to stop harm is an outage of one's own.",
  seen: "OpenAI, 11 December 2024: all its services were degraded or away for more than four hours (status.openai.com/incidents/ctrsv3lwd797), and with them every product that had nothing else to answer with.",
  bad: `
steps:
  - { id: stop, title: Turn the route off, mitigate: { do: kill-switch, for: 1h } }
`,
  good: `
steps:
  - { id: over, title: Switch to another provider, mitigate: { do: provider-failover, for: 1h } }
`,
  check(runbook, _, report) {
    if (handsOver(runbook)) return;
    const offered = mitigationsOf(runbook);
    if (fallbacks.some((kind) => offered.has(kind)) || tellsOf(runbook, /fall(s|ing)? ?-?back|degraded|rule-based/i))
      return;
    report(
      whole,
      "nothing says what answers instead of the model",
      `add a step that mitigates with one of ${fallbacks.join(", ")}, or tells what users see meanwhile`,
    );
  },
};
