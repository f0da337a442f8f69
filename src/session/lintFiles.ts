import { dirname, join, relative } from "node:path";
import type { Finding } from "../document/document.ts";
import { exit, UserError } from "../errors.ts";
import { harmless } from "../harmless.ts";
import { recognise, type Recognised } from "../lint/read.ts";
import type { Files } from "../world/files.ts";
import type { World } from "../world/world.ts";

/** Files that are looked at, and what they hold. */
interface Shelf {
  recognised: Recognised[];
  /** of what could not be read */
  findings: Finding[];
  /** of all of them, by their names; "" where there is none */
  texts: Map<string, string>;
  /** files of folders that are none of ours */
  leftAlone: number;
}

/** Longer than any text that is parsed; what is larger is not read to its end. */
const mostBytes = 4 * 1024 * 1024;

/**
 * Opens files, and what is of ours in folders: every YAML file directly in one of `folders` or in the folder that is named,
 * unless that is a project's, and what says itself that it is of ours.
 */
export async function openShelf(
  { files, cwd }: Pick<World, "files" | "cwd">,
  paths: readonly string[],
  folders: readonly string[],
): Promise<Shelf> {
  const shelf: Shelf = { recognised: [], findings: [], texts: new Map(), leftAlone: 0 };
  const seen = new Set<string>();
  for (const path of paths) {
    const { found, closed, isOurs } = await filesAt(files, path, folders);
    for (const { path: folder, why } of closed) shelf.findings.push(unreadable(nameOf(folder, cwd), why));
    const fresh = found.filter((one) => !seen.has(one));
    for (const [one, text] of await readAll(files, fresh)) {
      seen.add(one);
      const file = nameOf(one, cwd);
      if (typeof text !== "string") {
        shelf.findings.push(unreadable(file, text.why));
        shelf.texts.set(file, "");
        continue;
      }
      const known = recognise({ file, text });
      if (isOurs(one) || looksLikeOurs(known)) {
        shelf.recognised.push(known);
        shelf.texts.set(file, text);
      } else shelf.leftAlone++;
    }
  }
  return shelf;
}

/** As it was named, where it is below us. */
export function nameOf(path: string, cwd: string): string {
  const name = relative(cwd, path);
  return name === "" || name.startsWith("..") ? path : name;
}

interface Found {
  found: string[];
  closed: { path: string; why: string }[];
  /** it is taken for ours, whatever is in it */
  isOurs(path: string): boolean;
}

async function filesAt(files: Files, path: string, folders: readonly string[]): Promise<Found> {
  const walked = await files.walk(path, /^[^.][^]*\.(?:ya?ml|hbs)$/);
  if (walked !== undefined) {
    const { files: found, closed } = walked;
    if (found.length === 0 && closed.length === 0)
      throw nothingAt(`There is no runbook, signals file, test or template in ${harmless(path)}.`);
    const isProject = found.includes(join(path, "llmops.yaml"));
    const ours = new Set([...folders, ...(isProject ? [] : [path])]);
    return { found, closed, isOurs: (one) => ours.has(dirname(one)) };
  }
  if (!(await exists(files, path))) throw nothingAt(`There is no file or folder ${harmless(path)}.`);
  return { found: [path], closed: [], isOurs: () => true };
}

function nothingAt(what: string): UserError {
  return new UserError({ what, next: "name files or another folder: llmops runbook list", code: exit.usage });
}

/** Something of that name is there, if only a link that leads nowhere. */
async function exists(files: Files, path: string): Promise<boolean> {
  const names = await files.list(dirname(path)).catch((): string[] => []);
  return names.includes(relative(dirname(path), path)) || files.exists(path);
}

/** What broke may have been ours as long as it looks like it. */
function looksLikeOurs({ certain, document, text }: Recognised): boolean {
  return certain || (document === undefined && /^(?:steps|evidence|severity|objectives|targets|sources):/m.test(text));
}

/** In the order of the paths; some at once, as most of the time is waiting. */
async function readAll(files: Files, paths: readonly string[]): Promise<[path: string, text: ReadText][]> {
  const all: [string, ReadText][] = [];
  for (let from = 0; from < paths.length; from += 32) {
    const some = paths.slice(from, from + 32);
    const texts = await Promise.all(some.map((path) => readOne(files, path)));
    for (const [nth, path] of some.entries()) all.push([path, texts[nth]!]);
  }
  return all;
}

type ReadText = string | { why: string };

/** The text of a file, or why there is none. */
export async function readOne(files: Files, path: string): Promise<ReadText> {
  try {
    return (await files.read(path, mostBytes)) ?? { why: "there is no such file" };
  } catch (thrown) {
    if (thrown instanceof UserError) return { why: thrown.what };
    throw thrown;
  }
}

/** One bad file does not hide the others. */
function unreadable(file: string, message: string): Finding {
  return { file, at: { line: 1, column: 1 }, rule: "read", severity: "error", message };
}
