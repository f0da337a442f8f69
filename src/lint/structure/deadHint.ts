import type { AskBody } from "../../steps/choices.ts";
import { evaluate, refersOf } from "../../steps/condition.ts";
import { distinguish } from "./reach.ts";
import { entriesOf, type Entry } from "./references.ts";
import type { RuleOn } from "../rule.ts";

type Hints = Exclude<AskBody, { pick: string }>["hints"];

const mostCases = 50_000;

export const deadHint: RuleOn<"runbook"> = {
  on: "runbook",
  name: "dead-hint",
  summary: "every hint is the first that holds for some evidence",
  severity: "warning",
  why: "The proposed answer is then always the other one, also when the figures say this one.",
  seen: "prometheus/alertmanager#356 and #2702: only the first route that matches counts, and those below it were never sent to.",
  bad: `
evidence: { burn: cost_per_hour, calls: request_rate }
steps:
  - id: cause
    title: Why?
    ask:
      question: Why?
      choices: { inflation: More tokens, traffic: More calls }
      hint: { inflation: { burn: unhealthy }, traffic: { burn: unhealthy, calls: unhealthy } }
`,
  good: `
evidence: { burn: cost_per_hour, calls: request_rate }
steps:
  - id: cause
    title: Why?
    ask:
      question: Why?
      choices: { inflation: More tokens, traffic: More calls }
      hint: { traffic: { burn: unhealthy, calls: unhealthy }, inflation: { burn: unhealthy } }
`,
  check(runbook, _, report) {
    const entries = entriesOf(runbook);
    for (const [index, { kind, body }] of runbook.steps.entries()) {
      if (kind !== "ask" || "pick" in (body as AskBody)) continue;
      const { hints } = body as { hints: Hints };
      const first = firstHints(hints, entries);
      if (first === undefined) continue;
      for (const [at, { choice }] of hints.entries()) {
        if (first.has(at)) continue;
        const message = `the hint for ${choice} never counts: another above it holds whenever it does`;
        report(
          { path: ["steps", index, "ask", "hint", choice], key: true },
          at === 0 ? `the hint for ${choice} never holds` : message,
        );
      }
    }
  },
};

/** Indices of the hints that are the first to hold for some outcomes; undefined where that cannot be said. */
function firstHints(hints: Hints, entries: Map<string, Entry>): Set<number> | undefined {
  const conditions = hints.map(({ when }) => when);
  const named = conditions.flatMap((when) => refersOf(when));
  // what is not there is another rule's finding
  if (named.some(({ id, outcomes }) => !outcomes.every((one) => entries.get(id)?.outcomes.includes(one))))
    return undefined;
  const told = distinguish(conditions, entries);
  const ids = [...new Set(named.map(({ id }) => id))];
  const open = ids.map((id) => [...told.get(id)!, ...(entries.get(id)!.index >= 0 ? [undefined] : [])]);
  if (open.reduce((cases, { length }) => cases * length, 1) > mostCases) return undefined;
  const first = new Set<number>();
  const known = new Map<string, string>();
  const settle = (at: number): void => {
    if (conditions.every((_, hint) => first.has(hint))) return;
    if (at === ids.length) {
      first.add(conditions.findIndex((when) => evaluate(when, (id) => known.get(id))));
      return;
    }
    for (const outcome of open[at]!) {
      // what was passed over has no outcome
      if (outcome === undefined) known.delete(ids[at]!);
      else known.set(ids[at]!, outcome);
      settle(at + 1);
    }
    known.delete(ids[at]!);
  };
  settle(0);
  return first;
}
