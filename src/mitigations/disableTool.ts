import { z } from "zod";
import type { Mitigation } from "./mitigation.ts";

const params = z.strictObject({
  tool: z
    .string()
    .trim()
    .regex(/^\w[\w.-]{0,63}$/, { message: "needs the name of a tool: letters, digits, _, - and ., at most 64" }),
});

export const disableTool: Mitigation<z.infer<typeof params>> = {
  kind: "disable-tool",
  summary: "take one tool away from the model until somebody gives it back",
  schema: params,
  example: "tool: refund",
  setting: ({ tool }) => `tools.${tool}`,
  atEnd: "remind",
  change: () => ({ is: false }),
  // No signal counts the calls of one tool.
  effect: () => [],
};
