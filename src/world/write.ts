import { constants, type Stats } from "node:fs";
import { chmod, chown, link, lstat, open, realpath, rename, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { codeOf, hasNoLinks, ifMissing } from "./fileFailure.ts";
import { refuseUnfit, syncFolder, tempNames } from "./own.ts";
import { realRandom } from "./random.ts";

const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_EXCL } = constants;

/** When it returns, the bytes are on the disk. */
export async function append(path: string, text: string): Promise<void> {
  await put(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, text);
}

/** Readers see the old text or the new one, also after a crash. */
export async function replace(path: string, text: string, links?: "follow"): Promise<void> {
  const old = await (links === "follow" ? stat : lstat)(path).catch(ifMissing);
  refuseOther(old);
  const real = old === undefined || links === undefined ? path : await realpath(path);
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
  const { begin, end } = tempNames(path);
  const temp = join(dirname(path), `${begin}${realRandom.id(10)}${end}`);
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
    if ((flags & O_EXCL) !== 0) await file.chmod(0o600);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Renaming onto a device would put a file in its place. */
function refuseOther(old: Stats | undefined): void {
  if (old?.isSymbolicLink() === true) throw Object.assign(new Error(), { code: "ELOOP" });
  if (old !== undefined) refuseUnfit(old);
}
