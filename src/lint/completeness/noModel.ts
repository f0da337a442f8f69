import { asksOf } from "../asks.ts";
import type { RuleOn } from "../rule.ts";
import { dimensionsOf, handsOver, mitigationsOf, tellsOf, whole } from "./parts.ts";

const waysBack = ["model-switch", "provider-failover", "fallback-chain"];

export const noModel: RuleOn<"runbook"> = {
  on: "runbook",
  name: "no-model",
  summary: "the runbook tells which model answers, and how to go back to another version",
  severity: "warning",
  why: "A model that was renamed, moved or changed by its provider is the first suspect, and at night nobody knows the last good one.",
  seen: "OpenAI, 25 to 28 April 2025: an update made GPT-4o flatter its users, and was rolled back (openai.com/index/sycophancy-in-gpt-4o). “On-Call for Stochastic Systems” asks of every runbook which version is active and how to pin it.",
  bad: `
evidence: { burn: cost_per_hour }
steps:
  - { id: cheaper, title: Switch to a cheaper model, mitigate: { do: model-switch, for: 2h, verify: { burn: healthy } } }
`,
  good: `
evidence: { burn: cost_per_hour, models: { signal: cost_per_hour, by: model } }
steps:
  - { id: cheaper, title: Switch to a cheaper model, mitigate: { do: model-switch, for: 2h, verify: { burn: healthy } } }
`,
  check(runbook, _, report) {
    if (handsOver(runbook)) return;
    const isSeen =
      dimensionsOf(runbook).has("model") ||
      asksOf(runbook).some(({ ask }) => /model/i.test(JSON.stringify(ask))) ||
      tellsOf(runbook, /which (model|version)|model version/i);
    if (!isSeen) report(whole, "nothing tells which model answers", "split a signal of the evidence by: model");
    const offered = mitigationsOf(runbook);
    const isLeft =
      waysBack.some((kind) => offered.has(kind)) ||
      tellsOf(runbook, /\b(pin|roll(ed|ing)? back|go(ing)? back|switch|last good)\b/i, /\b(model|version)/i);
    if (!isLeft)
      report(
        whole,
        "nothing says how to go back to another model or version",
        "add a step that mitigates with model-switch, or says how the last good version is pinned",
      );
  },
};
