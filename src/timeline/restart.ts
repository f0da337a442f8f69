import type { Placed } from "./changes.ts";
import type { Outline, TrackedChange } from "./incident.ts";

/** How a restart is called on the timeline. */
export function restartOf(what: string): string {
  return `restart ${what}`;
}

/** One thing that was to be restarted, and was not seen to be. */
export interface Owed {
  target: string;
  what: string;
  /** the command that does it */
  byHand?: string;
  /** for these changes; what an undo put back is not seen either */
  changes: Placed[];
}

/** The restarts that these incidents owe: the readers go on with the value before. */
export function owedRestarts(incidents: readonly Outline[]): Owed[] {
  const owed = new Map<string, Owed>();
  for (const incident of incidents)
    for (const tracked of incident.changes) {
      const what = owedBy(tracked);
      if (what === undefined) continue;
      const { target } = tracked.change;
      const byHand = tracked.plan.reads[0]?.restartByHand;
      const key = JSON.stringify([target, what]);
      const known = owed.get(key) ?? { target, what, ...(byHand === undefined ? {} : { byHand }), changes: [] };
      owed.set(key, { ...known, changes: [...known.changes, { incident, tracked }] });
    }
  return [...owed.values()];
}

/** A change that somebody else replaced owes nothing any more. */
export function owedBy({ state, change, restartOwed }: TrackedChange): string | undefined {
  return state === "applied" || change.undoes !== undefined ? restartOwed : undefined;
}
