import { z } from "zod";

/** `prices` in `llmops.yaml`: model → US dollars for a million tokens. */
export const pricesSchema = z.record(
  z.string(),
  z.strictObject({ in: z.number().nonnegative(), out: z.number().nonnegative() }),
);
export type Prices = z.output<typeof pricesSchema>;
