import { z } from "zod";
import { durationSchema } from "../schema/schema.ts";
import { dimensions } from "../timeline/scope.ts";
import { secretSchema } from "../world/secret.ts";
import { connectionShape } from "./connection.ts";

const name = z.string().min(1);

export const langfuseSchema = z.strictObject({
  url: connectionShape.url,
  public_key: secretSchema,
  secret_key: secretSchema,
  ca: connectionShape.ca,
  deadline: durationSchema.default(10_000),
  /** dimension → a field of observations, or `metadata.KEY`, which can be narrowed to but not split by */
  dimensions: z
    .partialRecord(z.enum(dimensions), name)
    .default({})
    .transform((given) => ({ ...usualFields, ...given })),
  /** signal → a score's name: its average; or which part of its values counts */
  scores: z
    .record(
      name,
      z.union([
        name.transform((score) => ({ score })),
        z.strictObject({ score: name, below: z.number() }),
        z.strictObject({ score: name, above: z.number() }),
        z.strictObject({ score: name, is: z.union([z.string(), z.boolean()]) }),
      ]),
    )
    .default({}),
});
export type LangfuseSettings = z.output<typeof langfuseSchema>;

const usualFields = { route: "traceName", model: "providedModelName", env: "environment", user: "userId" } as const;

export type Score = LangfuseSettings["scores"][string];
