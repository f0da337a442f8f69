import { parseDocument, textDocument, type Document, type Finding } from "../document/document.ts";
import type { Expression } from "./expression.ts";
import { fileKinds } from "./kinds/index.ts";
import type { FileKind } from "./kinds/kind.ts";
import type { Subjects } from "./rule.ts";

export interface File {
  /** as it is told; with `/` */
  file: string;
  text: string;
}

/** One file, read as what it is. */
export interface ReadFile extends File {
  kind: FileKind;
  document?: Document;
  subject?: Subjects[keyof Subjects];
  expressions: Expression[];
  findings: Finding[];
}

/** A file of which it is known what it is. */
export interface Recognised extends File {
  kind: FileKind;
  /** it says so itself, by its name or its content; else it is taken for the kind that takes everything */
  certain: boolean;
  document?: Document;
  findings: Finding[];
}

/** Tells what a file is by its name, else by what is in it. */
export function recognise({ file, text }: File): Recognised {
  const named = fileKinds.find((kind) => kind.named?.(file) === true);
  if (named?.plain === true)
    return { file, text, kind: named, certain: true, document: textDocument(text, file), findings: [] };
  const { document, findings } = parseDocument(text, file);
  const kind = named ?? fileKinds.find(({ holds }) => document !== undefined && holds?.(document.value) === true);
  return {
    file,
    text,
    kind: kind ?? fileKinds.at(-1)!,
    certain: kind !== undefined,
    ...(document === undefined ? {} : { document }),
    findings,
  };
}

/** Reads files as what they are. What their kinds need is loaded by `prepare`. */
export function read({ file, text, kind, document, findings: mistakes }: Recognised): ReadFile {
  if (document === undefined) return { file, text, kind, expressions: [], findings: mistakes };
  const { subject, findings } = kind.read(document);
  const expressions = subject === undefined ? [] : (kind.expressions?.(subject as never) ?? []);
  return { file, text, kind, document, ...(subject === undefined ? {} : { subject }), expressions, findings };
}

/** Loads what files of these kinds, or of all kinds, are read with. */
export async function prepare(kinds: Iterable<FileKind> = fileKinds): Promise<void> {
  for (const { load } of new Set(kinds)) await load?.();
}
