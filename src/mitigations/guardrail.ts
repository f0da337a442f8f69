import { z } from "zod";
import type { Mitigation } from "./mitigation.ts";
import { nameSchema } from "./name.ts";

const params = z.strictObject({
  name: nameSchema
    .refine((name) => !/^(off|no|none|false|disabled|0)$/i.test(name), { message: "never turns guardrails off" })
    .optional(),
});

/** What is kept as a list gets one more entry; else the name is the value, and without one they are turned on. */
export const guardrail: Mitigation<z.infer<typeof params>> = {
  kind: "guardrail",
  summary: "turn guardrails on, or one of them by its name or level",
  schema: params,
  example: "name: strict",
  setting: "guardrails",
  atEnd: "undo",
  change(now, { name }) {
    const is = "is" in now ? now.is : null;
    if (name === undefined) return isOff(is) ? { is: true } : now;
    if (!Array.isArray(is)) return { is: name };
    return is.includes(name) ? now : { is: [...is, name] };
  },
  // One that stops more makes violations rise, one that keeps attacks out makes them fall.
  effect: () => [],
};

/** A level or a list that somebody chose is on already. */
function isOff(is: unknown): boolean {
  return is === null || typeof is === "boolean" || typeof is === "number" || is === "" || is === "off";
}
