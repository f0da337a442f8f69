import { didYouMean } from "../../errors.ts";
import { harmless } from "../../harmless.ts";
import type { RuleOn } from "../rule.ts";

export const unknownStack: RuleOn<"project"> = {
  on: "project",
  name: "unknown-stack",
  summary: "stack names one that is shipped, or a file in signals/ beside the runbooks",
  severity: "error",
  needs: "beside",
  why: "No signal can be measured, so an incident starts without any evidence.",
  seen: "eclipse-mosquitto/mosquitto#483: one misspelt option, and the broker did not start; its log was empty.",
  bad: `
stack: litelm
`,
  good: `
stack: litellm
`,
  check({ config, document }, { beside }, report) {
    const stacks = beside?.get(document.file)?.stacks;
    if (config.stack === undefined || stacks === undefined || stacks.includes(config.stack)) return;
    report(
      { path: ["stack"] },
      `there is no stack ${harmless(config.stack)}${didYouMean(config.stack, stacks)}`,
      `one of: ${stacks.join(", ")}; or write signals/${harmless(config.stack)}.yaml beside the runbooks`,
    );
  },
};
