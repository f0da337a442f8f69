import { harmless } from "../../harmless.ts";
import { referencesOf } from "./references.ts";
import type { RuleOn } from "../rule.ts";

export const namedTwice: RuleOn<"runbook"> = {
  on: "runbook",
  name: "named-twice",
  summary: "a list of alerts, dimensions, outcomes or steps names each of them once",
  severity: "warning",
  why: "The second one often was meant to be another, and that other is missing.",
  seen: "MTES-MCT/monitorfish#3836: two schedules of alerts with the same `alert_config_name`, one of which was meant to be another.",
  bad: `
steps:
  - { id: cause, title: Why?, ask: { question: Why?, choices: { loop: Calls repeat, traffic: More calls } } }
  - { id: tell, title: Tell them, when: { cause: [loop, loop] }, notify: { to: tenants } }
`,
  good: `
steps:
  - { id: cause, title: Why?, ask: { question: Why?, choices: { loop: Calls repeat, traffic: More calls } } }
  - { id: tell, title: Tell them, when: { cause: [loop] }, notify: { to: tenants } }
`,
  check(runbook, _, report) {
    const once = (names: readonly string[], path: (string | number)[], what: string) => {
      const seen = new Set<string>();
      for (const [at, name] of names.entries()) {
        if (seen.has(name)) report({ path: [...path, at] }, `${what} ${harmless(name)} is named twice here`);
        seen.add(name);
      }
    };
    once(runbook.alerts, ["alerts"], "the alert");
    once(runbook.scope, ["scope"], "the dimension");
    for (const { outcomes, path } of referencesOf(runbook)) once(outcomes, path, "the outcome");
    for (const [index, { kind, body }] of runbook.steps.entries())
      if (kind === "undo") once(body as string[], ["steps", index, "undo"], "the step");
  },
};
