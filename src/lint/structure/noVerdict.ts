import type { Runbook } from "../../runbook/runbook.ts";
import { idsOf, type Condition } from "../../steps/condition.ts";
import { entriesOf } from "./references.ts";
import type { RuleOn } from "../rule.ts";

export const noVerdict: RuleOn<"runbook"> = {
  on: "runbook",
  name: "no-verdict",
  summary: "verify and until ask for something that is measured anew and can turn",
  severity: "error",
  why: "The answer is known before anybody waits: it holds at once, or never.",
  seen: "kubernetes/kubectl#1451: a script waits for Ready on the pod of a job that has ended already, until the time is over.",
  bad: `
evidence: { changed: { changes: 24h } }
steps:
  - { id: calm, title: Is it over?, wait: { until: { changed: unchanged }, within: 30m } }
  - { id: higher, title: Not over, when: { calm: timed-out }, escalate: { level: 2 } }
`,
  good: `
evidence: { burn: cost_per_hour }
steps:
  - { id: calm, title: Is it over?, wait: { until: { burn: healthy }, within: 30m } }
  - { id: higher, title: Not over, when: { calm: timed-out }, escalate: { level: 2 } }
`,
  check(runbook, _, report) {
    const entries = entriesOf(runbook);
    const changes = new Set(runbook.evidence.filter(({ ask }) => "changesMs" in ask).map(({ id }) => id));
    for (const { condition, path, name } of proofsOf(runbook)) {
      const ids = idsOf(condition);
      if (ids.some((id) => !entries.has(id))) continue;
      // a mitigation may still be settling, and what is measured may turn
      const canTurn = (id: string) => {
        const { index } = entries.get(id)!;
        return index < 0 ? !changes.has(id) : runbook.steps[index]!.kind === "mitigate";
      };
      if (ids.some(canTurn)) continue;
      const [first] = ids;
      const why = changes.has(first!)
        ? `${first} tells what was changed, which nothing here makes unchanged`
        : `${first} has ended by then and is not measured anew`;
      report({ path }, `${name} has no verdict to wait for: ${why}`, "ask for evidence that is healthy again");
    }
  },
};

/** Every `verify` and `until`. */
function proofsOf({ steps }: Runbook): { condition: Condition; path: (string | number)[]; name: string }[] {
  return steps.flatMap(({ kind, body }, index) => {
    const name = kind === "mitigate" ? "verify" : kind === "wait" ? "until" : undefined;
    const condition = name === undefined ? undefined : (body as { [key: string]: Condition | undefined })[name];
    return condition === undefined ? [] : [{ condition, path: ["steps", index, kind, name!], name: name! }];
  });
}
