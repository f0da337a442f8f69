import { z } from "zod";
import { lower, oddCap } from "./limit.ts";
import type { Mitigation } from "./mitigation.ts";

const params = z.strictObject({ max_input_tokens: z.int().min(1).max(100_000_000) });

export const inputClamp: Mitigation<z.infer<typeof params>> = {
  kind: "input-clamp",
  summary: "cap the tokens of one prompt; a stricter cap stays",
  schema: params,
  example: "max_input_tokens: 8000",
  setting: "max_input_tokens",
  atEnd: "undo",
  change: (now, { max_input_tokens }) => lower(now, max_input_tokens),
  odd: {
    signal: "tokens_in_p95",
    why: ({ max_input_tokens }, flows) => oddCap(max_input_tokens, flows, "tokens in of a call, p95"),
  },
  effect({ after }) {
    if (!("is" in after) || typeof after.is !== "number") return [];
    return [{ signal: "tokens_in_p95", scope: {}, healthy: { operator: "<=", number: after.is } }];
  },
};
