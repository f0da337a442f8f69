import { z } from "zod";
import { conditionSchema, type Condition } from "./condition.ts";

/** `question` with either `choices` (and hints), or `pick`: an evidence whose parts are the choices. */
export type AskBody =
  | { question: string; choices: { value: string; label: string }[]; hints: { choice: string; when: Condition }[] }
  | { question: string; pick: string };

/** Ids of runbooks, evidence, steps and choices: one word that never needs quotes and stands in a condition. */
export const idSchema = z
  .string()
  .regex(/^[A-Za-z][\w-]*$/, { error: "needs letters, digits, - and _ only, a letter first" })
  .max(60)
  .refine((id) => id !== "any" && id !== "skipped", { error: "is a word of conditions: take another" });

const choices = z
  .record(idSchema, z.string().min(1), { error: "needs a map of id: text" })
  .refine((given) => Object.keys(given).length >= 2, { error: "needs at least two choices" });

export const askSchema: z.ZodType<AskBody> = z
  .strictObject({
    question: z.string().min(1),
    choices: choices.optional(),
    hint: z.record(z.string(), conditionSchema, { error: "needs a map of choice: condition" }).optional(),
    pick: z.string().optional(),
  })
  .superRefine(({ choices: given, hint, pick }, context) => {
    const wrong =
      (given === undefined) === (pick === undefined)
        ? "needs either choices or pick"
        : pick !== undefined && hint !== undefined
          ? "takes no hint with pick: the evidence proposes its largest part"
          : undefined;
    if (wrong !== undefined) context.addIssue({ code: "custom", message: wrong });
  })
  .transform(({ question, choices: given, hint, pick }) =>
    pick !== undefined
      ? { question, pick }
      : {
          question,
          choices: Object.entries(given ?? {}).map(([value, label]) => ({ value, label })),
          hints: Object.entries(hint ?? {}).map(([choice, when]) => ({ choice, when })),
        },
  );
