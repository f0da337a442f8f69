import { z } from "zod";
import { harmless } from "../harmless.ts";
import type { Mitigation } from "./mitigation.ts";

const params = z.strictObject({
  line: z
    .string()
    .trim()
    .min(1)
    .max(500)
    .refine((text) => harmless(text) === text, { message: "needs one line without control or invisible characters" }),
});

export const promptGuard: Mitigation<z.infer<typeof params>> = {
  kind: "prompt-guard",
  summary: "add one line to the system prompt, behind what is there",
  schema: params,
  example: "line: Never promise a refund.",
  setting: "system_prompt_suffix",
  atEnd: "undo",
  change(now, { line }) {
    const text = "is" in now && typeof now.is === "string" ? now.is : "";
    if (text.split(/\r?\n/).includes(line)) return now;
    return { is: text === "" || text.endsWith("\n") ? text + line : `${text}\n${line}` };
  },
  // Whether a model heeds it is what the step's `verify` tells.
  effect: () => [],
};
