import { parseDocument, type Document, type Finding } from "../document/document.ts";
import { checkSchema } from "../schema/schema.ts";
import type { Runbook } from "./runbook.ts";
import { runbookSchema } from "./schema.ts";

/** A runbook file that can be read. */
export interface ReadRunbook {
  runbook: Runbook;
  document: Document;
}

type Parsed = Partial<ReadRunbook> & { findings: Finding[] };

/** What was read last: an incident that starts pins the text it just read. */
let last: { text: string; file: string; parsed: Parsed } | undefined;

/** Reads one runbook. Either it can be walked, or there are findings; what holds only across entries is the linter's. */
export function parseRunbook(text: string, file: string): Parsed {
  if (last?.text !== text || last.file !== file) last = { text, file, parsed: parse(text, file) };
  return last.parsed;
}

function parse(text: string, file: string): Parsed {
  const { document, findings } = parseDocument(text, file);
  return document === undefined ? { findings } : { document, ...readRunbook(document) };
}

/** The runbook that a YAML text is. */
export function readRunbook(document: Document): { runbook?: Runbook; findings: Finding[] } {
  if (document.value === null) return { findings: [empty(document.file)] };
  const { value: runbook, findings } = checkSchema(runbookSchema, document, "schema");
  return { ...(runbook === undefined ? {} : { runbook }), findings };
}

function empty(file: string): Finding {
  return {
    file,
    at: { line: 1, column: 1 },
    rule: "schema",
    severity: "error",
    message: "this file is empty: a runbook needs id, title, class, severity, summary and steps",
  };
}
