import { didYouMean } from "../../errors.ts";
import { harmless } from "../../harmless.ts";
import { mitigations } from "../../mitigations/index.ts";
import { checkValue } from "../../schema/schema.ts";
import type { MitigateBody } from "../../steps/mitigateSchema.ts";
import type { RuleOn } from "../rule.ts";

export const mitigationParameters: RuleOn<"runbook"> = {
  on: "runbook",
  name: "mitigation-parameters",
  summary: "mitigate does something there is, with parameters it takes; those left out are asked",
  severity: "error",
  why: "The change is refused in the middle of the incident, when its plan is made.",
  seen: "decolua/9router#846: a model that takes `max_completion_tokens` refuses `max_tokens`, which only the live call told.",
  bad: `
evidence: { burn: cost_per_hour }
steps:
  - { id: clamp, title: Clamp output tokens, mitigate: { do: token-clamp, with: { max_tokens: -1 }, for: 30m, verify: { burn: healthy }, within: 10m } }
  - { id: help, title: Nothing stopped it, when: { clamp: [not-enough, no-effect, not-offered, failed] }, escalate: { level: 2 } }
`,
  good: `
evidence: { burn: cost_per_hour }
steps:
  - { id: clamp, title: Clamp output tokens, mitigate: { do: token-clamp, with: { max_tokens: 512 }, for: 30m, verify: { burn: healthy }, within: 10m } }
  - { id: help, title: Nothing stopped it, when: { clamp: [not-enough, no-effect, not-offered, failed] }, escalate: { level: 2 } }
`,
  check({ steps }, _, report) {
    const kinds = mitigations.map(({ kind }) => kind);
    for (const [index, { kind, body }] of steps.entries()) {
      if (kind !== "mitigate") continue;
      const { do: wanted, with: given } = body as MitigateBody;
      const path = ["steps", index, "mitigate"];
      const mitigation = mitigations.find((one) => one.kind === wanted);
      if (mitigation === undefined) {
        report(
          { path: [...path, "do"] },
          `there is no mitigation ${harmless(wanted)}${didYouMean(wanted, kinds)}`,
          `one of: ${kinds.join(", ")}`,
        );
        continue;
      }
      for (const { path: below, key, message, missing } of checkValue(mitigation.schema, given, "`with`").mistakes)
        if (!missing) report({ path: [...path, "with", ...below], key }, message);
    }
  },
};
