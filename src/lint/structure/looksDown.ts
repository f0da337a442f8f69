import { entriesOf, referencesOf } from "./references.ts";
import type { RuleOn } from "../rule.ts";

export const looksDown: RuleOn<"runbook"> = {
  on: "runbook",
  name: "looks-down",
  summary: "a step only knows what was before it",
  severity: "error",
  why: "The condition is asked before its answer exists, and so never holds.",
  seen: 'ravsamhq/notify-slack-action#37: the step that was to tell of a failure stood above what failed; "add it at the very last" is the answer there.',
  bad: `
evidence: { burn: cost_per_hour }
steps:
  - { id: tell, title: Tell them, when: { clamp: helped }, notify: { to: tenants } }
  - { id: clamp, title: Clamp output tokens, mitigate: { do: token-clamp, for: 30m, verify: { burn: healthy }, within: 10m } }
  - { id: help, title: Nothing stopped it, when: { clamp: [not-enough, no-effect, not-offered, failed] }, escalate: { level: 2 } }
`,
  good: `
evidence: { burn: cost_per_hour }
steps:
  - { id: clamp, title: Clamp output tokens, mitigate: { do: token-clamp, for: 30m, verify: { burn: healthy }, within: 10m } }
  - { id: tell, title: Tell them, when: { clamp: helped }, notify: { to: tenants } }
  - { id: help, title: Nothing stopped it, when: { clamp: [not-enough, no-effect, not-offered, failed] }, escalate: { level: 2 } }
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
