import { z } from "zod";
import type { Mitigation } from "./mitigation.ts";

export const deployFreeze: Mitigation<Record<string, never>> = {
  kind: "deploy-freeze",
  summary: "deploy nothing until somebody thaws it",
  schema: z.strictObject({}),
  example: "{}",
  setting: "deploys_frozen",
  atEnd: "remind",
  change: () => ({ is: true }),
  // That nothing happens shows nothing.
  effect: () => [],
};
