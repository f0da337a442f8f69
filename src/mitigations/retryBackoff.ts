import { z } from "zod";
import { durationSchema } from "../schema/schema.ts";
import type { Mitigation } from "./mitigation.ts";

const params = z
  .strictObject({ base: durationSchema, max: durationSchema, jitter: z.boolean().default(true) })
  .refine(({ base, max }) => base <= max, { path: ["max"], message: "needs to be at least as long as base" });

export const retryBackoff: Mitigation<z.infer<typeof params>> = {
  kind: "retry-backoff",
  summary: "wait longer before every further attempt, and not all callers at once",
  schema: params,
  example: "base: 1s\nmax: 30s",
  setting: "retry_backoff",
  atEnd: "undo",
  change: (_now, { base, max, jitter }) => ({ is: { base_ms: base, max_ms: max, jitter } }),
  // Signals count attempts and time whole calls; none shows the pauses between.
  effect: () => [],
};
