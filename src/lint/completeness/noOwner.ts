import type { RuleOn } from "../rule.ts";
import { whole } from "./parts.ts";

export const noOwner: RuleOn<"runbook"> = {
  on: "runbook",
  name: "no-owner",
  summary: "somebody owns the runbook",
  severity: "warning",
  why: "What nobody owns is not read again after the product changed, and is wrong when it is needed.",
  seen: "GitLab, 31 January 2017: the backups that should have helped had not worked for long. Its postmortem: “there was no ownership, as a result nobody was responsible for testing this procedure” (about.gitlab.com/blog/postmortem-of-database-outage-of-january-31).",
  bad: `
steps:
  - { id: look, title: Look, instruct: Look at the cost. }
`,
  good: `
owner: ai-platform
steps:
  - { id: look, title: Look, instruct: Look at the cost. }
`,
  check({ owner }, _, report) {
    if (owner === undefined) report(whole, "nobody owns this runbook", "add owner: the team that reads it again");
  },
};
