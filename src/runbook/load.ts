import { join } from "node:path";
import type { Finding } from "../document/document.ts";
import { UserError } from "../errors.ts";
import type { Files } from "../world/files.ts";
import { parseRunbook, type ReadRunbook } from "./parse.ts";

/** A runbook with its text, as it is pinned. */
export interface LoadedRunbook extends ReadRunbook {
  file: string;
  text: string;
}

export interface BrokenRunbook {
  file: string;
  id?: string;
  findings: Finding[];
}

export interface Library {
  runbooks: LoadedRunbook[];
  /** files that cannot be walked; they too hide the runbooks of their id in later folders */
  broken: BrokenRunbook[];
}

/**
 * The runbooks of some folders; of the same id the one of the first folder: the team's before ours. No folder: empty.
 * `about`: only those whose text holds this word, an id or the name of an alert.
 */
export async function loadRunbooks(files: Files, folders: readonly string[], about = ""): Promise<Library> {
  const library: Library = { runbooks: [], broken: [] };
  const hidden = new Set<string>();
  for (const folder of folders) {
    const here = new Map<string, string>();
    for (const file of await runbookFiles(files, folder)) {
      const read = await readText(files, file);
      if ("text" in read && !read.text.includes(about)) {
        // it is not asked for, but it hides a later one of its id all the same
        const skipped = /^id:[ \t]*["']?([\w-]+)/m.exec(read.text)?.[1];
        if (skipped !== undefined && !here.has(skipped)) here.set(skipped, file);
        continue;
      }
      const one = "text" in read ? parse(read.text, file) : { file, findings: [read.finding] };
      const id = "runbook" in one ? one.runbook.id : one.id;
      const twin = id === undefined ? undefined : here.get(id);
      if (id !== undefined && hidden.has(id)) continue;
      if (id !== undefined) here.set(id, twin ?? file);
      if (twin !== undefined) library.broken.push({ file, id: id!, findings: [sameId(file, id!, twin)] });
      else if ("runbook" in one) library.runbooks.push(one);
      else library.broken.push(one);
    }
    for (const id of here.keys()) hidden.add(id);
  }
  return library;
}

/** The runbook files of a folder: not what lies deeper (signals/), not tests. */
export async function runbookFiles(files: Files, folder: string): Promise<string[]> {
  const names = await files.list(folder);
  return names
    .filter((name) => /\.ya?ml$/.test(name) && !/\.test\.ya?ml$/.test(name))
    .map((name) => join(folder, name));
}

/** The text of a file, or why there is none as a finding: one bad file does not hide the others. */
export async function readText(files: Files, file: string): Promise<{ text: string } | { finding: Finding }> {
  const unreadable = (message: string) => ({
    finding: { file, at: { line: 1, column: 1 }, rule: "read", severity: "error" as const, message },
  });
  try {
    const text = await files.read(file);
    return text === undefined ? unreadable("there is no such file") : { text };
  } catch (thrown) {
    if (thrown instanceof UserError) return unreadable(thrown.what);
    throw thrown;
  }
}

function parse(text: string, file: string): LoadedRunbook | BrokenRunbook {
  const { runbook, document, findings } = parseRunbook(text, file);
  if (runbook !== undefined && document !== undefined) return { runbook, document, file, text };
  const id = (document?.value as { id?: unknown } | null | undefined)?.id;
  return { file, ...(typeof id === "string" ? { id } : {}), findings };
}

function sameId(file: string, id: string, twin: string): Finding {
  return {
    file,
    at: { line: 1, column: 1 },
    rule: "duplicate-id",
    severity: "error",
    message: `${twin} has the id ${id} too`,
  };
}
