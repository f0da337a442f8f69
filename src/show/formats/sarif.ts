import { createHash } from "node:crypto";
import type { Edit, Finding } from "../../document/document.ts";
import { harmlessJson } from "../../harmless.ts";
import { version } from "../../version.ts";
import type { Format, Linted } from "./format.ts";
import { lineReader } from "./lines.ts";
import { artifact, sarifText } from "./sarifText.ts";
import { describeRules } from "./sarifRules.ts";

/** SARIF 2.1.0, as GitHub's code scanning and editors read it. */
export const sarif: Format = {
  kind: "sarif",
  summary: "code scanning, as SARIF 2.1.0",
  render: (linted) =>
    harmlessJson({
      $schema: "https://json.schemastore.org/sarif-2.1.0.json",
      version: "2.1.0",
      runs: [runOf(linted)],
    }),
};

function runOf(linted: Linted): object {
  const rules = describeRules(linted);
  const index = new Map(rules.map(({ id }, at) => [id, at]));
  const print = printer(linted);
  return {
    tool: { driver: { name: "llmops", version, semanticVersion: version, rules } },
    columnKind: "utf16CodeUnits",
    originalUriBaseIds: { "%SRCROOT%": { description: { text: "The folder in which llmops was run." } } },
    invocations: [{ executionSuccessful: true }],
    artifacts: [...linted.texts.keys()].map((file) => ({ location: artifact(file) })),
    results: linted.findings.map((finding) => ({
      ruleId: finding.rule,
      ruleIndex: index.get(finding.rule),
      ...resultOf(finding, linted),
      partialFingerprints: { "llmopsRuleAndLine/v1": print(finding) },
    })),
  };
}

function resultOf(
  { file, at, endColumn, severity, message, next, fix, suppressed }: Finding,
  { texts }: Linted,
): object {
  const region = { startLine: at.line, startColumn: at.column, ...(endColumn === undefined ? {} : { endColumn }) };
  return {
    level: severity,
    message: { text: sarifText(next === undefined ? message : `${message}\n${next}`) },
    locations: [{ physicalLocation: { artifactLocation: artifact(file), region } }],
    ...(fix === undefined ? {} : { fixes: [fixOf(file, fix, texts.get(file) ?? "")] }),
    suppressions:
      suppressed === undefined ? [] : [{ kind: "inSource", status: "accepted", justification: suppressed.reason }],
  };
}

function fixOf(file: string, { start, end, text }: Edit, whole: string): object {
  const [from, to] = [placeOf(whole, start), placeOf(whole, end)];
  const deletedRegion = { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column };
  return {
    description: { text: "What --fix writes." },
    artifactChanges: [
      { artifactLocation: artifact(file), replacements: [{ deletedRegion, insertedContent: { text } }] },
    ],
  };
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}

/** The same for a finding whose line was moved: made from its file, its rule, the line's text, and which of such lines it is. */
function printer({ texts }: Linted): (finding: Finding) => string {
  const lineOf = lineReader(texts);
  const seen = new Map<string, number>();
  return ({ file, rule, at }) => {
    const same = JSON.stringify([file, rule, lineOf(file, at.line).trim()]);
    const times = (seen.get(same) ?? 0) + 1;
    seen.set(same, times);
    return `${createHash("sha256").update(same).digest("hex").slice(0, 32)}:${times}`;
  };
}
