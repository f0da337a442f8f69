import type { z } from "zod";
import type { Fact } from "../timeline/event.ts";
import type { Incident } from "../timeline/incident.ts";
import type { Condition } from "./condition.ts";
import type { Context } from "./context.ts";

/** One entry of the walk. `body` has the shape of its kind's schema output. */
export interface Step<Body = unknown> {
  id: string;
  title: string;
  kind: string;
  body: Body;
  when?: Condition;
}

/** A fact, or how it is made from the incident as it is when it is written. */
export type Said = Fact | ((incident: Incident) => Fact);

/** The step goes on in the background: its `step-ended` is written when its verdict is known. */
export const settling = Symbol("settling");

/** A tail call into another runbook. */
export interface Continue {
  continue: string;
}

export interface StepKind<Body = unknown> {
  kind: string;
  summary: string;
  /** zod schema of the value under the kind's key; its output is `Body` */
  schema: z.ZodType<Body>;
  /** one whole step as YAML */
  example: string;
  /** every outcome the step can end in ("skipped" is understood) */
  outcomes(body: Body): string[];
  /** ids that the body names and what each must be able to end in; for the linter */
  refers?(body: Body): { id: string; outcomes?: string[]; at: (string | number)[] }[];
  /** each yielded fact is durable before the generator goes on; a function is asked anew when others wrote meanwhile */
  run(step: Step<Body>, context: Context): AsyncGenerator<Said, string | typeof settling | Continue, void>;
}
