import type { MitigateBody } from "../../steps/mitigateSchema.ts";
import { referencesOf } from "../structure/references.ts";
import type { RuleOn } from "../rule.ts";

/** These help nobody by themselves: there is no figure that could get better by them. */
const helpsNothing = new Set(["trace-sampling", "deploy-freeze"]);

export const noVerify: RuleOn<"runbook"> = {
  on: "runbook",
  name: "no-verify",
  summary: "a mitigation says by which evidence one sees that it helped",
  severity: "warning",
  why: "It ends as unproven whatever happens: the value was written, and whether the users are better off nobody looked.",
  seen: "The token cost runbook of the ai-sre-incident-response skill: caps, cache and a cheaper model, and the cost is not looked at again.",
  bad: `
scope: [route]
evidence: { burn: cost_per_hour }
steps:
  - { id: clamp, title: Clamp output tokens, mitigate: { do: token-clamp, for: 30m } }
  - { id: help, title: Nothing stopped it, when: { clamp: [no-effect, not-offered, failed] }, escalate: { level: 2 } }
`,
  good: `
scope: [route]
evidence: { burn: cost_per_hour }
steps:
  - { id: clamp, title: Clamp output tokens, mitigate: { do: token-clamp, for: 30m, verify: { burn: healthy }, within: 10m } }
  - { id: help, title: Nothing stopped it, when: { clamp: [not-enough, no-effect, not-offered, failed] }, escalate: { level: 2 } }
`,
  check(runbook, _, report) {
    const waitsFor = new Map<string, string>();
    for (const { id, outcomes } of referencesOf(runbook)) {
      const never = outcomes.find((one) => one === "helped" || one === "not-enough");
      if (never !== undefined) waitsFor.set(id, never);
    }
    for (const [index, { id, kind, body }] of runbook.steps.entries()) {
      if (kind !== "mitigate") continue;
      const { do: what, verify } = body as MitigateBody;
      if (verify !== undefined || helpsNothing.has(what)) continue;
      const never = waitsFor.get(id);
      const more = never === undefined ? "" : `, and a condition waits for ${never}`;
      report(
        { path: ["steps", index, "mitigate"], key: true },
        `nobody sees whether ${id} helped: without verify it never ends in helped or not-enough${more}`,
        "add `verify: { EVIDENCE: healthy }, within: 10m`",
      );
    }
  },
};
