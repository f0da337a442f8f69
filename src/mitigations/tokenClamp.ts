import { z } from "zod";
import { lower, oddCap } from "./limit.ts";
import type { Mitigation } from "./mitigation.ts";

const params = z.strictObject({ max_tokens: z.int().min(1).max(1_000_000) });

export const tokenClamp: Mitigation<z.infer<typeof params>> = {
  kind: "token-clamp",
  summary: "cap the tokens of one answer; a stricter cap stays",
  schema: params,
  example: "max_tokens: 512",
  setting: "max_tokens",
  atEnd: "undo",
  change: (now, { max_tokens }) => lower(now, max_tokens),
  odd: {
    signal: "tokens_out_p95",
    why: ({ max_tokens }, flows) => oddCap(max_tokens, flows, "tokens out of an answer, p95"),
  },
  effect({ after }) {
    if (!("is" in after) || typeof after.is !== "number") return [];
    return [{ signal: "tokens_out_p95", scope: {}, healthy: { operator: "<=", number: after.is } }];
  },
  probe({ after }) {
    return "is" in after && typeof after.is === "number" ? { reports: "max_tokens", atMost: after.is } : undefined;
  },
};
