import { constants, type Stats } from "node:fs";
import * as fs from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { codeOf, fault } from "./fileFailure.ts";

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;
const sync = promisify(fs.fsync);

// Calls that take microseconds are made at once here: through node's thread pool each would take ten times as long, and
// somebody waits for every append.

/**
 * Opens a file that only we should have made: never through a link, never a pipe or a device (opening one may hang), and
 * for writing none that is somebody else's or has a second name. Undefined when it is not there.
 */
export function openOwn(path: string, flags = O_RDONLY): { fd: number; stats: Stats } | undefined {
  let fd: number;
  try {
    fd = fs.openSync(path, flags | O_NOFOLLOW | O_NONBLOCK);
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return undefined;
    throw thrown;
  }
  try {
    const stats = fs.fstatSync(fd);
    refuseUnfit(stats);
    if (flags !== O_RDONLY && isForeign(stats)) throw fault("foreign");
    if (flags !== O_RDONLY && stats.nlink > 1 && hasOtherNames(path, fd)) throw fault("second name");
    return { fd, stats };
  } catch (thrown) {
    fs.closeSync(fd);
    throw thrown;
  }
}

/** Of the name itself, not of what a link points to. */
export function versionOf(path: string): string | undefined {
  const stats = fs.lstatSync(path, { throwIfNoEntry: false });
  return stats === undefined ? undefined : `${stats.ino} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}`;
}

/** What the names begin and end with under which a file is made that then becomes `path`. */
export function tempNames(path: string): { begin: string; end: string } {
  return { begin: `.${basename(path).slice(0, 200)}.`, end: ".tmp" };
}

/** Whoever makes a file may be killed when it has its name and still its temporary one: that one is taken away here. */
function hasOtherNames(path: string, fd: number): boolean {
  const { begin, end } = tempNames(path);
  for (const name of fs.readdirSync(dirname(path))) {
    const other = join(dirname(path), name);
    const isTemp = name.startsWith(begin) && name.endsWith(end);
    if (isTemp && fs.lstatSync(other, { throwIfNoEntry: false })?.ino === fs.fstatSync(fd).ino)
      fs.rmSync(other, { force: true });
  }
  return fs.fstatSync(fd).nlink > 1;
}

/** Makes a file that must not be there yet, readable by nobody else whatever the umask. Not yet durable. */
export function makeOwn(path: string, text: string | Uint8Array): void {
  const fd = fs.openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    fs.fchmodSync(fd, 0o600);
    fs.writeFileSync(fd, text);
  } finally {
    fs.closeSync(fd);
  }
}

/** Makes a folder and those above it that are missing: 0700 whatever the umask, and durable. */
export async function makeFolders(path: string): Promise<void> {
  try {
    fs.mkdirSync(path, 0o700);
  } catch (thrown) {
    if (codeOf(thrown) === "EEXIST" && fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
    if (codeOf(thrown) === "EEXIST") throw Object.assign(new Error(), { code: "ENOTDIR" });
    if (codeOf(thrown) !== "ENOENT" || dirname(path) === path) throw thrown;
    await makeFolders(dirname(path));
    return makeFolders(path);
  }
  fs.chmodSync(path, 0o700);
  await syncFolder(dirname(path));
}

/** Some disks cannot sync a folder; then there is nothing to be done. That it failed is another matter. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const fd = fs.openSync(path, O_RDONLY);
    await sync(fd).finally(() => fs.closeSync(fd));
  } catch (thrown) {
    if (["EIO", "ENOSPC", "EDQUOT"].includes(codeOf(thrown) ?? "")) throw thrown;
  }
}

/**
 * A folder whose content we believe: really there under this name, writable by nobody but its owner (and its group, which
 * is a team's choice), and ours. Root may read in anybody's. One that is not there is no reason to refuse.
 */
export function trustFolder(path: string, to: "read" | "write"): void {
  const stats = fs.lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (stats.isSymbolicLink()) throw Object.assign(new Error(), { code: "ELOOP" });
  if (!stats.isDirectory()) throw Object.assign(new Error(), { code: "ENOTDIR" });
  if ((stats.mode & 0o002) !== 0) throw fault("world-writable");
  if (isForeign(stats) && !(to === "read" && process.geteuid?.() === 0)) throw fault("foreign");
}

export function refuseUnfit(stats: Stats): void {
  if (stats.isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
  if (!stats.isFile()) throw fault("not a file");
}

export function isForeign({ uid }: Stats): boolean {
  return process.geteuid !== undefined && uid !== process.geteuid();
}
