import { checkSchema } from "../../schema/schema.ts";
import { stackSchema } from "../../signals/stack.ts";
import { hasKeys, type FileKindOn } from "./kind.ts";

export const signalsFile: FileKindOn<"signals"> = {
  kind: "signals file",
  summary: "which query of one stack answers which signal",
  on: "signals",
  named: (file) => /(^|\/)signals\/[^/]+\.ya?ml$/.test(file),
  holds: (value) => hasKeys(value, "stack", "language", "signals"),
  read(document) {
    const { value: subject, findings } = checkSchema(stackSchema, document, "schema");
    return { ...(subject === undefined ? {} : { subject }), findings };
  },
  expressions: ({ language, signals }) =>
    Object.entries(signals).map(([name, entry]) => {
      const isShort = typeof entry === "string";
      const path = ["signals", name, ...(isShort ? [] : ["query"])];
      return { language, text: isShort ? entry : entry.query, path, use: "signal" as const, name };
    }),
};
