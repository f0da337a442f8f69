import { sayCondition, type Condition } from "../../steps/condition.ts";
import type { Step } from "../../steps/step.ts";
import { findReachable } from "./reach.ts";
import { entriesOf, type Entry } from "./references.ts";
import type { RuleOn } from "../rule.ts";
import { waysOf } from "./ways.ts";

/** Reasons are searched for so many steps; where more are unreachable the first ones tell enough. */
const explained = 10;

export const unreachable: RuleOn<"runbook"> = {
  on: "runbook",
  name: "unreachable",
  summary: "every step runs for some outcomes of the steps before it",
  severity: "error",
  why: "It will never be walked, whatever happens: what it would have done is missing.",
  seen: "actions/runner#2205, litentry/heima#1324: `success()` is false below whatever was skipped, so that the job which pushes the images never ran.",
  bad: `
evidence: { burn: cost_per_hour, users: { signal: cost_per_hour, by: user } }
steps:
  - { id: cause, title: Why?, ask: { question: Why?, choices: { one: One user, traffic: More calls } } }
  - { id: who, title: Who?, when: { cause: one }, ask: { question: Which user?, pick: users } }
  - { id: block, title: Block that user, when: { cause: traffic, who: picked }, mitigate: { do: block, on: user, for: 2h, verify: { burn: healthy }, within: 10m } }
  - { id: help, title: Call for help, instruct: Say in the channel how it stands. }
`,
  good: `
evidence: { burn: cost_per_hour, users: { signal: cost_per_hour, by: user } }
steps:
  - { id: cause, title: Why?, ask: { question: Why?, choices: { one: One user, traffic: More calls } } }
  - { id: who, title: Who?, when: { cause: one }, ask: { question: Which user?, pick: users } }
  - { id: block, title: Block that user, when: { cause: one, who: picked }, mitigate: { do: block, on: user, for: 2h, verify: { burn: healthy }, within: 10m } }
  - { id: help, title: Call for help, instruct: Say in the channel how it stands. }
`,
  check(runbook, _, report) {
    const entries = entriesOf(runbook);
    const reachable = waysOf(runbook)?.reachable ?? [];
    const dead = [...reachable.keys()].filter((index) => !reachable[index]);
    for (const [nth, index] of dead.entries()) {
      const { id, when } = runbook.steps[index]!;
      const why = nth < explained ? explain(index, runbook.steps, entries, reachable) : "";
      const inWhen = when !== undefined && !why.startsWith(": `");
      report({ path: ["steps", index, inWhen ? "when" : "id"], key: inWhen }, `${id} never runs${why}`);
    }
  },
};

function explain(index: number, steps: readonly Step[], entries: Map<string, Entry>, reachable: boolean[]): string {
  const { when } = steps[index]!;
  if (when === undefined || !reaches(index, { all: [], any: [] }, steps, entries)) {
    const last = steps.slice(0, index).findLast(({ kind }) => kind === "continue");
    return `: \`continue\` in ${last?.id} comes before it on every way`;
  }
  const unmet = when.all.find(({ id, outcomes }) => {
    const named = entries.get(id)!.index;
    return named >= 0 && !reachable[named] && outcomes.length > 0;
  });
  if (unmet !== undefined) return `, because ${unmet.id} never does`;
  const parts: Condition[] = [
    ...when.all.map((one) => ({ all: [one], any: [] })),
    ...(when.any.length > 0 ? [{ all: [], any: when.any }] : []),
  ];
  const guilty = parts.filter((part) => reaches(index, without(when, part), steps, entries));
  if (guilty.length < 2) return ": its `when` cannot hold";
  return `: ${guilty.map((part) => `"${sayCondition(part)}"`).join(" and ")} cannot hold together`;
}

function reaches(index: number, when: Condition, steps: readonly Step[], entries: Map<string, Entry>): boolean {
  const asked = steps.slice(0, index + 1).map((step, at) => (at === index ? { ...step, when } : step));
  return findReachable(asked, entries)?.[index] ?? false;
}

function without(when: Condition, part: Condition): Condition {
  return { all: when.all.filter((one) => one !== part.all[0]), any: part.any.length > 0 ? [] : when.any };
}
