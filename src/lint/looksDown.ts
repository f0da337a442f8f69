import { entriesOf, referencesOf } from "./references.ts";
import type { Rule } from "./rule.ts";

export const looksDown: Rule = {
  name: "looks-down",
  summary: "a step only knows what was before it",
  severity: "error",
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
