import { lint } from "../../src/lint/lint.ts";

const head = "id: example\ntitle: Example\nclass: cost\nseverity: SEV2\nsummary: An example.\n";

/** "clamp: …" for each finding of one rule in a part of a runbook: the message alone. */
export function said(rule: string, part: string): string[] {
  return findingsIn(part)
    .filter((finding) => finding.rule === rule)
    .map(({ message }) => message);
}

/** What a rule marks in a part of a runbook, character for character. */
export function marked(rule: string, part: string): string[] {
  const lines = (head + part).split("\n");
  return findingsIn(part)
    .filter((finding) => finding.rule === rule)
    .map(({ at, endColumn }) => lines[at.line - 1]!.slice(at.column - 1, endColumn! - 1));
}

/** The part after all fixes of a rule, the last first. */
export function mended(rule: string, part: string): string {
  const fixes = findingsIn(part).flatMap((finding) =>
    finding.rule === rule && finding.fix !== undefined ? [finding.fix] : [],
  );
  const text = fixes
    .sort((a, b) => b.start - a.start)
    .reduce((whole, { start, end, text: fix }) => whole.slice(0, start) + fix + whole.slice(end), head + part);
  return text.slice(head.length);
}

function findingsIn(part: string) {
  return lint([{ file: "example.yaml", text: head + part }]);
}
