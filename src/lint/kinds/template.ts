import type { FileKindOn } from "./kind.ts";

let read: typeof import("../../postmortem/inspect.ts") | undefined;

export const template: FileKindOn<"template"> = {
  kind: "template",
  summary: "what a postmortem looks like: Handlebars",
  on: "template",
  named: (file) => file.endsWith(".hbs"),
  plain: true,
  load: async () => void (read ??= await import("../../postmortem/inspect.ts")),
  read(document) {
    const { fields, faults } = read!.inspect(document.text);
    const findings = faults.map(({ start, end, message }) => {
      const place = document.place(start, end);
      return { file: document.file, ...place, rule: "schema", severity: "error" as const, message };
    });
    return { ...(fields === undefined ? {} : { subject: fields }), findings };
  },
};
