import { z } from "zod";
import type { StepKind } from "./step.ts";

const kinds = ["failed", "flagged", "expensive", "slow", "random"] as const;

interface LogsBody {
  of: (typeof kinds)[number];
  /** how many calls to look at */
  sample: number;
  /** each one is judged by the person: as it should be, or not */
  rate: boolean;
}

export const logs: StepKind<LogsBody> = {
  kind: "logs",
  summary: "shows a few calls to look at",
  schema: z.strictObject({
    of: z.enum(kinds),
    sample: z.number().int().min(1).max(100).default(10),
    rate: z.boolean().default(false),
  }),
  example: `
id: look
title: What do the failed calls say?
logs: { of: failed, sample: 5 }
`,
  outcomes: () => ["sampled", "none", "error", "not-offered"],
  // oxlint-disable-next-line require-yield
  async *run({ body }, context) {
    context.say(
      `No logs are set up. By hand: look at ${body.sample} ${body.of} calls${body.rate ? " and judge each" : ""}.`,
    );
    return "not-offered";
  },
};
