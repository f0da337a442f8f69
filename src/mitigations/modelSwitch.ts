import { z } from "zod";
import type { Effect, Mitigation } from "./mitigation.ts";

const params = z.strictObject({ model: z.string().trim().min(1).max(200) });

export const modelSwitch: Mitigation<z.infer<typeof params>> = {
  kind: "model-switch",
  summary: "serve the same calls with another model",
  schema: params,
  example: "model: gpt-4o-mini",
  setting: "model",
  atEnd: "undo",
  change: (_now, { model }) => ({ is: model }),
  names: ({ model }) => ({ model }),
  effect({ before, after }) {
    if (!("is" in after) || typeof after.is !== "string") return [];
    const arrived: Effect = {
      signal: "request_rate",
      scope: { model: after.is },
      healthy: { operator: ">", number: 0 },
    };
    if (!("is" in before) || typeof before.is !== "string" || before.is === after.is) return [arrived];
    return [{ signal: "request_rate", scope: { model: before.is }, healthy: { operator: "<=", number: 0 } }, arrived];
  },
};
