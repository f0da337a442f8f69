import type { RuleOn } from "../rule.ts";
import { whole } from "./parts.ts";

export const noFollowUps: RuleOn<"runbook"> = {
  on: "runbook",
  name: "no-follow-ups",
  summary: "the runbook says what is done afterwards",
  severity: "warning",
  why: "The incident is over when it is quiet, and comes again because nothing was mended.",
  seen: "“Incident runbooks for LLM products” ends its template with a permanent fix, tests and evals to add, guardrails to tighten; the wiki pages that it replaces end with “resolved”.",
  bad: `
steps:
  - { id: look, title: Look, instruct: Look at the cost. }
`,
  good: `
steps:
  - { id: look, title: Look, instruct: Look at the cost. }
follow_ups:
  - Give every route a token cap and a budget alert
`,
  check({ followUps }, _, report) {
    if (followUps.length === 0)
      report(
        whole,
        "nothing is to be done afterwards",
        "add follow_ups: the permanent fix, tests to add, alerts to add",
      );
  },
};
