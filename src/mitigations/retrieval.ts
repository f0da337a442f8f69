import { z } from "zod";
import type { Mitigation } from "./mitigation.ts";

const params = z.strictObject({ mode: z.enum(["off", "degraded"]).default("off") });

/** Off is false, as with other switches; what is off already does not come back degraded. */
export const retrieval: Mitigation<z.infer<typeof params>> = {
  kind: "retrieval",
  summary: "answer without retrieved documents, or with fewer of them",
  schema: params,
  example: "mode: off",
  setting: "retrieval",
  atEnd: "undo",
  change: (now, { mode }) => (mode === "off" || ("is" in now && now.is === false) ? { is: false } : { is: mode }),
  // It makes prompts shorter and retrieval rarer, by how much nobody knows before.
  effect: () => [],
};
