import type { RuleOn } from "../rule.ts";
import { handsOver, mitigationsOf, tellsOf, whole } from "./parts.ts";

const off =
  /\b(turn|switch|take)( off)? (the |this )?(whole )?(feature|route|assistant|bot|product)\b|\bdisable (the |this )?(feature|route|assistant|bot|product)\b|feature flag|kill switch/i;

export const noOff: RuleOn<"runbook"> = {
  on: "runbook",
  name: "no-off",
  summary: "the runbook says how the feature is switched off",
  severity: "warning",
  why: "When nothing else helps the feature must go, and at three in the morning nobody should have to look for its switch.",
  seen: "DPD, January 2024: after an update its chat assistant swore at a customer and mocked the company; the AI part could be switched off at once, and was (incidentdatabase.ai/cite/631).",
  bad: `
steps:
  - { id: cheaper, title: Switch to a cheaper model, mitigate: { do: model-switch, for: 2h } }
`,
  good: `
steps:
  - { id: cheaper, title: Switch to a cheaper model, mitigate: { do: model-switch, for: 2h } }
  - id: stop
    title: Turn the route off
    when: { cheaper: [not-enough, no-effect, unproven, not-offered, declined, failed] }
    mitigate: { do: kill-switch, for: 1h }
`,
  check(runbook, _, report) {
    if (handsOver(runbook) || mitigationsOf(runbook).has("kill-switch")) return;
    if (tellsOf(runbook, off)) return;
    report(
      whole,
      "nothing says how the feature is switched off",
      "add a step that mitigates with kill-switch, or says where its flag is",
    );
  },
};
