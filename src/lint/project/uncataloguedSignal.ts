import { didYouMean } from "../../errors.ts";
import { harmless } from "../../harmless.ts";
import type { RuleOn } from "../rule.ts";

export const uncataloguedSignal: RuleOn<"signals"> = {
  on: "signals",
  name: "uncatalogued-signal",
  summary: "a stack answers signals that the catalogue has",
  severity: "error",
  needs: "catalogue",
  why: "The whole stack is refused when the first signal is measured.",
  seen: "emezeske/lein-cljsbuild#183: `:optimization` in place of `:optimizations` was accepted, and nothing was optimized.",
  bad: `
stack: ours
language: promql
families: { llm_*: { route: route } }
signals: { cost_per_huor: "sum(rate(llm_cost_dollars_total[5m])) * 3600" }
`,
  good: `
stack: ours
language: promql
families: { llm_*: { route: route } }
signals: { cost_per_hour: "sum(rate(llm_cost_dollars_total[5m])) * 3600" }
`,
  check({ signals, without }, { catalogue }, report) {
    if (catalogue === undefined) return;
    for (const [key, named] of Object.entries({ signals, without }))
      for (const name of Object.keys(named))
        if (!catalogue.has(name))
          report(
            { path: [key, name], key: true },
            `the catalogue has no signal ${harmless(name)}${didYouMean(name, catalogue.keys())}`,
            "a signal of one project is named under signals: in its llmops.yaml",
          );
  },
};
