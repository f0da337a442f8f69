import { evaluate, idsOf, refersOf, type Condition } from "../../steps/condition.ts";
import { stepKinds } from "../../steps/index.ts";
import type { Step } from "../../steps/step.ts";
import type { Entry } from "./references.ts";

/** What is known so far, id → outcome; an id that was passed over or is of no interest is missing. */
type State = ReadonlyMap<string, string>;

/** States looked at in one search: a runbook that a person wrote needs a few hundred. */
const mostStates = 20_000;

/**
 * For each step whether some outcomes of what is before it lead to it: an exact search over the outcomes that conditions
 * tell apart. Undefined when there are too many. Evidence that a `wait` or a `verify` reads anew may end differently
 * afterwards. A person can skip any step but not a `continue`: nobody writes steps for that.
 */
export function findReachable(steps: readonly Step[], entries: ReadonlyMap<string, Entry>): boolean[] | undefined {
  return walkWays(steps, entries, () => [])?.reachable;
}

/** What became of a condition on the ways that reach its step. */
export interface Held {
  holds: boolean;
  fails: boolean;
}

export interface Ways {
  reachable: boolean[];
  /** of the parts that are watched; of a condition that names what is not there: nothing */
  held: ReadonlyMap<Condition, Held>;
}

/** As above; `partsOf` gives parts of a step's `when` of which it is asked whether they ever hold, and ever do not. */
export function walkWays(
  steps: readonly Step[],
  entries: ReadonlyMap<string, Entry>,
  partsOf: (when: Condition) => readonly Condition[],
): Ways | undefined {
  const held = new Map<Condition, Held>();
  const whens = steps.map(({ when }, index) =>
    when === undefined || isClear(when, index, entries) ? when : "unclear",
  );
  const conditions = whens.filter((when) => when !== undefined && when !== "unclear");
  const told = distinguish(conditions, entries);
  const lastUse = new Map<string, number>();
  for (const [index, when] of whens.entries())
    if (when !== undefined && when !== "unclear") for (const id of idsOf(when)) lastUse.set(id, index);

  const reachable = steps.map(() => false);
  let states: State[] = [new Map()];
  let looked = 0;
  for (const [index, step] of steps.entries()) {
    const when = whens[index];
    const parts = when === undefined || when === "unclear" ? [] : partsOf(when);
    for (const part of parts) held.set(part, { holds: false, fails: false });
    const isEvidence = (id: string) => entries.get(id)?.index === -1;
    if (when !== undefined && when !== "unclear") {
      // evidence is looked at when a condition first names it: until then all its outcomes are open
      for (const id of idsOf(when).filter(isEvidence)) {
        const cases = told.get(id)?.length ?? 1;
        for (const state of states) looked += state.has(id) ? 1 : cases;
        if (looked > mostStates) return undefined;
        states = states.flatMap((state) => (state.has(id) ? [state] : spread(state, id, told)));
      }
    }
    const after: State[] = [];
    for (const state of states) {
      for (const part of parts) {
        const seen = held.get(part)!;
        if (evaluate(part, (id) => state.get(id))) seen.holds = true;
        else seen.fails = true;
      }
      const runs = when === undefined || when === "unclear" || evaluate(when, (id) => state.get(id));
      if (!runs || when === "unclear") after.push(state);
      if (!runs) continue;
      reachable[index] = true;
      if (step.kind !== "continue")
        after.push(...spread(forget(state, rereadBy(step).filter(isEvidence)), step.id, told));
    }
    if ((looked += after.length) > mostStates) return undefined;
    states = distinct(after, (id) => lastUse.get(id)! > index);
  }
  return { reachable, held };
}

/**
 * For each id that conditions name: one outcome of every group that no condition tells apart. So few cases stand for all.
 */
export function distinguish(
  conditions: readonly Condition[],
  entries: ReadonlyMap<string, Entry>,
): Map<string, string[]> {
  const wanted = new Map<string, string[][]>();
  for (const { id, outcomes } of conditions.flatMap((one) => refersOf(one)))
    wanted.set(id, [...(wanted.get(id) ?? []), outcomes]);
  return new Map(
    [...wanted].map(([id, sets]) => {
      const groups = new Map(
        entries.get(id)?.outcomes.map((outcome) => [sets.map((set) => set.includes(outcome)).join(), outcome]),
      );
      return [id, [...groups.values()]];
    }),
  );
}

/** A condition that names what is not there or comes later is another rule's finding: here it may hold or not. */
function isClear(when: Condition, index: number, entries: ReadonlyMap<string, Entry>): boolean {
  return refersOf(when).every(({ id, outcomes }) => {
    const entry = entries.get(id);
    return entry !== undefined && entry.index < index && outcomes.every((outcome) => entry.outcomes.includes(outcome));
  });
}

/** The state with each outcome that matters; the state alone where no condition asks. */
function spread(state: State, id: string, told: Map<string, string[]>): State[] {
  return told.get(id)?.map((outcome) => new Map([...state, [id, outcome]])) ?? [state];
}

function rereadBy(step: Step): string[] {
  const kind = stepKinds.find((one) => one.kind === step.kind)!;
  return step.kind === "wait" || step.kind === "mitigate" ? (kind.refers?.(step.body) ?? []).map(({ id }) => id) : [];
}

function forget(state: State, ids: string[]): State {
  return ids.length === 0 ? state : new Map([...state].filter(([id]) => !ids.includes(id)));
}

/** Drops what no later condition asks for, then the doubles. */
function distinct(states: State[], isOfUse: (id: string) => boolean): State[] {
  const seen = new Map<string, State>();
  for (const state of states) {
    const kept = new Map([...state].filter(([id]) => isOfUse(id)).sort(([a], [b]) => (a < b ? -1 : 1)));
    seen.set(JSON.stringify([...kept]), kept);
  }
  return [...seen.values()];
}
