import type { Runbook } from "../../runbook/runbook.ts";
import { refersOf } from "../../steps/condition.ts";
import { outcomesOf, stepKinds } from "../../steps/index.ts";
import { outcomesOfAsk } from "../../steps/measure.ts";
import { ofLast } from "../ofLast.ts";

/** Something that conditions can name. */
export interface Entry {
  id: string;
  outcomes: string[];
  /** place among the steps; -1: evidence, there before all steps */
  index: number;
}

/** One mention of an id. */
export interface Reference {
  id: string;
  outcomes: string[];
  path: (string | number)[];
  /** the id is the key at `path`, as in conditions; else its value */
  key: boolean;
  /** the step that mentions it */
  index: number;
}

/** Evidence and steps by id; of those with the same id the first. A step may also end in "skipped". Made once for all rules. */
export const entriesOf: (runbook: Runbook) => Map<string, Entry> = ofLast(findEntries);

/** Every mention of an id, in the order of the steps. Made once for all rules. */
export const referencesOf: (runbook: Runbook) => readonly Reference[] = ofLast(findReferences);

function findEntries({ evidence, steps }: Runbook): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  const add = (entry: Entry) => void (entries.has(entry.id) || entries.set(entry.id, entry));
  for (const one of evidence) add({ id: one.id, outcomes: outcomesOfAsk(one), index: -1 });
  for (const [index, step] of steps.entries()) add({ id: step.id, outcomes: [...outcomesOf(step), "skipped"], index });
  return entries;
}

function findReferences({ steps }: Runbook): Reference[] {
  return steps.flatMap((step, index) => {
    const kind = stepKinds.find((one) => one.kind === step.kind)!;
    const inWhen = step.when === undefined ? [] : refersOf(step.when, ["when"]);
    const inBody = (kind.refers?.(step.body) ?? []).map((ref) => ({ ...ref, at: [step.kind, ...ref.at] }));
    return [...inWhen, ...inBody].map(({ id, outcomes = [], at }) => ({
      id,
      outcomes,
      path: ["steps", index, ...at],
      key: at.at(-1) === id,
      index,
    }));
  });
}
