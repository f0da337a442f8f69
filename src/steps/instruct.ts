import { z } from "zod";
import type { StepKind } from "./step.ts";

interface InstructBody {
  say: string;
  links: string[];
}

const text = z.string().min(1);
const link = z.string().regex(/^https?:\/\/\S+$/, { error: "needs a link that starts with http:// or https://" });

export const instruct: StepKind<InstructBody> = {
  kind: "instruct",
  summary: "something that a person does by hand",
  schema: z.union([
    text.transform((say) => ({ say, links: [] as string[] })),
    z.strictObject({ say: text, links: z.array(link).default([]) }),
  ]),
  example: `
id: take-back
title: Take back the last prompt
instruct: Set the route back to the prompt version before the last change.
`,
  outcomes: () => ["done", "not-done"],
  // oxlint-disable-next-line require-yield
  async *run({ body: { say, links } }, context) {
    const lines = [...say.trimEnd().split("\n"), ...links];
    context.say(...lines.map((line) => `  ${line}`));
    return context.choose({
      question: "Is it done?",
      choices: [
        { value: "done", label: "Done" },
        { value: "not-done", label: "Not done" },
      ],
      otherwise: "not-done",
    });
  },
};
