import type { Finding } from "../document/document.ts";
import { harmless, harmlessJson } from "../harmless.ts";
import { cut, width } from "./width.ts";

export type Format = "text" | "json" | "github";

/** What a report is about: the findings, and the texts of all files that were looked at. */
export interface Linted {
  findings: readonly Finding[];
  texts: ReadonlyMap<string, string>;
}

/** The whole report; "" where a format has nothing to say. */
export function renderFindings(linted: Linted, format: Format): string {
  switch (format) {
    case "text":
      return renderText(linted);
    case "json":
      return renderJson(linted);
    case "github":
      return linted.findings.map(renderGithub).join("\n");
  }
}

/** "5 runbooks, 2 findings" */
export function sayChecked({ findings, texts }: Linted): string {
  const count = (n: number, what: string) => `${n === 0 ? "no" : n} ${what}${n === 1 ? "" : "s"}`;
  return `${count(texts.size, "runbook")}, ${count(findings.length, "finding")}`;
}

function renderText({ findings, texts }: Linted): string {
  return findings.map((finding) => renderFinding(finding, texts.get(finding.file) ?? "")).join("\n\n");
}

/** `file:line:column: message [rule]`, the line, and a caret under what is meant. */
function renderFinding({ file, at, endColumn, severity, message, rule, next }: Finding, text: string): string {
  const head = `${harmless(file)}:${at.line}:${at.column}: ${severity === "warning" ? "warning: " : ""}${harmless(message)} [${rule}]`;
  const line = lineOf(text, at.line);
  const tail = next === undefined ? [] : [`  ${harmless(next)}`];
  if (line.trim() === "") return [head, ...tail].join("\n");
  const number = String(at.line);
  const { shown, before, marked } = window(line, at.column - 1, (endColumn ?? at.column + 1) - 1);
  const caret = `^${"~".repeat(Math.max(0, marked - 1))}`;
  return [
    head,
    `  ${number} | ${shown}`,
    `  ${" ".repeat(number.length)} | ${" ".repeat(before)}${caret}`,
    ...tail,
  ].join("\n");
}

/** Cells of a line that are shown at most; of a longer one the part around the finding. */
const room = 100;

/** The line with tabs and control characters made visible, and where the marked part is in cells of the terminal. */
function window(line: string, from: number, to: number): { shown: string; before: number; marked: number } {
  const start = from > room - 30 ? from - 30 : 0;
  const lead = start > 0 ? "..." : "";
  const before = width(lead + harmless(line.slice(start, from)));
  const shown = cut(lead + harmless(line.slice(start, start + room * 2)), room, false);
  const marked = width(harmless(line.slice(from, Math.min(to, from + room))));
  return { shown, before, marked: Math.min(marked, room - before) };
}

function lineOf(text: string, number: number): string {
  let start = 0;
  for (let n = 1; n < number && start >= 0; n++) start = text.indexOf("\n", start) + 1 || -1;
  if (start < 0) return "";
  const end = text.indexOf("\n", start);
  return text.slice(start, end < 0 ? undefined : end).replace(/\r$/, "");
}

function renderJson({ findings, texts }: Linted): string {
  const flat = findings.map(({ at, ...rest }) => ({ ...rest, ...at }));
  return harmlessJson({ checked: [...texts.keys()], findings: flat });
}

/** A workflow command of GitHub Actions: shown beside the line in a pull request. */
function renderGithub({ file, at, endColumn, severity, message, rule, next }: Finding): string {
  const places = {
    file,
    line: at.line,
    col: at.column,
    ...(endColumn === undefined ? {} : { endColumn }),
    title: rule,
  };
  const properties = Object.entries(places).map(
    ([name, value]) => `${name}=${escapeProperty(harmless(String(value)))}`,
  );
  return `::${severity} ${properties.join(",")}::${escapeData([message, ...(next === undefined ? [] : [next])].map((text) => harmless(text)).join("\n"))}`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
