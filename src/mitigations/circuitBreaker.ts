import { z } from "zod";
import { durationSchema } from "../schema/schema.ts";
import type { Mitigation } from "./mitigation.ts";

const needsBoth = "goes with the other of failures and cooldown";
const params = z
  .strictObject({ failures: z.int().min(1).max(10_000).optional(), cooldown: durationSchema.optional() })
  .refine(({ failures, cooldown }) => failures === undefined || cooldown !== undefined, {
    path: ["cooldown"],
    message: needsBoth,
  })
  .refine(({ failures, cooldown }) => cooldown === undefined || failures !== undefined, {
    path: ["failures"],
    message: needsBoth,
  });

/** Without numbers it is turned on, and a gateway that has some keeps its own. */
export const circuitBreaker: Mitigation<z.infer<typeof params>> = {
  kind: "circuit-breaker",
  summary: "after so many failures in a row, ask the provider no more for a while",
  schema: params,
  example: "failures: 5\ncooldown: 30s",
  setting: "circuit_breaker",
  atEnd: "undo",
  change(now, { failures, cooldown }) {
    if (failures !== undefined && cooldown !== undefined) return { is: { failures, cooldown_ms: cooldown } };
    const isSet = "is" in now && typeof now.is === "object" && now.is !== null && !Array.isArray(now.is);
    return isSet ? now : { is: true };
  },
  // circuit_state tells whether it is open, which a breaker that works need not be.
  effect: () => [],
};
