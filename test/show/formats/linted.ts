import type { Finding } from "../../../src/document/document.ts";
import type { Linted } from "../../../src/show/findings.ts";

export const runbook = `id: cost-spike
title: Cost spike
steps:
  - { id: cause, title: "日本語 😀", instrct: x }
  - { id: block, title: Block, when: { caus: one }, mitigate: { do: block, on: user, for: 2h, verify: { burn: healthy }, within: 10m } }
  - { id: higher, title: Higher, escalate: { level: 1 } }
\t- { id: tab,\ttitle: Tab\u0007, run: it }
  - { id: calm, title: "Is it over?", wait: { until: { burn: healthy } } }
`;

/** Where a part of the runbook stands. */
export function placed(part: string): Pick<Finding, "file" | "at" | "endColumn"> {
  const start = runbook.indexOf(part);
  const before = runbook.slice(0, start).split("\n");
  const column = before.at(-1)!.length + 1;
  return { file: "runbooks/cost spike.yaml", at: { line: before.length, column }, endColumn: column + part.length };
}

const start = runbook.indexOf("instrct");
const never = "The condition never holds: the step is silently left out.";

/** One of everything: an error and a warning, a place in a wide and in a cut line, a fix, a reason, a file without findings. */
export const linted: Linted = {
  texts: new Map([
    ["runbooks/cost spike.yaml", runbook],
    ["runbooks/fine.yaml", "id: fine\n"],
    ["llmops.yaml", "stack: otel\n"],
  ]),
  kinds: new Map([
    ["runbooks/cost spike.yaml", "runbook"],
    ["runbooks/fine.yaml", "runbook"],
    ["llmops.yaml", "project"],
  ]),
  rules: [
    {
      name: "unknown-id",
      summary: "conditions name what is there",
      severity: "error",
      why: never,
      bad: "\nsteps:\n  - { id: a, title: A, when: { b: done }, instruct: A }\n",
      good: "\nsteps:\n  - { id: a, title: A, instruct: A }\n",
    },
  ],
  findings: [
    {
      ...placed("instrct"),
      rule: "schema",
      severity: "error",
      message: "unknown key `instrct`, did you mean instruct?",
      fix: { start, end: start + "instrct".length, text: "instruct" },
    },
    {
      ...placed("caus: one"),
      rule: "unknown-id",
      severity: "error",
      message: "nothing here has the id caus",
      why: never,
    },
    {
      ...placed("within: 10m"),
      rule: "unknown-id",
      severity: "error",
      message: "nothing here has the id within",
      why: never,
      next: "one of: cause, block, higher, tab, calm",
    },
    {
      ...placed("level: 1"),
      rule: "low-escalation",
      severity: "warning",
      message: "a safety incident starts at level 2",
      why: "Level 1 is whoever is already awake.",
      suppressed: { reason: "we have one level only" },
    },
    {
      ...placed("Tab\u0007"),
      rule: "odd-character",
      severity: "warning",
      message: "this text holds a control character",
      why: "Whoever reads it on a terminal sees something else than what is written.",
    },
    {
      ...placed("wait: {"),
      rule: "no-limit",
      severity: "warning",
      message: "this waits for ever",
      why: "Nobody is called when it does not get better.",
      next: "llmops runbook show cost-spike, then add within: 30m",
    },
    {
      ...placed("wait: {"),
      rule: "no-examples",
      severity: "warning",
      message: "no calls are looked at",
      next: "add a step such as logs: { of: failed, sample: 10 }",
    },
  ],
};
