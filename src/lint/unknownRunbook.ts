import { didYouMean } from "../errors.ts";
import { harmless } from "../harmless.ts";
import type { Rule } from "./rule.ts";

export const unknownRunbook: Rule = {
  name: "unknown-runbook",
  summary: "continue names a runbook that there is",
  severity: "error",
  bad: `
steps:
  - { id: on, title: Go on, continue: another-runbok }
`,
  good: `
steps:
  - { id: on, title: Go on, continue: another-runbook }
`,
  check({ steps }, { runbooks }, report) {
    const ids = runbooks.map(({ runbook }) => runbook.id);
    for (const [index, { kind, body }] of steps.entries()) {
      if (kind !== "continue" || ids.includes(body as string)) continue;
      report(
        { path: ["steps", index, "continue"] },
        `there is no runbook ${harmless(body as string)}${didYouMean(body as string, ids)}`,
      );
    }
  },
};
