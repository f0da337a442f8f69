import { agree, factsOf, mayHold } from "../structure/facts.ts";
import type { MitigateBody } from "../../steps/mitigateSchema.ts";
import type { RuleOn } from "../rule.ts";
import { textsOf } from "./texts.ts";

const failovers = new Set(["provider-failover", "fallback-chain"]);
const brakes = new Set(["retry-cap", "circuit-breaker", "kill-switch"]);
const raises =
  /\b(?:raise|increase|double|bump|add more|turn up)\b[^.;\n]{0,40}\b(?:retries|retry (?:count|limit|cap|budget)|max_retries|attempts)\b/i;

export const retryStorm: RuleOn<"runbook"> = {
  on: "runbook",
  name: "retry-storm",
  summary: "retries are capped before traffic moves to another provider, and their pauses have jitter",
  severity: "warning",
  why: "Every failed call comes three times, all at once, and takes the standby down with it.",
  seen: "ShopPal on Black Friday (chapter 22.5.10 of the LLMOps seeds): backoff without a limit on attempts, 50,000 requests in the queue, a crash after ten minutes.",
  bad: `
scope: [route]
evidence: { burn: cost_per_hour }
steps:
  - { id: over, title: Switch the provider, mitigate: { do: provider-failover, for: 2h, verify: { burn: healthy }, within: 10m } }
  - { id: help, title: Nothing stopped it, when: { over: [not-enough, no-effect, not-offered, failed] }, escalate: { level: 2 } }
`,
  good: `
scope: [route]
evidence: { burn: cost_per_hour }
steps:
  - { id: retries, title: Stop the retries, mitigate: { do: retry-cap, with: { max_retries: 1 }, for: 2h, verify: { burn: healthy }, within: 10m } }
  - { id: over, title: Switch the provider, mitigate: { do: provider-failover, for: 2h, verify: { burn: healthy }, within: 10m } }
  - { id: help, title: Nothing stopped it, when: { over: [not-enough, no-effect, not-offered, failed] }, escalate: { level: 2 } }
`,
  check(runbook, _, report) {
    const { steps } = runbook;
    const facts = factsOf(runbook);
    const brakesAt: number[] = [];
    for (const [index, { id, kind, body }] of steps.entries()) {
      if (kind !== "mitigate") continue;
      const { do: kindOf, with: given } = body as MitigateBody;
      if (kindOf === "retry-backoff" && given["jitter"] === false)
        report(
          { path: ["steps", index, "mitigate", "with", "jitter"] },
          "without jitter all callers try again at the same moment",
          "leave it out: jitter is on by itself",
        );
      if (brakes.has(kindOf) && brakesAt.length < 20) brakesAt.push(index);
      if (!failovers.has(kindOf)) continue;
      if (brakesAt.some((at) => mayHold(steps[at]!.when, facts[index]!) && agree(facts[at]!, facts[index]!))) continue;
      report(
        { path: ["steps", index, "mitigate", "do"] },
        `nothing caps the retries before ${id} moves the traffic`,
        "put `mitigate: { do: retry-cap }` before it, on the same way",
      );
    }
    for (const { text, path, use } of textsOf(runbook)) {
      const found = use === "text" ? raises.exec(text) : null;
      if (found === null) continue;
      report(
        { path, from: found.index, to: found.index + found[0].length },
        "more retries make an outage worse: what fails is asked for more often",
        "cap them, with backoff and jitter",
      );
    }
  },
};
