import { z } from "zod";

/** `{ kind: settings }` with exactly one kind of the list. */
export function oneOf(kinds: readonly { kind: string; schema: z.ZodType }[]) {
  const shape = Object.fromEntries(kinds.map(({ kind, schema }) => [kind, schema.optional()]));
  return z.strictObject(shape).transform((given, context) => {
    const [kind, ...more] = Object.keys(given);
    if (kind === undefined || more.length > 0)
      context.addIssue({ code: "custom", message: `expected exactly one of: ${kinds.map((k) => k.kind).join(", ")}` });
    return { kind: kind ?? "", settings: given[kind ?? ""] };
  });
}
