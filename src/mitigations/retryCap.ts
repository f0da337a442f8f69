import { z } from "zod";
import { lower } from "./limit.ts";
import type { Mitigation } from "./mitigation.ts";

const params = z.strictObject({ max_retries: z.int().min(0).max(10) });

export const retryCap: Mitigation<z.infer<typeof params>> = {
  kind: "retry-cap",
  summary: "cap the attempts after the first; a stricter cap stays",
  schema: params,
  example: "max_retries: 1",
  setting: "max_retries",
  atEnd: "undo",
  change: (now, { max_retries }) => lower(now, max_retries),
  // The signal counts the first attempt too.
  effect({ after }) {
    if (!("is" in after) || typeof after.is !== "number") return [];
    return [{ signal: "retry_amplification", scope: {}, healthy: { operator: "<=", number: 1 + after.is } }];
  },
};
