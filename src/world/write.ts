import { constants } from "node:fs";
import { chmod, chown, link, open, realpath, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { codeOf, hasNoLinks, ifMissing } from "./fileFailure.ts";
import { realRandom } from "./random.ts";

const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_EXCL } = constants;

/** When it returns, the bytes are on the disk. */
export async function append(path: string, text: string): Promise<void> {
  await put(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, text);
}

/** Readers see the old text or the new one, also after a crash. A symlink stays, what it points to is replaced. */
export async function replace(path: string, text: string): Promise<void> {
  const old = await stat(path).catch(ifMissing);
  const real = old === undefined ? path : await realpath(path);
  await viaTemp(real, text, async (temp) => {
    if (old !== undefined) {
      // Where we may not give the file back to its owner, it becomes ours.
      await chown(temp, old.uid, old.gid).catch(() => {});
      await chmod(temp, old.mode & 0o7777);
    }
    await rename(temp, real);
  });
}

/** False when there is such a file already. There is never half a file. */
export async function create(path: string, text: string): Promise<boolean> {
  return viaTemp(path, text, async (temp) => {
    try {
      await link(temp, path);
      return true;
    } catch (thrown) {
      if (codeOf(thrown) === "EEXIST") return false;
      if (!hasNoLinks(thrown)) throw thrown;
      return createWithoutLink(path, text);
    }
  });
}

/** For disks without hard links. */
async function createWithoutLink(path: string, text: string): Promise<boolean> {
  try {
    await put(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, text);
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === "EEXIST") return false;
    throw thrown;
  }
}

/** Hands a finished file beside `path` to `place`, and makes what that did durable. */
async function viaTemp<T>(path: string, text: string, place: (temp: string) => Promise<T>): Promise<T> {
  const temp = join(dirname(path), `.${basename(path).slice(0, 200)}.${realRandom.id(10)}.tmp`);
  try {
    await put(temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, text);
    return await place(temp);
  } finally {
    await unlink(temp).catch(() => {});
    await syncFolder(dirname(path));
  }
}

async function put(path: string, flags: number, text: string): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Some disks cannot sync a folder; then there is nothing to be done. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY).catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
