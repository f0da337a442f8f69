import { z } from "zod";
import type { Mitigation } from "./mitigation.ts";

export const cache: Mitigation<Record<string, never>> = {
  kind: "cache",
  summary: "answer repeated questions from the cache",
  schema: z.strictObject({}),
  example: "{}",
  setting: "cache",
  atEnd: "undo",
  change: () => ({ is: true }),
  effect: () => [{ signal: "cache_hit_rate", scope: {}, healthy: { operator: ">", number: 0 } }],
};
