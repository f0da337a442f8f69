import { readdir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { codeOf, fileFailure } from "./fileFailure.ts";

export interface Walked {
  /** absolute, folder by folder, sorted; also pipes and devices, which a reader refuses */
  files: string[];
  /** folders that could not be looked into, and why */
  closed: { path: string; why: string }[];
}

/** Entries looked at in one walk: more is no folder of configuration. */
const most = 200_000;

/** See `Files.walk`. */
export async function walk(folder: string, wanted: RegExp): Promise<Walked | undefined> {
  const walked: Walked = { files: [], closed: [] };
  const open = [folder];
  let seen = 0;
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const entries = await readdir(path, { withFileTypes: true }).catch((thrown: unknown) => {
      if (path === folder && ["ENOTDIR", "ENOENT"].includes(codeOf(thrown) ?? "")) return undefined;
      walked.closed.push({ path, why: fileFailure(thrown, "look into", path).what });
      return [];
    });
    if (entries === undefined) return undefined;
    if ((seen += entries.length) > most) {
      walked.closed.push({
        path: folder,
        why: `there are more than ${most} files and folders here: name one further in`,
      });
      return walked;
    }
    const folders: string[] = [];
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const inner = join(path, entry.name);
      if (entry.isDirectory()) {
        if (!entry.name.startsWith(".") && entry.name !== "node_modules") folders.push(inner);
      } else if (wanted.test(entry.name) && !(entry.isSymbolicLink() && (await isFolder(inner)))) {
        if (entry.isSymbolicLink() && (await leadsOut(inner, folder)))
          walked.closed.push({ path: inner, why: "it is a link that leads out of the folder: name the file itself" });
        else walked.files.push(inner);
      }
    }
    open.push(...folders.toReversed());
  }
  return walked;
}

/** A stranger's link to `/proc/self/environ` must not be read, and shown in a public log. A link to nowhere leads nowhere. */
async function leadsOut(link: string, folder: string): Promise<boolean> {
  const end = await realpath(link).catch(() => undefined);
  if (end === undefined) return false;
  for (const root of [folder, process.cwd()]) if (end.startsWith((await realpath(root)) + sep)) return false;
  return true;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
