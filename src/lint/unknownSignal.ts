import { didYouMean } from "../errors.ts";
import { harmless } from "../harmless.ts";
import { asksOf } from "./asks.ts";
import type { Rule } from "./rule.ts";

export const unknownSignal: Rule = {
  name: "unknown-signal",
  summary: "a signal is one that a stack or the project defines",
  severity: "error",
  bad: `
evidence: { burn: cost_per_huor }
steps:
  - { id: look, title: Look, instruct: Look at the cost. }
`,
  good: `
evidence: { burn: cost_per_hour }
steps:
  - { id: look, title: Look, instruct: Look at the cost. }
`,
  check(runbook, { signals }, report) {
    if (signals === undefined) return;
    for (const { ask, path } of asksOf(runbook)) {
      if (!("signal" in ask) || signals.includes(ask.signal)) continue;
      report(
        { path: [...path, "signal"] },
        `no stack has the signal ${harmless(ask.signal)}${didYouMean(ask.signal, signals)}`,
      );
    }
  },
};
