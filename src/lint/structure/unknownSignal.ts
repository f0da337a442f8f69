import { didYouMean } from "../../errors.ts";
import { harmless } from "../../harmless.ts";
import { asksOf } from "../asks.ts";
import { slipOf } from "../slip.ts";
import type { RuleOn } from "../rule.ts";

export const unknownSignal: RuleOn<"runbook"> = {
  on: "runbook",
  name: "unknown-signal",
  summary: "a signal is one that a stack or the project defines",
  severity: "error",
  why: 'Nothing is measured: the row reads "not bound" and every verdict from it is missing.',
  seen: "vllm-project/vllm#27341: `gpu_cache_usage_perc` became `kv_cache_usage_perc`, and the dashboard's panel stayed empty.",
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
        undefined,
        slipOf(ask.signal, signals),
      );
    }
  },
};
