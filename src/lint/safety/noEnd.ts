import type { MitigateBody } from "../../steps/mitigateSchema.ts";
import type { RuleOn } from "../rule.ts";

export const noEnd: RuleOn<"runbook"> = {
  on: "runbook",
  name: "no-end",
  summary: "a mitigation says for how long",
  severity: "warning",
  why: "What was meant for half an hour is still in production months later, and nobody knows who may take it back.",
  seen: 'getsentry/sentry#31775: a rate limit taken off for one customer, whose end stood only in the text of the pull request ("should be reverted by EOD 2/28/2022").',
  bad: `
scope: [route]
evidence: { burn: cost_per_hour }
steps:
  - { id: clamp, title: Clamp output tokens, mitigate: { do: token-clamp, verify: { burn: healthy }, within: 10m } }
  - { id: help, title: Nothing stopped it, when: { clamp: [not-enough, no-effect, not-offered, failed] }, escalate: { level: 2 } }
`,
  good: `
scope: [route]
evidence: { burn: cost_per_hour }
steps:
  - { id: clamp, title: Clamp output tokens, mitigate: { do: token-clamp, for: 30m, verify: { burn: healthy }, within: 10m } }
  - { id: help, title: Nothing stopped it, when: { clamp: [not-enough, no-effect, not-offered, failed] }, escalate: { level: 2 } }
`,
  check({ steps }, _, report) {
    for (const [index, { id, kind, body }] of steps.entries()) {
      if (kind !== "mitigate" || (body as MitigateBody).forMs !== undefined) continue;
      report(
        { path: ["steps", index, "mitigate"], key: true },
        `${id} has no end of its own: it ends when \`defaults: { for: … }\` of llmops.yaml says, else somebody is asked at night`,
        "add `for: 30m`, or how long it may last",
      );
    }
  },
};
