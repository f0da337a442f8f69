import { asksOf } from "../asks.ts";
import type { RuleOn } from "../rule.ts";
import { handsOver, whole } from "./parts.ts";

/** How teams call measures of their own. */
const words =
  /quality|score|(?<![a-z])eval|halluc|ground|faith|relevan|toxic|flagged|refus|thumb|feedback|satisf|csat|guardrail/i;

export const noQuality: RuleOn<"runbook"> = {
  on: "runbook",
  name: "no-quality",
  summary: "the quality of the answers is looked at, now and as it was before",
  severity: "warning",
  why: "Every other figure can be green while the answers are wrong, and a mitigation that makes them worse goes unseen.",
  seen: "Anthropic, August and September 2025: three bugs degraded answers for weeks, while the evaluations that were run did not show what users reported (anthropic.com/engineering/a-postmortem-of-three-recent-issues).",
  bad: `
evidence: { burn: cost_per_hour }
steps:
  - { id: look, title: Look, instruct: Look at the cost. }
`,
  good: `
evidence: { burn: cost_per_hour, flagged: flagged_rate }
steps:
  - { id: look, title: Look, instruct: Look at the cost. }
`,
  check(runbook, { catalogue }, report) {
    if (handsOver(runbook)) return;
    const isSeen = asksOf(runbook).some(({ id, ask }) => {
      const what = "signal" in ask ? ask.signal : JSON.stringify(ask);
      return catalogue?.get(what)?.layer === "quality" || words.test(`${id} ${what}`);
    });
    if (!isSeen)
      report(
        whole,
        "no evidence tells how good the answers are",
        "add a signal of the quality to evidence, such as flagged_rate; its usual range comes with it",
      );
  },
};
