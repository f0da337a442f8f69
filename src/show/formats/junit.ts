import type { Finding } from "../../document/document.ts";
import { renderJunit, type Case } from "../junit.ts";
import { plain } from "../xml.ts";
import { bare, byFile, type Format } from "./format.ts";
import { lineReader } from "./lines.ts";
import { showFinding } from "./text.ts";

/** A suite for each file. Errors are failures; a warning passes and is told by its name, as it does not fail the command. */
export const junit: Format = {
  kind: "junit",
  summary: "build servers, as the result of a test",
  render(linted) {
    const lineOf = lineReader(linted.texts);
    const suites = byFile(linted).map(([file, findings]) => {
      const cases = findings.map((finding) => caseOf(finding, lineOf(file, finding.at.line)));
      return { name: plain(file), cases: cases.length > 0 ? cases : [{ name: "no findings", file: plain(file) }] };
    });
    return renderJunit(suites);
  },
};

function caseOf(finding: Finding, written: string): Case {
  const { file, at, rule, severity, message, why } = finding;
  const place = { file: plain(file), line: at.line };
  const name = `${at.line}:${at.column} ${rule}`;
  if (severity === "warning") return { ...place, name: plain(`${name}, a warning: ${message}`) };
  const text = showFinding(finding, written, why, bare).join("\n");
  return { ...place, name, failure: { message: plain(message), text: plain(text) } };
}
