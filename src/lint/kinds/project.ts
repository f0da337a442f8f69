import { wholeProjectSchema, type Config } from "../../projectFile.ts";
import { checkSchema } from "../../schema/schema.ts";
import type { Expression } from "../expression.ts";
import { hasKeys, type FileKindOn } from "./kind.ts";

let schema: Awaited<ReturnType<typeof wholeProjectSchema>> | undefined;

/** By one of these sections a part of a project is told from what others write in YAML. */
const sections = ["sources", "targets", "objectives", "probes", "sinks"];

export const project: FileKindOn<"project"> = {
  kind: "project",
  summary: "how llmops reaches a product: llmops.yaml",
  on: "project",
  named: (file) => /(^|\/)llmops\.ya?ml$/.test(file),
  holds: (value) => sections.some((one) => hasKeys(value, one) && hasKeys(value[one])),
  load: async () => void (schema ??= await wholeProjectSchema()),
  read(document) {
    const given = document.value === null ? { ...document, value: {} } : document;
    const { value: config, findings } = checkSchema(schema!, given, "schema");
    return { ...(config === undefined ? {} : { subject: { config, document } }), findings };
  },
  expressions: ({ config }) => Object.entries(config.signals).flatMap((entry) => writtenIn(...entry)),
};

const languages = ["promql", "logql", "sql"] as const;

function writtenIn(name: string, entry: Config["signals"][string]): Expression[] {
  return languages.flatMap((language) => {
    const text = entry[language];
    if (text === undefined) return [];
    const { unit, layer } = entry;
    const told = { ...(unit === undefined ? {} : { unit }), ...(layer === undefined ? {} : { layer }) };
    return [{ language, text, path: ["signals", name, language], use: "signal" as const, name, ...told }];
  });
}
