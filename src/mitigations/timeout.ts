import { z } from "zod";
import { formatDuration } from "../duration.ts";
import { durationSchema } from "../schema/schema.ts";
import type { Odd } from "../timeline/event.ts";
import { lower } from "./limit.ts";
import type { Mitigation } from "./mitigation.ts";

const params = z.strictObject({
  timeout: durationSchema.refine((ms) => ms <= 3_600_000, { message: "needs at most 1h" }),
});

export const timeout: Mitigation<z.infer<typeof params>> = {
  kind: "timeout",
  summary: "give up on calls that take longer; a shorter timeout stays",
  schema: params,
  example: "timeout: 20s",
  setting: "timeout_ms",
  atEnd: "undo",
  change: (now, params) => lower(now, params.timeout),
  odd: { signal: "latency_p50", why: (params, seconds) => oddTimeout(params.timeout, seconds) },
  // What is cut off still takes the gateway a moment: a tenth more.
  effect({ after }) {
    if (!("is" in after) || typeof after.is !== "number") return [];
    return [{ signal: "latency_p99", scope: {}, healthy: { operator: "<=", number: (after.is * 1.1) / 1000 } }];
  },
};

function oddTimeout(ms: number, seconds: number): Odd | undefined {
  const type = formatDuration(ms);
  const now = `the median is ${seconds.toPrecision(2)} s now`;
  if (ms < seconds * 1000) return { why: `a timeout of ${type} cuts off more than half of the calls: ${now}`, type };
  if (seconds > 0 && ms > seconds * 100_000) return { why: `a timeout of ${type} cuts off nothing: ${now}`, type };
  return undefined;
}
