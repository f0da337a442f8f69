import { z } from "zod";
import type { Mitigation } from "./mitigation.ts";
import { movedTo } from "./moved.ts";
import { nameSchema } from "./name.ts";
import { reportsName } from "./reports.ts";

const params = z.strictObject({ model: nameSchema });

export const modelSwitch: Mitigation<z.infer<typeof params>> = {
  kind: "model-switch",
  summary: "serve the same calls with another model",
  schema: params,
  example: "model: gpt-4o-mini",
  setting: "model",
  atEnd: "undo",
  change: (_now, { model }) => ({ is: model }),
  names: ({ model }) => ({ model: [model] }),
  effect: (change) => movedTo("model", change),
  probe: ({ before, after }) => reportsName("model", before, after),
};
