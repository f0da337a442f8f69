import { z } from "zod";
import { lower, oddCap } from "./limit.ts";
import type { Effect, Mitigation } from "./mitigation.ts";

const params = z.strictObject({ tpm: z.int().min(1).max(1_000_000_000) });

export const tokenBudget: Mitigation<z.infer<typeof params>> = {
  kind: "token-budget",
  summary: "cap the tokens per minute, in and out; a stricter cap stays",
  schema: params,
  example: "tpm: 200000",
  setting: "tpm_limit",
  atEnd: "undo",
  change: (now, { tpm }) => lower(now, tpm),
  odd: { signal: "tokens_in_rate", why: ({ tpm }, flows) => oddCap(tpm, flows * 60, "tokens in per minute") },
  // No signal counts both; each alone must fit.
  effect({ after }) {
    if (!("is" in after) || typeof after.is !== "number") return [];
    const healthy: Effect["healthy"] = { operator: "<=", number: after.is / 60 };
    return ["tokens_in_rate", "tokens_out_rate"].map((signal) => ({ signal, scope: {}, healthy }));
  },
};
