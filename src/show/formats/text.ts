import type { Finding } from "../../document/document.ts";
import type { Style } from "../../world/terminal.ts";
import { withCommands } from "../command.ts";
import { line, type Paint } from "../paint.ts";
import { wrap } from "../wrap.ts";
import { open, type Format, type Linted } from "./format.ts";
import { lineReader } from "./lines.ts";
import { snippet } from "./snippet.ts";

export const text: Format = { kind: "text", summary: "people", render };

const hues: Record<Finding["severity"], Style> = { error: "red", warning: "yellow" };

function render(linted: Linted, paint: Paint): string {
  const lineOf = lineReader(linted.texts);
  const told = new Set<string>();
  let last = "";
  return open(linted)
    .map((finding) => {
      const { file, at, endColumn, rule } = finding;
      const place = JSON.stringify([file, at, endColumn]);
      const written = place === last ? "" : lineOf(file, at.line);
      const reason = `${rule}: ${finding.why}`;
      const why = told.has(reason) ? undefined : finding.why;
      last = place;
      told.add(reason);
      return showFinding(finding, written, why, paint).join("\n");
    })
    .join("\n\n");
}

/**
 * `file:line:column: error: message [rule]`, the line with carets under what is meant, why it matters, what to do. Without
 * the line where nothing is written.
 */
export function showFinding(finding: Finding, written: string, why: string | undefined, paint: Paint): string[] {
  const { file, at, severity, message, rule, next } = finding;
  const place = { text: `${file}:${at.line}:${at.column}:`, style: "bold", whole: true } as const;
  const head = [place, " ", { text: `${severity}:`, style: hues[severity] }, ` ${message} `];
  return [
    ...wrap("", [...head, { text: `[${rule}]`, style: "dim" }], paint, 4),
    ...(written.trim() === "" ? [] : showLine(finding, written, paint)),
    ...(why === undefined ? [] : wrap("    why:  ", [why], paint)),
    ...(next === undefined ? [] : wrap("    next: ", withCommands(next), paint)),
  ];
}

/** Cells of a line that are shown at most, also where nobody says how wide it may be. */
const widest = 100;

function showLine({ at, endColumn, severity }: Finding, written: string, paint: Paint): string[] {
  const number = String(at.line);
  const gutter = `  ${" ".repeat(number.length)} | `;
  const room = Math.max(10, Math.min(widest, paint.columns - gutter.length));
  const to = (endColumn ?? at.column + 1) - 1;
  const { shown, before, wide } = snippet(written, at.column - 1, to, room, paint);
  const carets = `^${"~".repeat(Math.max(0, wide - 1))}`;
  return [
    line([{ text: `  ${number} | `, style: "dim" }, shown], paint),
    line([{ text: gutter, style: "dim" }, " ".repeat(before), { text: carets, style: hues[severity] }], paint),
  ];
}
