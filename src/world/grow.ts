import { constants } from "node:fs";
import * as fs from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { makeOwn, openOwn, syncFolder } from "./own.ts";

// Only what waits for the disk goes through the thread pool, see own.ts.
const sync = promisify(fs.fsync);

/** A file that only grows. Whoever appends holds a lock. */
export interface Growing {
  /** how many bytes it holds */
  size: number;
  /** its bytes from `from` on */
  read(from: number): Uint8Array;
  /** durable when it returns; when it throws, the file is as before wherever the disk allows that */
  append(text: string): Promise<void>;
  /**
   * Puts the bytes from `from` on into the new file `into`, and `text` in their place: durable when it returns, and after a
   * crash they still stand here or `text` does.
   */
  mend(from: number, into: string, text: string): Promise<void>;
}

/** Undefined when there is no such file. */
export async function grow<T>(path: string, work: (file: Growing) => Promise<T>): Promise<T | undefined> {
  const flags = constants.O_RDWR | constants.O_APPEND;
  const opened = openOwn(path, flags);
  if (opened === undefined) return undefined;
  let { fd } = opened;
  const file: Growing = {
    size: opened.stats.size,
    read(from) {
      const bytes = Buffer.alloc(Math.max(0, file.size - from));
      for (let got = 0; got < bytes.length;) {
        const more = fs.readSync(fd, bytes, got, bytes.length - got, from + got);
        if (more === 0) return bytes.subarray(0, got);
        got += more;
      }
      return bytes;
    },
    async append(text) {
      const bytes = Buffer.from(text);
      let put = 0;
      try {
        while (put < bytes.length) put += fs.writeSync(fd, bytes, put);
        await sync(fd);
        file.size += put;
      } catch (thrown) {
        // After a failed sync nobody knows what the disk holds: nothing may come to stand behind it. Only what we
        // ourselves put there is taken away.
        if (fs.fstatSync(fd).size === file.size + put) cutBack(fd, file.size);
        throw thrown;
      }
    },
    async mend(from, into, text) {
      makeOwn(into, file.read(from));
      await syncFile(into);
      // A copy takes the file's place whole: a tail that is gone and a record that does not say so are never seen.
      const mended = `${into}.tmp`;
      try {
        fs.copyFileSync(path, mended, constants.COPYFILE_EXCL);
        fs.truncateSync(mended, from);
        fs.appendFileSync(mended, text);
        await syncFile(mended);
        fs.renameSync(mended, path);
      } catch (thrown) {
        fs.rmSync(mended, { force: true });
        throw thrown;
      }
      await syncFolder(dirname(path));
      fs.closeSync(fd);
      ({ fd } = openOwn(path, flags)!);
      file.size = from + Buffer.byteLength(text);
    },
  };
  try {
    return await work(file);
  } finally {
    fs.closeSync(fd);
  }
}

/** As far as the disk allows it. */
function cutBack(fd: number, size: number): void {
  try {
    fs.ftruncateSync(fd, size);
  } catch {
    // it stays as it is: the next one who appends sets it aside
  }
}

async function syncFile(path: string): Promise<void> {
  const fd = fs.openSync(path, "r");
  await sync(fd).finally(() => fs.closeSync(fd));
}

const chunk = Buffer.alloc(256 * 1024);

/** Shows a file piece by piece; a piece is only there until `see` returns. False when there is no such file. */
export function scan(path: string, see: (piece: Uint8Array) => void, from = 0): boolean {
  const opened = openOwn(path);
  if (opened === undefined) return false;
  try {
    for (let at = from; ;) {
      const size = fs.readSync(opened.fd, chunk, 0, chunk.length, at);
      if (size === 0) return true;
      at += size;
      see(chunk.subarray(0, size));
    }
  } finally {
    fs.closeSync(opened.fd);
  }
}
