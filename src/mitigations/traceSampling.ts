import { z } from "zod";
import type { Mitigation } from "./mitigation.ts";

const params = z.strictObject({ rate: z.number().positive().max(1).default(1) });

export const traceSampling: Mitigation<z.infer<typeof params>> = {
  kind: "trace-sampling",
  summary: "record more of the calls, 1 is all of them; a higher rate stays",
  schema: params,
  example: "rate: 1",
  setting: "trace_sample_rate",
  atEnd: "undo",
  change: (now, { rate }) => ("is" in now && typeof now.is === "number" && now.is >= rate ? now : { is: rate }),
  // Signals are weighed by the rate, so that they stay as they are.
  effect: () => [],
};
