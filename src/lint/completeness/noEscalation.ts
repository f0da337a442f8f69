import type { RuleOn } from "../rule.ts";
import { handsOver, whole } from "./parts.ts";

export const noEscalation: RuleOn<"runbook"> = {
  on: "runbook",
  name: "no-escalation",
  summary: "the runbook says when whom to wake; safety starts at level 2",
  severity: "warning",
  why: "Whoever is alone with it loses the half hour in which somebody else would have known.",
  seen: "The levels of “Operational Challenges (LLMOps)”: on-call, lead, manager, legal, with safety starting at the second. “On-Call for Stochastic Systems”: a runbook says whether to wake the ML engineer or the infrastructure SRE.",
  bad: `
steps:
  - { id: calm, title: Is it over?, wait: { until: { burn: healthy }, within: 30m } }
evidence: { burn: cost_per_hour }
`,
  good: `
evidence: { burn: cost_per_hour }
steps:
  - { id: calm, title: Is it over?, wait: { until: { burn: healthy }, within: 30m } }
  - { id: higher, title: Not over, when: { calm: timed-out }, escalate: { level: 2 } }
`,
  check(runbook, _, report) {
    if (handsOver(runbook)) return;
    const levels = runbook.steps.flatMap(({ kind, body }, index) =>
      kind === "escalate" ? [{ index, level: (body as { level: number }).level }] : [],
    );
    const [first] = levels;
    if (first === undefined)
      report(whole, "nobody is ever woken", "add a step such as escalate: { level: 2 } where nothing helped");
    else if (runbook.class === "safety" && first.level < 2)
      report(
        { path: ["steps", first.index, "escalate", "level"] },
        `safety starts at level 2, this wakes level ${first.level} first`,
        "begin with escalate: { level: 2 }",
      );
  },
};
