import type { Document, Finding } from "../document/document.ts";
import { parseRunbook } from "../runbook/parse.ts";
import { valueAt } from "../schema/schema.ts";
import { rules } from "./index.ts";
import type { KnownRunbook, Place, Project, Report, Rule } from "./rule.ts";

/** What the checked runbooks may name beside each other. */
export type Known = Partial<Project>;

/** All findings in runbook files, in the order of the files and their lines. Looks at nothing else. */
export function lint(files: readonly { file: string; text: string }[], known: Known = {}): Finding[] {
  const read = files.map(({ file, text }) => ({ file, ...parseRunbook(text, file) }));
  const linted = read.flatMap(({ file, runbook }) => (runbook === undefined ? [] : [{ file, runbook }]));
  const project = { ...known, runbooks: [...linted, ...notReplaced(known.runbooks ?? [], linted)] };
  return read.flatMap(({ runbook, document, findings }) => {
    if (runbook === undefined || document === undefined) return findings;
    const found = rules.flatMap((rule) => {
      const said: Finding[] = [];
      rule.check(runbook, project, reporter(rule, document, said));
      return said;
    });
    return found.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
  });
}

function notReplaced(known: readonly KnownRunbook[], linted: readonly KnownRunbook[]): KnownRunbook[] {
  const ids = new Set(linted.map(({ runbook }) => runbook.id));
  return known.filter(({ runbook }) => !ids.has(runbook.id));
}

function reporter({ name, severity }: Rule, document: Document, said: Finding[]): Report {
  return (place, message, next) => {
    said.push({
      file: document.file,
      ...placeIn(document, place),
      rule: name,
      severity,
      message,
      ...(next === undefined ? {} : { next }),
    });
  };
}

/** A list of one may be written without the list, a signal without its key: then the nearest value above is meant. */
function placeIn(document: Document, { path, key, from, to }: Place): Pick<Finding, "at" | "endColumn"> {
  let nearest = path;
  while (nearest.length > 0 && valueAt(document.value, nearest) === undefined) nearest = nearest.slice(0, -1);
  const value = valueAt(document.value, nearest);
  if (from === undefined || to === undefined || typeof value !== "string") return document.at(nearest, key);
  // texts are read without the white space around them
  const before = value.length - value.trimStart().length;
  const at = document.inside(nearest, before + from);
  const end = document.inside(nearest, before + Math.max(from, to - 1));
  return { at, ...(end.line === at.line && to > from ? { endColumn: end.column + 1 } : {}) };
}
