import type { Runbook } from "../../runbook/runbook.ts";
import { idsOf } from "../../steps/condition.ts";
import type { RuleOn } from "../rule.ts";

/** Steps a person goes through before the first change can be made. The first ten minutes have three. */
const most = 5;

/** Changes that are looked at: what comes early stands early in the file. */
const looked = 20;

/** They take a person's time; the others only read or run by themselves. */
const taking = new Set(["ask", "instruct", "wait", "logs", "run"]);

export const lateMitigation: RuleOn<"runbook"> = {
  on: "runbook",
  name: "late-mitigation",
  summary: `at most ${most} steps come before the first change that can be made`,
  severity: "warning",
  why: "Stopping the bleeding comes first: each question before it is a minute of harm.",
  seen: "“Incident runbooks for LLM products”: in the first ten minutes the kill switch is the third thing, and “if it reads like a textbook, it won't be used”.",
  bad: `
evidence: { burn: cost_per_hour }
steps:
  - { id: a, title: Tell the team, instruct: Tell the team. }
  - { id: b, title: Look at the dashboard, instruct: Look at the dashboard. }
  - { id: c, title: Read the last deployments, instruct: Read the last deployments. }
  - { id: d, title: Read the provider's page, instruct: Read the status page of the provider. }
  - { id: e, title: Open a ticket, instruct: Open a ticket. }
  - { id: f, title: Fill in the form, instruct: Fill in the form. }
  - { id: clamp, title: Clamp output tokens, mitigate: { do: token-clamp, for: 30m, verify: { burn: healthy } } }
`,
  good: `
evidence: { burn: cost_per_hour }
steps:
  - { id: clamp, title: Clamp output tokens, mitigate: { do: token-clamp, for: 30m, verify: { burn: healthy } } }
  - { id: a, title: Tell the team, instruct: Tell the team. }
  - { id: b, title: Open a ticket, instruct: Open a ticket. }
`,
  check(runbook, _, report) {
    const changes = runbook.steps.flatMap(({ kind }, index) => (kind === "mitigate" ? [index] : [])).slice(0, looked);
    let fewest = Infinity;
    for (const index of changes) {
      fewest = Math.min(fewest, stepsBefore(runbook, index));
      if (fewest <= most) return;
    }
    if (changes.length === 0) return;
    report(
      { path: ["steps", changes[0]!, "id"] },
      `${fewest} steps come before the first change that can be made`,
      "move what can wait below it",
    );
  },
};

/** Those that every walk to this step passes: without a condition, or asked for by the conditions that lead here. */
function stepsBefore({ steps }: Runbook, index: number): number {
  const wanted = new Set(idsIn(steps[index]!));
  let count = 0;
  for (let at = index - 1; at >= 0; at--) {
    const { id, kind, when } = steps[at]!;
    if (when !== undefined && !wanted.has(id)) continue;
    if (taking.has(kind)) count++;
    for (const named of idsIn(steps[at]!)) wanted.add(named);
  }
  return count;
}

function idsIn({ when }: Runbook["steps"][number]): string[] {
  return when === undefined ? [] : idsOf(when);
}
