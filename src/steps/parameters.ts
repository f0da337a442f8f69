import { exit, UserError } from "../errors.ts";
import { checkValue } from "../schema/schema.ts";
import type { Mitigation } from "../mitigations/mitigation.ts";
import type { Context } from "./context.ts";

/** What the mitigation needs to know: as given, else asked, checked against its schema. */
export async function askParameters(
  mitigation: Mitigation,
  given: Record<string, unknown>,
  context: Context,
): Promise<unknown> {
  const known = { ...given };
  for (;;) {
    const { value, mistakes } = checkValue(mitigation.schema, known);
    const [mistake] = mistakes;
    if (mistake === undefined) return value;
    const name = String(mistake.path[0] ?? "");
    if (!mistake.missing || name in known)
      throw new UserError({
        what: `${mitigation.kind} does not take ${name}=${JSON.stringify(known[name])}: ${mistake.message}`,
        next:
          mitigation.example.trim() === "{}" ? "it takes no parameters" : `for example ${mitigation.example.trim()}`,
        code: exit.usage,
      });
    known[name] = readValue(await context.line(`${mitigation.kind}: ${name}?`));
  }
}

/** "512" → 512, "true" → true, anything else is text. */
export function readValue(text: string): unknown {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return text === "true" ? true : text === "false" ? false : text;
}
