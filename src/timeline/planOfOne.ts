import type { Plan } from "./event.ts";
import type { Change } from "./setting.ts";

/** What a plan of several says about one of its changes. */
export function planOfOne(plan: Plan, i: number): Plan {
  const effects = plan.effects.filter(({ of = 0 }) => of === i);
  return { ...plan, changes: plan.changes.slice(i, i + 1), reads: plan.reads.slice(i, i + 1), effects };
}

/** Stands for a plan whose record is damaged. */
export function unknownPlan(change: Change): Plan {
  return { changes: [change], reads: [], wider: [], effects: [], withinMs: 0, reason: "" };
}
