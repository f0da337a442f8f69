import { z } from "zod";
import { harmless } from "../harmless.ts";
import type { Mitigation } from "./mitigation.ts";

const params = z
  .strictObject({
    answer: z.enum(["message", "cached", "rules", "error"]),
    text: z
      .string()
      .trim()
      .min(1)
      .max(1000)
      .refine((text) => harmless(text) === text, { message: "needs one line without control or invisible characters" })
      .optional(),
  })
  .refine(({ answer, text }) => text === undefined || answer === "message", {
    path: ["text"],
    message: "goes with answer: message only",
  });

export const fallbackResponse: Mitigation<z.infer<typeof params>> = {
  kind: "fallback-response",
  summary: "what users see while a route is off: a message, a cached answer, an answer by rules, or an error",
  schema: params,
  example: "answer: message\ntext: We are back soon.",
  setting: "fallback_response",
  atEnd: "undo",
  change: (_now, { answer, text }) => ({ is: text === undefined ? answer : { answer, text } }),
  // What the gateway says instead of a model is no answer of a model: no signal tells the kinds of it apart.
  effect: () => [],
};
