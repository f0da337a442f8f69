import type { Runbook } from "../../runbook/runbook.ts";
import type { Condition } from "../../steps/condition.ts";
import type { MitigateBody } from "../../steps/mitigateSchema.ts";
import { entriesOf, type Entry } from "../structure/references.ts";
import { isDead } from "../structure/ways.ts";
import type { RuleOn } from "../rule.ts";

/** What keeps users away from harm: it must not come back by itself. */
const keepsOff = new Set(["kill-switch", "block", "disable-tool"]);

export const unprovenReturn: RuleOn<"runbook"> = {
  on: "runbook",
  name: "unproven-return",
  summary: "what was turned off or blocked is undone only after something proved that it is safe",
  severity: "error",
  why: "The route is turned on again while it still harms users, and the second incident is worse than the first.",
  seen: 'The outage runbook of the ai-sre-incident-response skill: "When resolved, unfreeze and run smoke tests", in this order.',
  bad: `
scope: [route]
evidence: { burn: cost_per_hour }
steps:
  - { id: stop, title: Turn it off, mitigate: { do: kill-switch, for: 1h, verify: { burn: healthy }, within: 10m } }
  - { id: help, title: Nothing stopped it, when: { stop: [not-enough, no-effect, not-offered, failed] }, escalate: { level: 2 } }
  - { id: home, title: Back to normal, when: { stop: helped }, undo: stop }
`,
  good: `
scope: [route]
evidence: { burn: cost_per_hour }
steps:
  - { id: stop, title: Turn it off, mitigate: { do: kill-switch, for: 1h, verify: { burn: healthy }, within: 10m } }
  - { id: help, title: Nothing stopped it, when: { stop: [not-enough, no-effect, not-offered, failed] }, escalate: { level: 2 } }
  - { id: fix, title: Take back the change, instruct: Take back the change that began it. }
  - { id: home, title: Back to normal, when: { fix: done }, undo: stop }
`,
  check(runbook, _, report) {
    const { steps } = runbook;
    const entries = entriesOf(runbook);
    for (const [index, { kind, body, when }] of steps.entries()) {
      if (kind !== "undo" || isDead(runbook, index)) continue;
      for (const [at, id] of (body as string[]).entries()) {
        const named = entries.get(id)?.index ?? -1;
        const step = named < 0 ? undefined : steps[named];
        if (step?.kind !== "mitigate" || !keepsOff.has((step.body as MitigateBody).do)) continue;
        if (proves(when, named, runbook, entries)) continue;
        report(
          { path: ["steps", index, "undo", at] },
          `${id} is undone here, and nothing proves that it is safe by then`,
          "give it a `when` that asks for what was seen or done after it: a wait, a measure, an instruct or an ask",
        );
      }
    }
  },
};

/** Does the condition ask for something that was found out after the change? Of alternatives: each of them. */
function proves(
  when: Condition | undefined,
  after: number,
  { steps }: Runbook,
  entries: ReadonlyMap<string, Entry>,
): boolean {
  if (when === undefined) return false;
  const isProof = ({ id, outcomes }: Condition["all"][number]) => {
    const index = entries.get(id)?.index ?? -1;
    if (index < 0) return entries.has(id) && outcomes.every((one) => one === "healthy" || one === "spread");
    const kind = steps[index]!.kind;
    if (index <= after || outcomes.includes("skipped")) return false;
    if (kind === "wait") return !outcomes.includes("timed-out");
    if (kind === "instruct") return !outcomes.includes("not-done");
    if (kind === "run") return outcomes.every((one) => one === "done");
    if (kind === "measure") return outcomes.every((one) => one === "healthy" || one === "spread");
    return kind === "ask" || kind === "undo";
  };
  if (when.all.some(isProof)) return true;
  return when.any.length > 0 && when.any.every((one) => proves(one, after, { steps } as Runbook, entries));
}
