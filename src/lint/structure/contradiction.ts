import { refersOf, sayCondition, type Condition } from "../../steps/condition.ts";
import type { AskBody } from "../../steps/choices.ts";
import type { Step } from "../../steps/step.ts";
import { entriesOf } from "./references.ts";
import type { RuleOn } from "../rule.ts";
import { partsOf, waysOf } from "./ways.ts";

type At = (string | number)[];

export const contradiction: RuleOn<"runbook"> = {
  on: "runbook",
  name: "contradiction",
  summary: "every alternative of a condition, and every verify and until, can hold",
  severity: "error",
  why: "What waits for it waits in vain: a proof that never comes, or a way that nobody is ever led.",
  seen: "objectstack-ai/objectstack#4493: branches of workflows that no run can take, in two of the three apps shipped with it.",
  bad: `
scope: [route]
evidence: { burn: cost_per_hour, calls: request_rate }
steps:
  - { id: calm, title: Is it over?, wait: { until: { burn: healthy, any: [{ burn: unhealthy }, { burn: no-data, calls: healthy }] }, within: 30m } }
  - { id: higher, title: Not over, when: { calm: timed-out }, escalate: { level: 2 } }
`,
  good: `
scope: [route]
evidence: { burn: cost_per_hour, calls: request_rate }
steps:
  - { id: calm, title: Is it over?, wait: { until: { burn: healthy, any: [{ calls: healthy }, { calls: no-data }] }, within: 30m } }
  - { id: higher, title: Not over, when: { calm: timed-out }, escalate: { level: 2 } }
`,
  check(runbook, _, report) {
    const { steps } = runbook;
    const entries = entriesOf(runbook);
    const isKnown = (one: Condition) =>
      refersOf(one).every(({ id, outcomes }) => outcomes.every((it) => entries.get(id)?.outcomes.includes(it)));
    for (const [index, step] of steps.entries()) {
      for (const { condition, at, name } of bodiesOf(step)) {
        if (!isKnown(condition)) continue;
        for (const { path, sides } of conflictsIn(condition)) {
          // that a hint as a whole never holds is the business of dead-hint
          if (name === "hint" && path.length === 0) continue;
          const what = path.length === 0 ? name : "this alternative";
          report({ path: ["steps", index, ...at, ...path] }, `${what} never holds: ${saySides(sides)}`);
        }
      }
    }
    const ways = waysOf(runbook);
    for (const [index, { when }] of steps.entries()) {
      if (when === undefined || when.any.length < 2 || ways?.reachable[index] !== true) continue;
      const { alternatives } = partsOf(when);
      for (const [at, alternative] of alternatives.entries()) {
        if (ways.held.get(alternative)?.holds !== false) continue;
        const sides = conflictsIn(alternative).find(({ path }) => path.length === 0)?.sides;
        const why = sides === undefined ? "no way through the steps above leads to it" : saySides(sides);
        report(
          { path: ["steps", index, "when", "any", at] },
          `this alternative never holds: ${why}`,
          "mend it, or take it out",
        );
      }
    }
  },
};

/** Conditions that a step is about, without its `when`. */
function bodiesOf({ kind, body }: Step): { condition: Condition; at: At; name: string }[] {
  if (kind === "ask") {
    const { hints = [] } = body as Partial<Exclude<AskBody, { pick: string }>>;
    return hints.map(({ choice, when }) => ({ condition: when, at: ["ask", "hint", choice], name: "hint" }));
  }
  const name = kind === "mitigate" ? "verify" : "until";
  const condition = (body as { [key: string]: Condition | undefined } | null)?.[name];
  const isProof = kind === "mitigate" || kind === "wait";
  return isProof && condition !== undefined ? [{ condition, at: [kind, name], name }] : [];
}

type Side = Condition["all"][number];

/** Subtrees that cannot hold beside what is ANDed around them, the outermost only; with two sides that exclude each other. */
function conflictsIn(condition: Condition, around: readonly Side[] = []): { path: At; sides: Side[] }[] {
  const beside = [...around];
  for (const side of condition.all) {
    const against = beside.find((one) => excludes(one, side));
    if (against !== undefined) return [{ path: [], sides: [against, side] }];
    beside.push(side);
  }
  const below = condition.any.map((one) => conflictsIn(one, beside));
  const dead = below.map((found) => found.find(({ path }) => path.length === 0));
  if (dead.length > 0 && dead.every((one) => one !== undefined)) return [dead[0]!];
  return below.flatMap((found, at) => found.map(({ path, sides }) => ({ path: ["any", at, ...path], sides })));
}

function excludes(one: Side, other: Side): boolean {
  return one.id === other.id && !one.outcomes.some((outcome) => other.outcomes.includes(outcome));
}

function saySides(sides: readonly Side[]): string {
  const said = sides.map((side) => `"${sayCondition({ all: [side], any: [] })}"`);
  return `${said.join(" and ")} exclude each other`;
}
