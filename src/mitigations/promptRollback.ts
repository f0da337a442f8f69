import { z } from "zod";
import type { Mitigation } from "./mitigation.ts";
import { nameSchema } from "./name.ts";

/** Version numbers are names too: `--with version=14`. */
const params = z.strictObject({
  version: z
    .union([z.string(), z.int().min(0)])
    .transform(String)
    .pipe(nameSchema),
});

export const promptRollback: Mitigation<z.infer<typeof params>> = {
  kind: "prompt-rollback",
  summary: "go back to an earlier version of the prompt",
  schema: params,
  example: "version: v14",
  setting: "prompt_version",
  atEnd: "undo",
  // A version that is kept as a number stays one.
  change: (now, { version }) =>
    "is" in now && typeof now.is === "number" && /^\d{1,15}$/.test(version) ? { is: Number(version) } : { is: version },
  // Signals cannot be narrowed to the version of a prompt.
  effect: () => [],
};
