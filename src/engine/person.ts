import type { Question } from "../steps/context.ts";
import type { Plan } from "../timeline/event.ts";
import type { Dimension } from "../timeline/scope.ts";

/** Who answers: somebody at a keyboard, or an answers file. `step` is the id of the step that asks. */
export interface Person {
  /** nobody sees the prompts: what was answered beforehand is said */
  unattended: boolean;
  choose(step: string, question: Question): Promise<string>;
  line(step: string, question: string): Promise<string>;
  pick(step: string, dimension: Dimension, known: { name: string; note?: string }[]): Promise<string>;
  consent(step: string, plan: Plan): Promise<boolean>;
  pause(text: string, ms: number): Promise<"elapsed" | "key">;
  /** a step failed: try it again? */
  again(step: string): Promise<boolean>;
}

/** Leaves the step that is being walked: skip it, or go back to the one before. */
export class Leave extends Error {
  readonly to: "skip" | "back";
  readonly reason: string;
  constructor(to: "skip" | "back", reason = "") {
    super(to);
    this.to = to;
    this.reason = reason;
  }
}

/** What must be typed to agree to a plan that reaches further than asked, or everywhere; undefined: `y` is enough. */
export function nameToType(plan: Plan): string | undefined {
  const scope = plan.changes[0]?.scope ?? {};
  const named = Object.values(scope)[0];
  if (named === undefined) return "everything";
  return plan.wider.length > 0 ? named : undefined;
}
