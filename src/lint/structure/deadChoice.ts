import type { AskBody } from "../../steps/choices.ts";
import { referencesOf } from "./references.ts";
import type { RuleOn } from "../rule.ts";

export const deadChoice: RuleOn<"runbook"> = {
  on: "runbook",
  name: "dead-choice",
  summary: "where some choices of a question decide what follows, at most one stands for all the rest",
  severity: "warning",
  why: "Whoever picks it at three in the morning is led nowhere.",
  seen: "Fault L07, ways in a runbook that lead nowhere. No public post-mortem names one: such a step is only found by whoever stands in it.",
  bad: `
steps:
  - { id: cause, title: Why?, ask: { question: Why?, choices: { loop: Calls repeat, traffic: More calls, other: Something else } } }
  - { id: jobs, title: End jobs, when: { cause: loop }, run: end-jobs }
`,
  good: `
steps:
  - { id: cause, title: Why?, ask: { question: Why?, choices: { loop: Calls repeat, traffic: More calls, other: Something else } } }
  - { id: jobs, title: End jobs, when: { cause: loop }, run: end-jobs }
  - { id: room, title: Make room, when: { cause: traffic }, run: move-batches }
`,
  check(runbook, _, report) {
    const told = new Map<string, Set<string>>();
    for (const { id, outcomes } of referencesOf(runbook)) {
      const named = told.get(id) ?? new Set();
      for (const outcome of outcomes) named.add(outcome);
      told.set(id, named);
    }
    for (const [index, { id, kind, body }] of runbook.steps.entries()) {
      if (kind !== "ask" || "pick" in (body as AskBody)) continue;
      const { choices, hints } = body as Exclude<AskBody, { pick: string }>;
      const named = told.get(id) ?? new Set<string>();
      if (!choices.some(({ value }) => named.has(value))) continue;
      // a choice that the evidence can propose says something of its own, also where nothing follows from it
      const alike = choices.map(({ value }) => value).filter((value) => !named.has(value) && !isHinted(value, hints));
      if (alike.length < 2) continue;
      for (const value of alike.slice(1))
        report(
          { path: ["steps", index, "ask", "choices", value], key: true },
          `${value} leads to the same steps as ${alike[0]}: no condition or hint names either`,
          `name it in a \`when\`, or make one choice of ${alike.join(" and ")}`,
        );
    }
  },
};

function isHinted(choice: string, hints: Exclude<AskBody, { pick: string }>["hints"]): boolean {
  return hints.some((hint) => hint.choice === choice);
}
