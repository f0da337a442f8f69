import { mkdir, open, readdir, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { harmless } from "../harmless.ts";
import { fileFailure, ifMissing } from "./fileFailure.ts";
import { parseGlob } from "./glob.ts";
import { takeLock } from "./lock.ts";
import { append, create, replace } from "./write.ts";

/** Paths are absolute. A failure is a UserError that names the path and what was tried. */
export interface Files {
  /** UTF-8 text (invalid UTF-8 is an error); undefined when there is no such file */
  read(path: string, maxBytes?: number): Promise<string | undefined>;
  /** bytes; undefined when there is no such file */
  readBytes(path: string): Promise<Uint8Array | undefined>;
  /** names in a folder, sorted; empty when there is no such folder */
  list(folder: string): Promise<string[]>;
  exists(path: string): Promise<boolean>;
  /** folders are made with mode 0700 */
  makeFolder(path: string): Promise<void>;
  /** appends and fsyncs; the file is made with mode 0600; a symlink is refused */
  append(path: string, text: string): Promise<void>;
  /** temp file in the same folder, fsync, rename, fsync of the folder; keeps the mode of an existing file, else 0600 */
  replace(path: string, text: string): Promise<void>;
  /** as `replace`, but fails when the file exists: returns false and writes nothing */
  create(path: string, text: string): Promise<boolean>;
  remove(path: string): Promise<void>;
  /**
   * Runs `work` while holding the lock file `path` (made O_EXCL, holds pid and host, gone afterwards). A lock whose
   * process is dead is taken over. Waits at most `waitMs`, then a UserError with `exit.conflict` that names the holder.
   */
  locked<T>(path: string, waitMs: number, work: () => Promise<T>): Promise<T>;
  /** expands `*` and `**` inside one root folder; absolute paths, sorted */
  glob(root: string, pattern: string): Promise<string[]>;
}

export const realFiles: Files = {
  async read(path, maxBytes = Infinity) {
    const bytes = await readFileBytes(path, maxBytes);
    return bytes === undefined ? undefined : decode(path, bytes);
  },
  readBytes: (path) => readFileBytes(path, Infinity),
  list: (folder) =>
    attempt("list", folder, async () => {
      const names = await readdir(folder).catch(ifMissing);
      return (names ?? []).sort();
    }),
  exists: (path) => attempt("look at", path, async () => (await stat(path).catch(ifMissing)) !== undefined),
  makeFolder: (path) =>
    attempt("make folder", path, async () => {
      await mkdir(path, { recursive: true, mode: 0o700 });
    }),
  append: (path, text) => attempt("write", path, () => append(path, text)),
  replace: (path, text) => attempt("write", path, () => replace(path, text)),
  create: (path, text) => attempt("write", path, () => create(path, text)),
  remove: (path) =>
    attempt("remove", path, async () => {
      await unlink(path).catch(ifMissing);
    }),
  // What `work` throws is its own: only taking the lock is explained here.
  async locked(path, waitMs, work) {
    const lock = await attempt("lock", path, () => takeLock(path, waitMs));
    try {
      return await work();
    } finally {
      await attempt("unlock", path, () => lock.release());
    }
  },
  glob: (root, pattern) => attempt("list", root, () => find(parseGlob(root, pattern))),
};

async function attempt<T>(doing: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw fileFailure(thrown, doing, path);
  }
}

const chunkBytes = 64 * 1024;

function readFileBytes(path: string, most: number): Promise<Uint8Array | undefined> {
  return attempt("read", path, async () => {
    const file = await open(path).catch(ifMissing);
    if (file === undefined) return undefined;
    try {
      if ((await file.stat()).isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
      // By hand: node's streams take 2 ms for each of the many small files that a command reads.
      const chunks: Uint8Array[] = [];
      for (let size = 0; ;) {
        const { bytesRead, buffer } = await file.read(Buffer.alloc(chunkBytes), 0, chunkBytes);
        if (bytesRead === 0) return Buffer.concat(chunks);
        size += bytesRead;
        if (size > most)
          throw new UserError({ what: `cannot read ${harmless(path)}: it is larger than ${most} bytes` });
        chunks.push(buffer.subarray(0, bytesRead));
      }
    } finally {
      await file.close();
    }
  });
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UserError({ what: `cannot read ${harmless(path)}: it is not UTF-8 text` });
  }
}

/** Links to folders are not followed, so a search always ends. */
async function find({ base, deep, matches }: ReturnType<typeof parseGlob>): Promise<string[]> {
  const entries = (await readdir(base, { withFileTypes: true }).catch(ifMissing)) ?? [];
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(base, entry.name);
      if (entry.isDirectory()) return deep ? find({ base: path, deep, matches }) : [];
      if (!matches(path)) return [];
      return entry.isFile() || (await stat(path).catch(ifMissing))?.isFile() === true ? [path] : [];
    }),
  );
  return found.flat().sort();
}
