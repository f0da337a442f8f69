import { parseDocument, type Document, type Finding } from "../document/document.ts";
import { expressionOf, type Written } from "./expression.ts";
import { rules } from "./index.ts";
import { fileKinds } from "./kinds/index.ts";
import type { FileKind } from "./kinds/kind.ts";
import { placeOf } from "./place.ts";
import type { Known, KnownRunbook, Report, Rule, Subjects } from "./rule.ts";

export interface File {
  /** as it is told; with `/` */
  file: string;
  text: string;
}

/** One file, read as what it is. */
export interface ReadFile {
  file: string;
  text: string;
  kind: FileKind;
  document?: Document;
  subject?: Subjects[keyof Subjects];
  expressions: Written[];
  findings: Finding[];
}

/** All findings in files, in the order of the files and their lines. Looks at nothing else. */
export function lint(files: readonly File[], known: Partial<Known> = {}): Finding[] {
  const read = files.map(readFile);
  return check(read, known);
}

/** Reads a file as the kind that it is by its name, else by what is in it. */
export function readFile({ file, text }: File): ReadFile {
  const { document, findings } = parseDocument(text, file);
  const kind = kindOf(file, document?.value);
  if (document === undefined) return { file, text, kind, findings, expressions: [] };
  const { subject, findings: mistakes } = kind.read(document);
  const expressions = subject === undefined ? [] : (kind.expressions?.(subject as never) ?? []);
  return {
    file,
    text,
    kind,
    document,
    ...(subject === undefined ? {} : { subject }),
    expressions,
    findings: mistakes,
  };
}

/** What the rules find in files that were read. */
export function check(read: readonly ReadFile[], known: Partial<Known> = {}): Finding[] {
  const linted = read.flatMap(({ file, kind, subject }): KnownRunbook[] =>
    kind.on === "runbook" && subject !== undefined ? [{ file, runbook: subject as Subjects["runbook"] }] : [],
  );
  const all: Known = { ...known, runbooks: [...linted, ...notReplaced(known.runbooks ?? [], linted)] };
  return read.flatMap((one) => [...one.findings, ...found(one, all)].sort(inOrder));
}

function found({ kind, document, subject, expressions }: ReadFile, known: Known): Finding[] {
  if (document === undefined) return [];
  const findings: Finding[] = [];
  apply("yaml", document, known, (rule) => reporter(rule, document, [], findings));
  if (subject === undefined) return findings;
  apply(kind.on, subject as never, known, (rule) => reporter(rule, document, [], findings));
  for (const written of expressions)
    apply(written.language, expressionOf(written), known, (rule) => reporter(rule, document, written.path, findings));
  return findings;
}

function apply<On extends keyof Subjects>(on: On, subject: Subjects[On], known: Known, report: (rule: Rule) => Report) {
  for (const rule of rulesOn.get(on) ?? [])
    (rule.check as (subject: Subjects[On], known: Known, report: Report) => void)(subject, known, report(rule));
}

const rulesOn = new Map(rules.map(({ on }) => [on, rules.filter((rule) => rule.on === on)]));

function reporter(rule: Rule, document: Document, path: Written["path"], findings: Finding[]): Report {
  return (place, message, next, fix) => {
    const { start, end } = placeOf(document, path, place);
    findings.push({
      file: document.file,
      ...document.place(start, end),
      rule: rule.name,
      severity: rule.severity,
      message,
      why: rule.why,
      ...(next === undefined ? {} : { next }),
      ...(fix === undefined ? {} : { fix: { start, end, text: fix } }),
    });
  };
}

function kindOf(file: string, value: unknown): FileKind {
  return (
    fileKinds.find(({ named }) => named?.(file) === true) ??
    fileKinds.find(({ holds }) => holds?.(value) === true) ??
    fileKinds.at(-1)!
  );
}

function notReplaced(known: readonly KnownRunbook[], linted: readonly KnownRunbook[]): KnownRunbook[] {
  const ids = new Set(linted.map(({ runbook }) => runbook.id));
  return known.filter(({ runbook }) => !ids.has(runbook.id));
}

function inOrder(a: Finding, b: Finding): number {
  return a.at.line - b.at.line || a.at.column - b.at.column;
}
