import type { RuleOn } from "../rule.ts";
import { handsOver, tellsOf, whole } from "./parts.ts";

export const noExamples: RuleOn<"runbook"> = {
  on: "runbook",
  name: "no-examples",
  summary: "some of the calls are read",
  severity: "warning",
  why: "The output is the bug: without ten calls to look at, its cause is guessed, and the postmortem has no evidence.",
  seen: "“Incident runbooks for LLM products” asks for 5 to 10 example ids in the first ten minutes and 20 to 30 sampled outputs in triage. Anthropic's postmortem of September 2025: without access to the bad interactions engineers could hardly find or reproduce the bugs.",
  bad: `
steps:
  - { id: look, title: Look, instruct: Look at the cost. }
`,
  good: `
steps:
  - { id: look, title: Look, instruct: Look at the cost. }
  - { id: samples, title: What do the dearest calls say?, logs: { of: expensive, sample: 10 } }
`,
  check(runbook, _, report) {
    if (handsOver(runbook) || runbook.steps.some(({ kind }) => kind === "logs")) return;
    const looks = [/\b(sample|example|read|look at)\b/i, /\b(calls?|outputs?|answers?|prompts?|traces?|ids?)\b/i];
    if (tellsOf(runbook, ...looks)) return;
    report(whole, "no calls are looked at", "add a step such as logs: { of: failed, sample: 10 }");
  },
};
