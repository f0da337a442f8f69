import type { RuleOn } from "../rule.ts";

export const sql: RuleOn<"sql"> = {
  on: "sql",
  name: "sql",
  summary: "an SQL aggregate fits a call record",
  severity: "error",
  needs: "sql",
  why: "Nothing is measured: the first screen shows an error where the figure should be.",
  seen: 'Chapter 22.5 of a public book on LLMOps asks call records for "cost_usd > $0.05 and latency_ms > 2000": a filter, where an aggregate is wanted.',
  bad: `
evidence:
  slow: { sql: avg(latency) / 1000 }
steps:
  - { id: look, title: Look, instruct: Look at the slow calls. }
`,
  good: `
evidence:
  slow: { sql: avg(latency_ms) / 1000 }
steps:
  - { id: look, title: Look, instruct: Look at the slow calls. }
`,
  check({ text }, { sql: said }, report) {
    for (const { message, from, to } of said?.get(text) ?? []) report({ from, to }, message);
  },
};
