import { constants } from "node:fs";
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { isForeign, makeOwn, openOwn, tempNames } from "./own.ts";
import { realRandom } from "./random.ts";

// For files that may be lost at any time, and then cost time and nothing else: what goes wrong with them is nobody's news.

/** Undefined when it is not there, larger than that, or when anybody but us could have written it. */
export function recall(path: string, maxBytes: number): Uint8Array | undefined {
  try {
    const opened = openOwn(path, constants.O_RDONLY);
    if (opened === undefined) return undefined;
    const { fd, stats } = opened;
    try {
      const isOurs = !isForeign(stats) && (stats.mode & 0o022) === 0;
      return isOurs && stats.size <= maxBytes ? fs.readFileSync(fd) : undefined;
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

/** Readers see the old bytes or the new ones. Of two who write at once either may win, and neither is told. */
export function keep(path: string, bytes: Uint8Array): void {
  const { begin, end } = tempNames(path);
  const temp = join(dirname(path), `${begin}${realRandom.id(10)}${end}`);
  try {
    // of somebody who was killed; who still writes it finds it gone, and gives up
    for (const name of fs.readdirSync(dirname(path)))
      if (name.startsWith(begin) && name.endsWith(end)) fs.rmSync(join(dirname(path), name), { force: true });
    makeOwn(temp, bytes);
    fs.renameSync(temp, path);
  } catch {
    fs.rmSync(temp, { force: true });
  }
}
