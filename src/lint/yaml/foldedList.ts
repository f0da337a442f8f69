import type { RuleOn } from "../rule.ts";
import { scalarsOf } from "./scalars.ts";

const marked = /^[ \t]*(?:[-*•]|\d{1,2}[.)])[ \t]+\S/;

export const foldedList: RuleOn<"yaml"> = {
  on: "yaml",
  name: "folded-list",
  summary: "the lines of a list inside a text stay lines",
  severity: "warning",
  why: "The steps of an instruction run into one line, and the second of them is overlooked.",
  seen: "redhat-cop/agnosticd#2858: `|` became `>`, and three git commands one line.",
  bad: `
id: example
title: Example
class: cost
severity: SEV2
summary: An example.
steps:
  - id: look
    title: Look
    instruct: >-
      1. Look at the cost.
      2. Ask its owner.
`,
  good: `
id: example
title: Example
class: cost
severity: SEV2
summary: An example.
steps:
  - id: look
    title: Look
    instruct: |-
      1. Look at the cost.
      2. Ask its owner.
`,
  check(document, _, report) {
    for (const { style, isKey, written, start } of scalarsOf(document)) {
      if (isKey || style === "literal" || !written.includes("\n")) continue;
      const lines = written.split("\n");
      const at = lines.findIndex((_, line) => isJoined(lines, line));
      if (at < 0) continue;
      const from = start + lines.slice(0, at).join("\n").length + 1;
      const indent = lines[at]!.length - lines[at]!.trimStart().length;
      const next = style === "folded" ? "write | instead of >" : "begin the text with | on the line of its key";
      report(
        { start: from + indent, end: from + lines[at]!.trimEnd().length },
        "this line is joined to the one above it, and was meant as one of a list",
        next,
      );
    }
  },
};

/** Both this line and the one above begin like entries of a list, no deeper than the other. */
function isJoined(lines: readonly string[], at: number): boolean {
  const [above, line] = [lines[at - 1], lines[at]!];
  if (above === undefined || !marked.test(line)) return false;
  // the first line of what is in quotes, or in none, stands behind its key
  const isFirst = at === 1;
  const depth = (text: string) => text.length - text.trimStart().length;
  return marked.test(above.replace(/^["']/, "")) && (isFirst || depth(above) === depth(line));
}
