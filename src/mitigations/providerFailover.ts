import { z } from "zod";
import type { Mitigation } from "./mitigation.ts";
import { movedTo } from "./moved.ts";
import { nameSchema } from "./name.ts";
import { reportsName } from "./reports.ts";

const params = z.strictObject({ provider: nameSchema });

/** A standby is one that nobody was served by yet: its name cannot be checked against what is seen, only its effect. */
export const providerFailover: Mitigation<z.infer<typeof params>> = {
  kind: "provider-failover",
  summary: "serve the same model from another provider",
  schema: params,
  example: "provider: azure",
  setting: "provider",
  atEnd: "undo",
  change: (_now, { provider }) => ({ is: provider }),
  effect: (change) => movedTo("provider", change),
  probe: ({ before, after }) => reportsName("provider", before, after),
};
