import { z } from "zod";
import type { Value } from "../timeline/value.ts";
import type { Mitigation } from "./mitigation.ts";
import { nameSchema } from "./name.ts";

/** A list, or names with commas between them: `--with models=a,b` on the command line. */
const params = z.strictObject({
  models: z
    .union([z.string(), z.array(z.string())])
    .transform((given) => (typeof given === "string" ? given.split(",") : given))
    .pipe(z.array(nameSchema).min(1).max(10))
    .refine((models) => new Set(models).size === models.length, { message: "names a model twice" }),
});

export const fallbackChain: Mitigation<z.infer<typeof params>> = {
  kind: "fallback-chain",
  summary: "the models that answer when the first one fails, in this order",
  schema: params,
  example: "models: [gpt-4o-mini, claude-3-5-haiku]",
  setting: "fallbacks",
  atEnd: "undo",
  change: (_now, { models }) => ({ is: models }),
  names: ({ models }) => ({ model: models }),
  // Of the later ones nothing is seen as long as the first of them answers.
  effect({ before, after }) {
    const [first] = modelsIn(after);
    if (first === undefined || modelsIn(before)[0] === first) return [];
    return [{ signal: "request_rate", scope: { model: first }, healthy: { operator: ">", number: 0 } }];
  },
};

function modelsIn(value: Value): string[] {
  if (!("is" in value) || !Array.isArray(value.is)) return [];
  return value.is.filter((one) => typeof one === "string");
}
