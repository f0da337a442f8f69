import { z } from "zod";
import { lower, oddCap } from "./limit.ts";
import type { Mitigation } from "./mitigation.ts";

const params = z.strictObject({ rpm: z.int().min(1).max(1_000_000) });

export const rateLimit: Mitigation<z.infer<typeof params>> = {
  kind: "rate-limit",
  summary: "cap the requests per minute; a stricter cap stays",
  schema: params,
  example: "rpm: 60",
  setting: "rpm_limit",
  atEnd: "undo",
  change: (now, { rpm }) => lower(now, rpm),
  odd: { signal: "request_rate", why: ({ rpm }, flows) => oddCap(rpm, flows * 60, "requests per minute") },
  // Requests beyond the limit are still counted as requests; what it caps is answers.
  effect({ after }) {
    if (!("is" in after) || typeof after.is !== "number") return [];
    return [{ signal: "answer_rate", scope: {}, healthy: { operator: "<=", number: after.is / 60 } }];
  },
};
