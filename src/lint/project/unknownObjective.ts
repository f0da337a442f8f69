import { didYouMean } from "../../errors.ts";
import { harmless } from "../../harmless.ts";
import type { RuleOn } from "../rule.ts";

export const unknownObjective: RuleOn<"project"> = {
  on: "project",
  name: "unknown-objective",
  summary: "objectives are for signals that the catalogue or the project has",
  severity: "error",
  needs: "catalogue",
  why: "The signal that was meant keeps its old bound: what the team calls unhealthy is shown as healthy.",
  seen: "hassio-addons/app-wireguard#275: preshared_key in place of pre_shared_key was passed over, and took days to find.",
  bad: `
objectives: { error_rte: "< 2%" }
`,
  good: `
objectives: { error_rate: "< 2%", escalations: "< 5" }
signals: { escalations: { promql: "sum(rate(escalations_total[5m])) * 3600" } }
`,
  check({ config }, { catalogue }, report) {
    if (catalogue === undefined) return;
    const known = [...catalogue.keys(), ...Object.keys(config.signals)];
    for (const name of Object.keys(config.objectives))
      if (!known.includes(name))
        report(
          { path: ["objectives", name], key: true },
          `there is no signal ${harmless(name)}${didYouMean(name, known)}`,
          "a signal of your own is named under signals:",
        );
  },
};
