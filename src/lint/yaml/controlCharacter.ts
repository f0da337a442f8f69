import { harmless } from "../../harmless.ts";
import type { RuleOn } from "../rule.ts";
import { scalarsOf } from "./scalars.ts";

/** Escapes that YAML turns into characters nobody types; those before them are pairs. */
const escapes = /\\(?:([abefv0NLP_])|[^])/g;
const sayIt: Record<string, string> = {
  a: "a bell",
  b: "a backspace",
  e: "an escape",
  f: "a form feed",
  v: "a vertical tab",
  "0": "a zero byte",
};

export const controlCharacter: RuleOn<"yaml"> = {
  on: "yaml",
  name: "control-character",
  summary: "a backslash in double quotes does not make a control character",
  severity: "error",
  why: "The regular expression matches nothing any more, and what it should have found or hidden is missing without a word.",
  seen: "Dynatrace/dynatrace-otel-collector#1110: `\\b` in the double quotes of a redaction example is a backspace, and no address was redacted.",
  bad: `
id: example
title: Example
class: availability
severity: SEV2
summary: An example.
steps:
  - id: errors
    title: Count them
    measure: { logql: "sum(count_over_time({app=\\"llm\\"} |~ \`\\bERROR\\b\` [5m]))" }
`,
  good: `
id: example
title: Example
class: availability
severity: SEV2
summary: An example.
steps:
  - id: errors
    title: Count them
    measure: { logql: 'sum(count_over_time({app="llm"} |~ \`\\bERROR\\b\` [5m]))' }
`,
  check(document, _, report) {
    for (const { style, isKey, written, start } of scalarsOf(document)) {
      if (style !== "double" || isKey || !written.includes("\\")) continue;
      for (const found of written.matchAll(escapes)) {
        const [whole, letter] = found;
        if (letter === undefined) continue;
        const at = start + found.index;
        report(
          { start: at, end: at + whole.length },
          `${harmless(whole)} in double quotes is ${sayIt[letter] ?? "a character that shows as nothing"}`,
          `write \\\\${letter}, or the whole text in 'single quotes'`,
          // nobody writes a backspace into a file
          letter === "b" ? "\\\\b" : undefined,
        );
      }
    }
  },
};
