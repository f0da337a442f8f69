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
  seen: "`max_token` for `max_tokens` in a clamp: a typing error that only production would have told.",
  bad: `
steps:
  - { id: clamp, title: Clamp output tokens, mitigate: { do: token-clamp, with: { max_tokens: -1 } } }
`,
  good: `
steps:
  - { id: clamp, title: Clamp output tokens, mitigate: { do: token-clamp, with: { max_tokens: 512 } } }
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
