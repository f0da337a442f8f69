import { z } from "zod";
import { lower, oddCap } from "./limit.ts";
import type { Mitigation } from "./mitigation.ts";

const params = z.strictObject({ usd_per_hour: z.number().positive().max(1_000_000) });

export const budgetCap: Mitigation<z.infer<typeof params>> = {
  kind: "budget-cap",
  summary: "cap the dollars per hour; a stricter cap stays",
  schema: params,
  example: "usd_per_hour: 20",
  setting: "budget_usd_per_hour",
  atEnd: "undo",
  change: (now, { usd_per_hour }) => lower(now, usd_per_hour),
  odd: { signal: "cost_per_hour", why: ({ usd_per_hour }, flows) => oddCap(usd_per_hour, flows, "dollars per hour") },
  effect({ after }) {
    if (!("is" in after) || typeof after.is !== "number") return [];
    return [{ signal: "cost_per_hour", scope: {}, healthy: { operator: "<=", number: after.is } }];
  },
};
