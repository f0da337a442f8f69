import { resolve } from "node:path";
import { parseDocument } from "../document/document.ts";
import { exit, UserError } from "../errors.ts";
import type { World } from "../world/world.ts";

/** An answers file: YAML of step id → choice. */
export async function readAnswers(world: World, file: string): Promise<Record<string, string>> {
  const path = resolve(world.cwd, file);
  const text = await world.files.read(path);
  if (text === undefined)
    throw new UserError({ what: `There is no answers file ${file}.`, next: "name another", code: exit.usage });
  const { document, findings } = parseDocument(text, file);
  const [finding] = findings;
  if (document === undefined || finding !== undefined)
    throw new UserError({
      what: `${file}:${finding?.at.line}:${finding?.at.column}: ${finding?.message}`,
      next: "mend the answers file",
      code: exit.usage,
    });
  const { value } = document;
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new UserError({ what: `${file} is not a map of step id to choice.`, next: "clamp: apply", code: exit.usage });
  return Object.fromEntries(Object.entries(value).map(([step, choice]) => [step, String(choice)]));
}
