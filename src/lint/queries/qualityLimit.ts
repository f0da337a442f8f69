import { asksOf } from "../asks.ts";
import type { RuleOn } from "../rule.ts";

export const qualityLimit: RuleOn<"runbook"> = {
  on: "runbook",
  name: "quality-limit",
  summary: "of quality it is also asked whether it is as usual",
  severity: "warning",
  needs: "catalogue",
  why: "A prompt that doubled the bad answers stays below the limit, and the runbook says that all is well.",
  seen: "Two public guides have 10 %, 15 % and 20 % as the limit of one and the same hallucination rate: none is right everywhere.",
  bad: `
evidence:
  wrong: { signal: hallucination_rate, healthy: "< 10%" }
steps:
  - { id: look, title: Look, instruct: Look at the answers. }
`,
  good: `
evidence:
  wrong: { signal: hallucination_rate, healthy: "< 10%" }
  risen: { signal: hallucination_rate, healthy: { change: "< 1.5x" } }
steps:
  - { id: look, title: Look, instruct: Look at the answers. }
`,
  check(runbook, { catalogue }, report) {
    if (catalogue === undefined) return;
    const ofQuality = asksOf(runbook).filter(
      ({ ask }) => "signal" in ask && catalogue.get(ask.signal)?.layer === "quality",
    );
    // left out: the objective, else the usual range
    const knowsUsual = ofQuality.some(({ healthy, by }) => healthy?.kind !== "bound" || by !== undefined);
    if (knowsUsual) return;
    for (const { path, healthy } of ofQuality) {
      if (healthy?.forMs !== undefined) continue;
      report(
        { path: [...path, "healthy"] },
        "quality is judged by this limit alone",
        'ask also for { change: "< 1.5x" } or { z: 3 } of the same signal',
      );
    }
  },
};
