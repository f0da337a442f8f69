import { z } from "zod";
import type { Mitigation } from "./mitigation.ts";

export const killSwitch: Mitigation<Record<string, never>> = {
  kind: "kill-switch",
  summary: "turn a route off: nothing is sent to a model until somebody turns it on again",
  schema: z.strictObject({}),
  example: "{}",
  setting: "enabled",
  atEnd: "remind",
  change: () => ({ is: false }),
  effect: () => [{ signal: "answer_rate", scope: {}, healthy: { operator: "<=", number: 0 } }],
  probe: () => ({ refused: true }),
};
