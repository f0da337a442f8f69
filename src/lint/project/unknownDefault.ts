import { didYouMean } from "../../errors.ts";
import { harmless } from "../../harmless.ts";
import { mitigations } from "../../mitigations/index.ts";
import { checkValue } from "../../schema/schema.ts";
import type { RuleOn } from "../rule.ts";

export const unknownDefault: RuleOn<"project"> = {
  on: "project",
  name: "unknown-default",
  summary: "defaults are for mitigations there are, with parameters they take",
  severity: "error",
  why: "It is passed over, and what it would have answered is asked in the middle of the incident.",
  seen: "zentinelproxy/zentinel#365: every shipped example wrote redis-fallback-local, the parser read redis-fallback.",
  bad: `
defaults: { token-clamp: { max_token: 512 } }
`,
  good: `
defaults: { for: 30m, token-clamp: { max_tokens: 512 }, model-switch: { model: gpt-4o-mini } }
`,
  check({ config }, _, report) {
    const kinds = mitigations.map(({ kind }) => kind);
    for (const [name, given] of Object.entries(config.defaults)) {
      if (typeof given !== "object") continue;
      const mitigation = mitigations.find(({ kind }) => kind === name);
      if (mitigation === undefined) {
        const message = `there is no mitigation ${harmless(name)}${didYouMean(name, kinds)}`;
        report({ path: ["defaults", name], key: true }, message, `one of: ${kinds.join(", ")}`);
        continue;
      }
      for (const { path, key, message, missing } of checkValue(mitigation.schema, given, `\`${name}\``).mistakes)
        if (!missing) report({ path: ["defaults", name, ...path], key }, message);
    }
  },
};
