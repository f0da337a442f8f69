import { z } from "zod";
import { durationSchema } from "../schema/schema.ts";
import { parseBound, type Healthy } from "../timeline/verdict.ts";

export const boundSchema = z.string().transform((text, context) => {
  const parsed = parseBound(text);
  if (parsed !== undefined) return parsed;
  const factor = parseBound(text, true) !== undefined;
  const message = factor
    ? `a factor of usual is written { change: "${text}" }`
    : 'expected a bound like "< 20", "<= 2%" or ">= 0.7"';
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

export const factorSchema = z.string().transform((text, context) => {
  const parsed = parseBound(text, true);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: "custom", message: 'expected a factor of usual like "< 1.5x"' });
  return z.NEVER;
});

const detailed = z
  .strictObject({
    is: boundSchema.optional(),
    z: z.number().positive().optional(),
    change: factorSchema.optional(),
    for: durationSchema.optional(),
  })
  .transform(({ is, z: deviations, change, for: forMs }, context): Healthy => {
    const lasting = forMs === undefined ? {} : { forMs };
    if ([is, deviations, change].filter((one) => one !== undefined).length > 1)
      context.addIssue({ code: "custom", message: "expected only one of is, z and change" });
    if (is !== undefined) return { kind: "bound", bound: is, ...lasting };
    if (change !== undefined) return { kind: "change", bound: change, ...lasting };
    return { kind: "normal", z: deviations ?? 3, ...lasting };
  });

/** `"< 20"`, `{ is: "< 20", for: 10m }`, `{ z: 3 }`, `{ change: "< 1.5x" }`; `{ for: 10m }` alone: usual for that long. */
export const healthySchema = z.union([boundSchema.transform((b): Healthy => ({ kind: "bound", bound: b })), detailed]);
