import type { Runbook } from "../../runbook/runbook.ts";
import type { Condition } from "../../steps/condition.ts";
import { ofLast } from "../ofLast.ts";
import { entriesOf } from "./references.ts";

/** What must have been: id of a step → the outcomes that it can have ended in. */
export type Facts = ReadonlyMap<string, readonly string[]>;

/** Of a long chain only the nearest are kept: fewer facts only mean that less is said. */
const mostFacts = 32;

/**
 * For each step what its `when` says of the steps above it, and theirs of those above them. Says nothing of evidence, which
 * is read anew, and nothing of alternatives.
 */
export const factsOf: (runbook: Runbook) => readonly Facts[] = ofLast(findFacts);

function findFacts(runbook: Runbook): Facts[] {
  const entries = entriesOf(runbook);
  const all: Facts[] = [];
  for (const [index, { when }] of runbook.steps.entries()) {
    const facts = new Map<string, readonly string[]>();
    for (const { id, outcomes } of when?.all ?? []) {
      const at = entries.get(id)?.index ?? -1;
      if (at < 0 || at >= index) continue;
      add(facts, id, outcomes);
      // who did not run was passed over or skipped
      if (!outcomes.includes("skipped")) for (const [other, had] of all[at]!) add(facts, other, had);
    }
    all.push(facts);
  }
  return all;
}

function add(facts: Map<string, readonly string[]>, id: string, outcomes: readonly string[]): void {
  const before = facts.get(id);
  if (before === undefined && facts.size >= mostFacts) return;
  facts.set(id, before === undefined ? outcomes : before.filter((one) => outcomes.includes(one)));
}

/** Could both be true of one walk? */
export function agree(one: Facts, other: Facts): boolean {
  for (const [id, outcomes] of one) if (!mayBe(other, id, outcomes)) return false;
  return true;
}

/** Could the condition hold where these facts do? */
export function mayHold(when: Condition | undefined, facts: Facts): boolean {
  if (when === undefined) return true;
  return (
    when.all.every(({ id, outcomes }) => mayBe(facts, id, outcomes)) &&
    (when.any.length === 0 || when.any.some((one) => mayHold(one, facts)))
  );
}

function mayBe(facts: Facts, id: string, outcomes: readonly string[]): boolean {
  const known = facts.get(id);
  return known === undefined || known.some((one) => outcomes.includes(one));
}
