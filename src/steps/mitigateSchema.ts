import { z } from "zod";
import { durationSchema } from "../schema/schema.ts";
import { dimensions, type Dimension, type Scope } from "../timeline/scope.ts";
import { conditionSchema, type Condition } from "./condition.ts";

/** Times in ms. What is left out comes from the project's `defaults`, else is asked. */
export interface MitigateBody {
  /** kind of mitigation */
  do: string;
  with: Record<string, unknown>;
  /** narrows the incident's scope to these dimensions */
  on?: Dimension[];
  /** given on the command line instead: a change for each; a value of `*` means every one there is */
  scopes?: Scope[];
  forMs?: number;
  verify?: Condition;
  withinMs?: number;
  target?: string;
}

const dimension = z.enum(dimensions);

export const mitigateSchema: z.ZodType<MitigateBody> = z
  .strictObject({
    do: z.string(),
    with: z.record(z.string(), z.unknown()).default({}),
    on: z.union([dimension, z.array(dimension).min(1)]).optional(),
    for: durationSchema.optional(),
    verify: conditionSchema.optional(),
    within: durationSchema.optional(),
    target: z.string().optional(),
  })
  .transform(({ on, for: forMs, verify, within: withinMs, target, ...body }) => ({
    ...body,
    ...(on === undefined ? {} : { on: [on].flat() }),
    ...(forMs === undefined ? {} : { forMs }),
    ...(verify === undefined ? {} : { verify }),
    ...(withinMs === undefined ? {} : { withinMs }),
    ...(target === undefined ? {} : { target }),
  }));

/** One step or several, as written; undone last first. */
export const undoSchema: z.ZodType<string[]> = z
  .union([z.string(), z.array(z.string()).min(1)])
  .transform((given) => [given].flat());
