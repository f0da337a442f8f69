import { z } from "zod";
import type { Mitigation } from "./mitigation.ts";

export const block: Mitigation<Record<string, never>> = {
  kind: "block",
  summary: "serve one user, tenant or model no longer",
  schema: z.strictObject({}),
  example: "{}",
  setting: "blocked",
  atEnd: "remind",
  change: () => ({ is: true }),
  effect: () => [{ signal: "answer_rate", scope: {}, healthy: { operator: "<=", number: 0 } }],
  probe: () => ({ refused: true }),
};
