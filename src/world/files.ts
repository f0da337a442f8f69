import { constants } from "node:fs";
import { mkdtemp, open, readdir, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { harmless } from "../harmless.ts";
import { codeOf, fileFailure, ifMissing } from "./fileFailure.ts";
import { parseGlob } from "./glob.ts";
import { grow, scan, type Growing } from "./grow.ts";
import { takeLock, type Held } from "./lock.ts";
import { makeFolders, refuseUnfit, trustFolder, versionOf } from "./own.ts";
import { keep, recall } from "./spare.ts";
import { walk, type Walked } from "./walk.ts";
import { append, create, replace } from "./write.ts";

/** Paths are absolute. A failure is a UserError that names the path and what was tried. */
export interface Files {
  /** UTF-8 text (invalid UTF-8 is an error); undefined when there is no such file; a pipe or device is refused, not waited for */
  read(path: string, maxBytes?: number): Promise<string | undefined>;
  /** bytes; undefined when there is no such file */
  readBytes(path: string): Promise<Uint8Array | undefined>;
  /** names in a folder, sorted; empty when there is no such folder */
  list(folder: string): Promise<string[]>;
  exists(path: string): Promise<boolean>;
  /**
   * another one whenever the file grew, shrank or was replaced since, and when it was written to in place at another tick of
   * the disk's clock (milliseconds); undefined when there is none. It ends in the times (ms) at which its bytes and
   * anything about it were changed last.
   */
  version(path: string): Promise<string | undefined>;
  /** folders are made with mode 0700, and durable */
  makeFolder(path: string): Promise<void>;
  /** makes a folder that was not there, with mode 0700 and a name that nobody can guess behind `prefix`: its path */
  makeFreshFolder(prefix: string): Promise<string>;
  /**
   * Refuses a folder that holds what others could have written: a symlink, one that everybody may write to, somebody
   * else's (root may read in it). One that is not there is not refused.
   */
  trust(folder: string, to: "read" | "write"): Promise<void>;
  /**
   * Shows a file of ours piece by piece, from the byte `from` on; a piece is only there until `see` returns. False when
   * there is no such file. A symlink is not followed.
   */
  scan(path: string, see: (piece: Uint8Array) => void, from?: number): Promise<boolean>;
  /** opens a file of ours that only grows, under a lock; undefined when there is none. Links and foreign files are refused. */
  grow<T>(path: string, work: (file: Growing) => Promise<T>): Promise<T | undefined>;
  /** appends and fsyncs; the file is made with mode 0600; a symlink is refused */
  append(path: string, text: string): Promise<void>;
  /**
   * temp file in the same folder, fsync, rename, fsync of the folder; keeps the mode of an existing file, else 0600. A
   * symlink is refused, or with `links` what it points to is replaced.
   */
  replace(path: string, text: string, links?: "follow"): Promise<void>;
  /** as `replace`, but fails when the file exists: returns false and writes nothing */
  create(path: string, text: string): Promise<boolean>;
  remove(path: string): Promise<void>;
  /** what `keep` left there; undefined when it is not there, too large, or anybody but us could have written it */
  recall(path: string, maxBytes: number): Promise<Uint8Array | undefined>;
  /**
   * For what may be lost at any time and costs nothing but time then: whole or not at all, with mode 0600, and never synced.
   * When it cannot be kept, nobody is told.
   */
  keep(path: string, bytes: Uint8Array): Promise<void>;
  /**
   * Runs `work` while holding the lock file `path` (made O_EXCL, holds pid and host, gone afterwards). A lock whose
   * process is dead is taken over. Waits at most `waitMs`, then a UserError with `exit.conflict` that names the holder.
   */
  locked<T>(path: string, waitMs: number, work: (lock: Held) => Promise<T>): Promise<T>;
  /** expands `*` and `**` inside one root folder; absolute paths, sorted */
  glob(root: string, pattern: string): Promise<string[]>;
  /**
   * All files below a folder whose name is wanted. Hidden folders, node_modules and links to folders are left out; a folder
   * that cannot be read does not hide the others. Undefined when `folder` is none.
   */
  walk(folder: string, wanted: RegExp): Promise<Walked | undefined>;
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
  version: (path) => attempt("look at", path, async () => versionOf(path)),
  makeFolder: (path) => attempt("make folder", path, () => makeFolders(path)),
  makeFreshFolder: (prefix) => attempt("make folder", prefix, () => mkdtemp(prefix)),
  trust: (folder, to) => attempt(`${to === "read" ? "read" : "write"} in`, folder, async () => trustFolder(folder, to)),
  scan: (path, see, from) => attempt("read", path, async () => scan(path, see, from)),
  async grow(path, work) {
    try {
      return await grow(path, work);
    } catch (thrown) {
      // What `work` throws is its own, but for what the disk answered.
      throw codeOf(thrown) === undefined ? thrown : fileFailure(thrown, "write", path);
    }
  },
  append: (path, text) => attempt("write", path, () => append(path, text)),
  replace: (path, text, links) => attempt("write", path, () => replace(path, text, links)),
  create: (path, text) => attempt("write", path, () => create(path, text)),
  remove: (path) =>
    attempt("remove", path, async () => {
      await unlink(path).catch(ifMissing);
    }),
  recall: async (path, maxBytes) => recall(path, maxBytes),
  keep: async (path, bytes) => keep(path, bytes),
  // What `work` throws is its own: only taking the lock is explained here.
  async locked(path, waitMs, work) {
    const lock = await attempt("lock", path, () => takeLock(path, waitMs));
    try {
      return await work(lock);
    } finally {
      await attempt("unlock", path, async () => lock.release());
    }
  },
  glob: (root, pattern) => attempt("list", root, () => find(parseGlob(root, pattern))),
  walk,
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
    // Opening a pipe that nobody writes to would wait for ever.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(ifMissing);
    if (file === undefined) return undefined;
    try {
      refuseUnfit(await file.stat());
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
    throw new UserError({ what: `cannot read ${harmless(path)}: it is not UTF-8 text`, next: "save it as UTF-8" });
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
