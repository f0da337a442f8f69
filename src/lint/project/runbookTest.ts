import { didYouMean } from "../../errors.ts";
import { harmless } from "../../harmless.ts";
import { checkTest } from "../../rehearse/check.ts";
import type { RuleOn } from "../rule.ts";

export const runbookTest: RuleOn<"test"> = {
  on: "test",
  name: "runbook-test",
  summary: "a test is of a runbook there is, with its steps, answers and outcomes",
  severity: "error",
  why: "It tests nothing: what it says can never happen, or happens to another runbook.",
  seen: "prometheus/prometheus#8504: an alert test that named no alert always passed.",
  bad: `
runbook: another-runbook
tests:
  - name: somebody looks
    answers: { b: done }
    expect: { steps: { a: done } }
`,
  good: `
runbook: another-runbook
tests:
  - name: somebody looks
    answers: { a: done }
    expect: { steps: { a: done } }
`,
  check({ file, document }, { runbooks, unread }, report) {
    const runbook = runbooks.find((one) => one.runbook.id === file.runbook)?.runbook;
    if (runbook === undefined) {
      if (unread?.has(file.runbook) === true) return;
      const ids = runbooks.map((one) => one.runbook.id);
      report(
        { path: ["runbook"] },
        `there is no runbook ${harmless(file.runbook)}${didYouMean(file.runbook, ids)}`,
        "a test stands beside its runbook and names its id",
      );
      return;
    }
    const starts = [0, ...[...document.text.matchAll(/\n/g)].map(({ index }) => index + 1)];
    for (const { at, endColumn, message, next } of checkTest(document, runbook).findings) {
      const start = starts[at.line - 1]! + at.column - 1;
      report({ start, end: starts[at.line - 1]! + (endColumn ?? at.column + 1) - 1 }, message, next);
    }
  },
};
