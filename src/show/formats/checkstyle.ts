import type { Finding } from "../../document/document.ts";
import { xml } from "../xml.ts";
import { byFile, type Format } from "./format.ts";

/** XML as Checkstyle 4.3 writes it: what most readers of linters' reports were made for. */
export const checkstyle: Format = {
  kind: "checkstyle",
  summary: "review bots and build servers, as Checkstyle's XML",
  render(linted) {
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<checkstyle version="4.3">',
      ...byFile(linted).flatMap(([file, findings]) => [
        `  <file name="${xml(file)}">`,
        ...findings.map(renderError),
        "  </file>",
      ]),
      "</checkstyle>",
    ].join("\n");
  },
};

function renderError({ at, severity, message, next, rule }: Finding): string {
  const said = next === undefined ? message : `${message}\n${next}`;
  const attributes = { line: at.line, column: at.column, severity, message: said, source: `llmops.${rule}` };
  const written = Object.entries(attributes).map(([name, value]) => `${name}="${xml(String(value))}"`);
  return `    <error ${written.join(" ")}/>`;
}
