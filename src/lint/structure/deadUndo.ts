import { agree, factsOf, mayHold } from "./facts.ts";
import { entriesOf } from "./references.ts";
import { isDead } from "./ways.ts";
import type { RuleOn } from "../rule.ts";

/** Outcomes of a mitigation after which there can be something to undo. */
const changed = ["helped", "not-enough", "no-effect", "unproven", "failed"];

export const deadUndo: RuleOn<"runbook"> = {
  on: "runbook",
  name: "dead-undo",
  summary: "what is undone can have been done on the way there",
  severity: "error",
  why: "It says that everything is back to normal while the change of the other way stays in production.",
  seen: "Manoj-engineer/k8squest#9: the guide says `kubectl rollout undo` where nothing had been rolled out before.",
  bad: `
scope: [route]
evidence: { burn: cost_per_hour }
steps:
  - { id: cause, title: Why?, ask: { question: Why?, choices: { inflation: More tokens, traffic: More calls } } }
  - { id: clamp, title: Clamp, when: { cause: inflation }, mitigate: { do: token-clamp, for: 30m, verify: { burn: healthy }, within: 10m } }
  - { id: calm, title: Is it over?, when: { cause: traffic }, wait: { until: { burn: healthy }, within: 30m } }
  - { id: home, title: Back to normal, when: { calm: reached }, undo: clamp }
  - { id: higher, title: Not over, when: { any: [{ calm: timed-out }, { clamp: [not-enough, no-effect, not-offered, failed] }] }, escalate: { level: 2 } }
`,
  good: `
scope: [route]
evidence: { burn: cost_per_hour }
steps:
  - { id: cause, title: Why?, ask: { question: Why?, choices: { inflation: More tokens, traffic: More calls } } }
  - { id: clamp, title: Clamp, when: { cause: inflation }, mitigate: { do: token-clamp, for: 30m, verify: { burn: healthy }, within: 10m } }
  - { id: calm, title: Is it over?, when: { cause: inflation }, wait: { until: { burn: healthy }, within: 30m } }
  - { id: home, title: Back to normal, when: { calm: reached }, undo: clamp }
  - { id: higher, title: Not over, when: { any: [{ calm: timed-out }, { clamp: [not-enough, no-effect, not-offered, failed] }] }, escalate: { level: 2 } }
`,
  check(runbook, _, report) {
    const entries = entriesOf(runbook);
    const facts = factsOf(runbook);
    for (const [index, { kind, body, when }] of runbook.steps.entries()) {
      if (kind !== "undo") continue;
      for (const [at, id] of (body as string[]).entries()) {
        const named = entries.get(id)?.index ?? -1;
        if (named < 0 || named >= index || runbook.steps[named]!.kind !== "mitigate") continue;
        if (isDead(runbook, index) || isDead(runbook, named)) continue;
        const then = new Map([...facts[named]!, [id, changed]]);
        if (mayHold(when, then) && agree(facts[index]!, then)) continue;
        report(
          { path: ["steps", index, "undo", at] },
          `${id} has changed nothing on any way that leads here`,
          "take it out, or mend the `when` of one of the two",
        );
      }
    }
  },
};
