import { entriesOf, referencesOf } from "./references.ts";
import type { RuleOn } from "../rule.ts";

export const looksDown: RuleOn<"runbook"> = {
  on: "runbook",
  name: "looks-down",
  summary: "a step only knows what was before it",
  severity: "error",
  why: "The condition is asked before its answer exists, and so never holds.",
  seen: "Steps moved up while their conditions stayed.",
  bad: `
steps:
  - { id: tell, title: Tell them, when: { clamp: helped }, notify: { to: tenants } }
  - { id: clamp, title: Clamp output tokens, mitigate: { do: token-clamp } }
`,
  good: `
steps:
  - { id: clamp, title: Clamp output tokens, mitigate: { do: token-clamp } }
  - { id: tell, title: Tell them, when: { clamp: helped }, notify: { to: tenants } }
`,
  check(runbook, _, report) {
    const entries = entriesOf(runbook);
    for (const { id, path, key, index } of referencesOf(runbook)) {
      const named = entries.get(id);
      if (named === undefined || named.index < index) continue;
      const message =
        named.index === index ? `${id} asks for its own outcome` : `${id} comes later: nothing is known of it here`;
      report({ path, key }, message);
    }
  },
};
