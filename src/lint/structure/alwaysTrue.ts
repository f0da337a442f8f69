import { sayCondition, type Condition } from "../../steps/condition.ts";
import { entriesOf, type Entry } from "./references.ts";
import type { RuleOn } from "../rule.ts";
import { partsOf, waysOf } from "./ways.ts";

export const alwaysTrue: RuleOn<"runbook"> = {
  on: "runbook",
  name: "always-true",
  summary: "every condition, and every part of it, fails for some outcomes",
  severity: "warning",
  why: "The step reads as if it were for a special case, and is walked in every one.",
  seen: 'actions/runner#1173: `if: ${{ env.TAGCHECK }} == "false"` is always true, so that the step that makes the tag ran whatever the check said.',
  bad: `
evidence: { burn: cost_per_hour }
steps:
  - { id: look, title: Look, when: { burn: [healthy, unhealthy, no-data, error] }, instruct: Look at the cost. }
`,
  good: `
evidence: { burn: cost_per_hour }
steps:
  - { id: look, title: Look, when: { burn: [unhealthy, no-data, error] }, instruct: Look at the cost. }
`,
  check(runbook, _, report) {
    const { steps } = runbook;
    const entries = entriesOf(runbook);
    const ways = waysOf(runbook);
    const isAlways = (part: Condition, index: number) => {
      const held = ways?.held.get(part);
      return (ways?.reachable[index] === true && held?.holds === true && !held.fails) || listsAll(part, entries, steps);
    };
    for (const [index, { when }] of steps.entries()) {
      if (when === undefined) continue;
      const { whole, sides } = partsOf(when);
      const next = "leave it out, or take out the outcome that is not meant";
      if (isAlways(whole, index)) {
        report({ path: ["steps", index, "when"], key: true }, `"${sayCondition(whole)}" always holds here`, next);
        continue;
      }
      if (sides.length < 2) continue;
      for (const side of sides) {
        if (!isAlways(side, index)) continue;
        const path = ["steps", index, "when", side.all[0]?.id ?? "any"];
        report({ path, key: true }, `"${sayCondition(side)}" always holds here`, next);
      }
    }
  },
};

/** Every outcome of something that always ends in one of them, but for a person who skips it. */
function listsAll(
  { all, any }: Condition,
  entries: ReadonlyMap<string, Entry>,
  steps: readonly { when?: Condition; kind: string }[],
): boolean {
  const [one, ...more] = all;
  if (one === undefined || more.length > 0 || any.length > 0) return false;
  const entry = entries.get(one.id);
  if (entry === undefined || (entry.index >= 0 && steps[entry.index]!.when !== undefined)) return false;
  return entry.outcomes.length > 0 && entry.outcomes.every((it) => it === "skipped" || one.outcomes.includes(it));
}
