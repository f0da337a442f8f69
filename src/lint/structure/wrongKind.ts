import type { Runbook } from "../../runbook/runbook.ts";
import type { AskBody } from "../../steps/choices.ts";
import type { RuleOn } from "../rule.ts";

export const wrongKind: RuleOn<"runbook"> = {
  on: "runbook",
  name: "wrong-kind",
  summary: "undo names mitigate steps, pick names evidence that is split with `by`",
  severity: "error",
  why: "The condition can never hold, or the undo has nothing to take back.",
  seen: "Fault L07, changes whose rollback is missing: an `undo` that names what never changed anything looks like one.",
  bad: `
evidence: { users: cost_per_hour }
steps:
  - { id: who, title: Who?, ask: { question: Which user?, pick: users } }
`,
  good: `
evidence: { users: { signal: cost_per_hour, by: user } }
steps:
  - { id: who, title: Who?, ask: { question: Which user?, pick: users } }
`,
  check(runbook, _, report) {
    for (const [index, { kind, body }] of runbook.steps.entries()) {
      if (kind === "undo") {
        for (const [at, id] of (body as string[]).entries()) {
          const other =
            runbook.steps.find((step) => step.id === id)?.kind ?? (hasEvidence(runbook, id) ? "evidence" : "mitigate");
          if (other !== "mitigate")
            report(
              { path: ["steps", index, "undo", at] },
              `${id} is ${sayKind(other)}: only what mitigate changed can be undone`,
            );
        }
      } else if (kind === "ask" && "pick" in (body as AskBody)) {
        const { pick } = body as { pick: string };
        if (isPickable(runbook, pick) === false)
          report(
            { path: ["steps", index, "ask", "pick"] },
            `${pick} has no parts to pick from`,
            `give it \`by: user\` or another dimension`,
          );
      }
    }
  },
};

function hasEvidence({ evidence }: Runbook, id: string): boolean {
  return evidence.some((one) => one.id === id);
}

/** undefined: there is no such id, which is another rule's finding */
function isPickable({ evidence, steps }: Runbook, id: string): boolean | undefined {
  const step = steps.find((one) => one.id === id);
  if (step !== undefined) return step.kind === "measure" && (step.body as { by?: string }).by !== undefined;
  const ask = evidence.find((one) => one.id === id);
  return ask === undefined ? undefined : ask.by !== undefined;
}

function sayKind(kind: string): string {
  return kind === "evidence" ? kind : `${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind} step`;
}
