import { didYouMean } from "../../errors.ts";
import { harmless } from "../../harmless.ts";
import { libraryOf } from "../library.ts";
import { slipOf } from "../slip.ts";
import type { RuleOn } from "../rule.ts";

export const unknownRunbook: RuleOn<"runbook"> = {
  on: "runbook",
  name: "unknown-runbook",
  summary: "continue names a runbook that there is",
  severity: "error",
  why: "The walk ends there with an error instead of going on.",
  seen: "ministryofjustice/cloud-platform#2200: a folder was moved, and the runbook of every alert was a 404.",
  bad: `
steps:
  - { id: go-on, title: Go on, continue: another-runbok }
`,
  good: `
steps:
  - { id: go-on, title: Go on, continue: another-runbook }
`,
  check({ steps }, { runbooks, unread }, report) {
    const { byId } = libraryOf(runbooks);
    for (const [index, { kind, body }] of steps.entries()) {
      if (kind !== "continue" || byId.has(body as string) || unread?.has(body as string) === true) continue;
      const ids = [...byId.keys()];
      report(
        { path: ["steps", index, "continue"] },
        `there is no runbook ${harmless(body as string)}${didYouMean(body as string, ids)}`,
        undefined,
        slipOf(body as string, ids),
      );
    }
  },
};
