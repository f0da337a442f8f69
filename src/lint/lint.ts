import type { Document, Edit, Finding, Path } from "../document/document.ts";
import type { Expression } from "./expression.ts";
import { rules } from "./index.ts";
import { placeOf } from "./place.ts";
import { read, recognise, type File, type ReadFile } from "./read.ts";
import type { Fix, Known, KnownAlert, KnownRunbook, Report, Rule, Subjects } from "./rule.ts";
import { suppress } from "./suppress.ts";

/**
 * All findings in files, in the order of the files and their lines, but for those that are suppressed. Looks at nothing
 * else. `prepare` has to come before other files than runbooks.
 */
export function lint(files: readonly File[], known: Partial<Known> = {}): Finding[] {
  return check(
    files.map((file) => read(recognise(file))),
    known,
  ).filter(({ suppressed }) => suppressed === undefined);
}

/** What the rules find in files that were read, also what is suppressed. `only`: the others are known and not looked at. */
export function check(
  files: readonly ReadFile[],
  known: Partial<Known> = {},
  only: (file: string) => boolean = () => true,
): Finding[] {
  const runbooks = files.flatMap((one): KnownRunbook[] =>
    is(one, "runbook") ? [{ file: one.file, runbook: one.subject }] : [],
  );
  const alerts = files.flatMap((one): KnownAlert[] =>
    is(one, "alerts") ? one.subject.map((rule) => ({ file: one.file, rule })) : [],
  );
  const all: Known = {
    ...known,
    ...(alerts.length === 0 ? {} : { alerts }),
    runbooks: [...runbooks, ...notReplaced(known.runbooks ?? [], runbooks)],
    unread: new Set([...(known.unread ?? []), ...files.flatMap(idOfUnread)]),
  };
  return files
    .filter(({ file }) => only(file))
    .flatMap((one) => suppress(one, [...one.findings, ...found(one, all)], all).sort(inOrder));
}

/** The id of a runbook that cannot be read, where it tells one. */
export function idOfUnread({ kind, subject, text }: ReadFile): string[] {
  if (kind.on !== "runbook" || subject !== undefined) return [];
  return /^id:[ \t]*["']?([\w-]+)/m.exec(text)?.slice(1) ?? [];
}

/** Is it that kind of file, and could it be read? */
export function is<On extends keyof Subjects>(one: ReadFile, on: On): one is ReadFile & { subject: Subjects[On] } {
  return one.kind.on === on && one.subject !== undefined;
}

function found({ kind, document, subject, expressions }: ReadFile, known: Known): Finding[] {
  if (document === undefined) return [];
  const findings: Finding[] = [];
  if (kind.plain !== true) apply("yaml", document, known, document, [], findings);
  if (subject === undefined) return findings;
  apply(kind.on, subject as never, known, document, [], findings);
  for (const written of expressions)
    apply(written.language, withSignal(written, known), known, document, written.path, findings);
  return findings;
}

/** What the file itself leaves out of a signal is taken from the catalogue. */
function withSignal(written: Expression, { catalogue }: Known): Expression {
  const signal = written.use === "signal" ? catalogue?.get(written.name) : undefined;
  return signal === undefined ? written : { unit: signal.unit, layer: signal.layer, ...written };
}

/** `about`: the path that is meant where a rule names none. */
function apply<On extends keyof Subjects>(
  on: On,
  subject: Subjects[On],
  known: Known,
  document: Document,
  about: Path,
  findings: Finding[],
): void {
  // one for all rules: there are many, and most find nothing
  let rule: Rule | undefined;
  let told = 0;
  const report: Report = (place, message, next, fix) => {
    if (++told > mostOfOne) return;
    const { start, end } = placeOf(document, about, place);
    findings.push({
      file: document.file,
      ...document.place(start, end),
      rule: rule!.name,
      severity: rule!.severity,
      message,
      why: rule!.why,
      ...(next === undefined ? {} : { next }),
      ...(fix === undefined ? {} : editAt(document.text, start, end, fix)),
    });
  };
  for (rule of rulesOn.get(on) ?? []) {
    told = 0;
    (rule.check as (subject: Subjects[On], known: Known, report: Report) => void)(subject, known, report);
  }
}

/** What one rule tells of one file: nobody reads more, and only a file that was made for it has so much. */
const mostOfOne = 2000;

const rulesOn = new Map(rules.map(({ on }) => [on, rules.filter((rule) => rule.on === on)]));

/** In `{"brun":healthy}` the word would be another without its quotes. */
function editAt(text: string, start: number, end: number, fix: Fix): { fix?: Edit } {
  const written = text.slice(start, end);
  const [, quote = "", inside] = /^(["'])(.*)\1$/s.exec(written) ?? [];
  if (typeof fix !== "string")
    return (inside ?? written) === fix.word ? { fix: { start, end, text: quote + fix.by + quote } } : {};
  return { fix: { start, end, text: fix === "" || /^["']/.test(fix) ? fix : quote + fix + quote } };
}

function notReplaced(known: readonly KnownRunbook[], linted: readonly KnownRunbook[]): KnownRunbook[] {
  const ids = new Set(linted.map(({ runbook }) => runbook.id));
  return known.filter(({ runbook }) => !ids.has(runbook.id));
}

function inOrder(a: Finding, b: Finding): number {
  return a.at.line - b.at.line || a.at.column - b.at.column;
}
