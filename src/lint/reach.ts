import { evaluate, idsOf, refersOf, type Condition } from "../steps/condition.ts";
import { stepKinds } from "../steps/index.ts";
import type { Step } from "../steps/step.ts";
import type { Entry } from "./references.ts";

/** What is known so far, id → outcome; an id that was passed over or is of no interest is missing. */
type State = ReadonlyMap<string, string>;

const mostStates = 50_000;

/**
 * For each step whether some outcomes of what is before it lead to it: an exact search over the outcomes that conditions
 * tell apart. Undefined when there are too many. Evidence that a `wait` or a `verify` reads anew may end differently
 * afterwards. A person can skip any step but not a `continue`: nobody writes steps for that.
 */
export function findReachable(steps: readonly Step[], entries: ReadonlyMap<string, Entry>): boolean[] | undefined {
  const whens = steps.map((step, index) => askable(step.when, index, entries));
  const told = distinguish(whens.flatMap((when) => (when === undefined || when === "unclear" ? [] : [when])), entries);
  const lastUse = new Map<string, number>();
  for (const [index, when] of whens.entries())
    if (when !== undefined && when !== "unclear") for (const id of idsOf(when)) lastUse.set(id, index);

  const reachable: boolean[] = [];
  let states: State[] = [new Map()];
  for (const [index, step] of steps.entries()) {
    const when = whens[index];
    const after: State[] = [];
    reachable[index] = false;
    for (const state of when === undefined || when === "unclear" ? states : states.flatMap((s) => readEvidence(s, when, told, entries))) {
      const runs = when === undefined || when === "unclear" || evaluate(when, (id) => state.get(id));
      if (!runs || when === "unclear") after.push(state);
      if (!runs) continue;
      reachable[index] = true;
      if (step.kind === "continue") continue;
      const fresh = forget(state, rereadBy(step));
      after.push(...(told.get(step.id) ?? [undefined]).map((outcome) => (outcome === undefined ? fresh : new Map([...fresh, [step.id, outcome]]))));
    }
    states = distinct(after, (id) => lastUse.get(id)! > index);
    if (states.length > mostStates) return undefined;
  }
  return reachable;
}

/**
 * For each id that conditions name: one outcome of every group that no condition tells apart. So few cases stand for all.
 */
export function distinguish(conditions: readonly Condition[], entries: ReadonlyMap<string, Entry>): Map<string, string[]> {
  const wanted = new Map<string, string[][]>();
  for (const { id, outcomes } of conditions.flatMap((one) => refersOf(one))) wanted.set(id, [...(wanted.get(id) ?? []), outcomes]);
  return new Map(
    [...wanted].map(([id, sets]) => {
      const groups = new Map(entries.get(id)?.outcomes.map((outcome) => [sets.map((set) => set.includes(outcome)).join(), outcome]));
      return [id, [...groups.values()]];
    }),
  );
}

/** A condition that names what is not there or comes later is another rule's finding: here it may hold or not. */
function askable(when: Condition | undefined, index: number, entries: ReadonlyMap<string, Entry>): Condition | "unclear" | undefined {
  if (when === undefined) return undefined;
  const clear = refersOf(when).every(({ id, outcomes }) => {
    const entry = entries.get(id);
    return entry !== undefined && entry.index < index && outcomes.every((outcome) => entry.outcomes.includes(outcome));
  });
  return clear ? when : "unclear";
}

/** Evidence is looked at when a condition first names it: until then all its outcomes are open. */
function readEvidence(state: State, when: Condition, told: Map<string, string[]>, entries: ReadonlyMap<string, Entry>): State[] {
  const unread = idsOf(when).filter((id) => entries.get(id)!.index === -1 && !state.has(id));
  let states = [state];
  for (const id of unread) states = states.flatMap((one) => told.get(id)!.map((outcome) => new Map([...one, [id, outcome]])));
  return states;
}

function rereadBy(step: Step): string[] {
  const kind = stepKinds.find((one) => one.kind === step.kind)!;
  return step.kind === "wait" || step.kind === "mitigate" ? (kind.refers?.(step.body) ?? []).map(({ id }) => id) : [];
}

function forget(state: State, ids: string[]): State {
  return new Map([...state].filter(([id]) => !ids.includes(id)));
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
