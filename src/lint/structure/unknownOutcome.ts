import { didYouMean } from "../../errors.ts";
import { harmless } from "../../harmless.ts";
import type { AskBody } from "../../steps/choices.ts";
import { slipOf } from "../slip.ts";
import { entriesOf, referencesOf } from "./references.ts";
import type { RuleOn } from "../rule.ts";

export const unknownOutcome: RuleOn<"runbook"> = {
  on: "runbook",
  name: "unknown-outcome",
  summary: "a condition asks for an outcome that its id can end in; a hint is for a choice",
  severity: "error",
  why: "It never happens: a step that waits for it is silently left out, what it would prove stays unproven.",
  seen: "kedro-org/kedro-plugins#338: nightly builds ended as cancelled, the step that reports them waited for a failure, and tests failed for days unseen.",
  bad: `
steps:
  - { id: cause, title: Why?, ask: { question: Why?, choices: { loop: Calls repeat, traffic: More calls } } }
  - { id: end, title: End jobs, when: { cause: lop }, run: end-jobs }
`,
  good: `
steps:
  - { id: cause, title: Why?, ask: { question: Why?, choices: { loop: Calls repeat, traffic: More calls } } }
  - { id: end, title: End jobs, when: { cause: loop }, run: end-jobs }
`,
  check(runbook, _, report) {
    const entries = entriesOf(runbook);
    const complain = (path: (string | number)[], key: boolean, what: string, outcome: string, known: string[]) =>
      report(
        { path, key },
        `${what} ${harmless(outcome)}${didYouMean(outcome, known)}`,
        `one of: ${known.join(", ")}`,
        slipOf(outcome, known),
      );

    for (const { id, outcomes, path } of referencesOf(runbook)) {
      const known = entries.get(id)?.outcomes;
      if (known === undefined) continue;
      for (const [at, outcome] of outcomes.entries())
        if (!known.includes(outcome)) complain([...path, at], false, `${id} never ends in`, outcome, known);
    }
    for (const [index, { kind, body }] of runbook.steps.entries()) {
      if (kind !== "ask" || "pick" in (body as AskBody)) continue;
      const { choices, hints } = body as Exclude<AskBody, { pick: string }>;
      const known = choices.map(({ value }) => value);
      for (const { choice } of hints)
        if (!known.includes(choice))
          complain(["steps", index, "ask", "hint", choice], true, "there is no choice", choice, known);
    }
  },
};
