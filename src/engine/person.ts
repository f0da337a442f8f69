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
  /** as `pause`, while nothing of ours is under way: a key that is a command is carried out, any other is told */
  idle(what: string, ms: number): Promise<"elapsed" | "key">;
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

/**
 * What must be typed to agree to a plan: how many changes, the environment that the server says it is, what looks like a
 * slip, and the name of what is reached where that is everything or more than asked. Undefined: `y` is enough.
 */
export function wordsToType({ changes, reads, all, odd = [], wider }: Plan): string | undefined {
  const several = changes.length > 1 || all !== undefined;
  const reach = Object.values(changes[0]?.scope ?? {})[0];
  const words = [
    ...(several ? [String(changes.length)] : []),
    ...(reads[0]?.place === undefined ? [] : [reads[0].place]),
    ...odd.map(({ type }) => type),
    ...(reach === undefined ? ["everything"] : wider.length > 0 && !several ? [reach] : []),
  ];
  return words.length === 0 ? undefined : [...new Set(words)].join(" ");
}
