import { readFileSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UserError } from "../../src/errors.ts";
import type { Clock } from "../../src/world/clock.ts";
import type { Files } from "../../src/world/files.ts";
import { parseGlob } from "../../src/world/glob.ts";
import { Locked } from "../../src/world/holder.ts";

export interface FakeFiles extends Files {
  /** every file by absolute path, as text */
  all(): Record<string, string>;
  text(path: string): string;
  /** as if somebody else had written it */
  put(path: string, bytes: Uint8Array): void;
  /** set to make writes fail: returns why ("no space left on device"), or undefined to let it through */
  failWrites: ((path: string) => string | undefined) | undefined;
}

/** Files in memory. Below `home` the real package is seen too, so that shipped runbooks and templates are there. */
export function fakeFiles(clock: Clock, home: string, given: [path: string, text: string][]): FakeFiles {
  const files = new Map<string, Uint8Array>(given.map(([path, text]) => [path, Buffer.from(text)]));
  const folders = new Set<string>();
  const locks = new Set<string>();

  const self: FakeFiles = {
    failWrites: undefined,
    all: () =>
      Object.fromEntries(
        [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, bytes]) => [path, decode(path, bytes)]),
      ),
    text(path) {
      const bytes = files.get(path);
      if (bytes === undefined) throw new Error(`no file ${path}; there are: ${[...files.keys()].join(", ") || "none"}`);
      return decode(path, bytes);
    },
    put: (path, bytes) => void files.set(path, bytes),
    async read(path, maxBytes) {
      const bytes = await self.readBytes(path);
      if (bytes === undefined) return undefined;
      if (maxBytes !== undefined && bytes.length > maxBytes)
        throw new UserError({ what: `cannot read ${path}: it is larger than ${maxBytes} bytes` });
      return decode(path, bytes);
    },
    async readBytes(path) {
      absolute(path);
      if (isFolder(path)) throw new UserError({ what: `cannot read ${path}: it is a folder` });
      return files.get(path) ?? real(path);
    },
    async list(folder) {
      absolute(folder);
      const names = new Set<string>(realNames(folder));
      for (const path of [...files.keys(), ...folders]) {
        if (path.startsWith(`${folder}/`)) names.add(path.slice(folder.length + 1).split("/")[0]!);
      }
      return [...names].sort();
    },
    async exists(path) {
      absolute(path);
      return files.has(path) || isFolder(path) || real(path) !== undefined || realNames(path).length > 0;
    },
    async version(path) {
      absolute(path);
      const bytes = files.get(path);
      return bytes === undefined ? undefined : Buffer.from(bytes).toString("latin1");
    },
    async makeFolder(path) {
      if (isFolder(path)) return;
      writable(path);
      folders.add(path);
    },
    async makeFreshFolder(prefix) {
      writable(prefix);
      const path = `${prefix}fresh${folders.size}`;
      folders.add(path);
      return path;
    },
    async trust() {},
    async scan(path, see, from = 0) {
      absolute(path);
      const bytes = files.get(path);
      if (bytes !== undefined && bytes.length > from) see(bytes.subarray(from));
      return bytes !== undefined;
    },
    async grow(path, work) {
      absolute(path);
      const bytes = files.get(path);
      if (bytes === undefined) return undefined;
      const file = {
        size: bytes.length,
        read: (from: number) => files.get(path)!.subarray(from),
        async append(text: string) {
          await self.append(path, text);
          file.size = files.get(path)!.length;
        },
        async mend(from: number, into: string, text: string) {
          writable(into);
          files.set(into, files.get(path)!.subarray(from));
          files.set(path, Buffer.concat([files.get(path)!.subarray(0, from), Buffer.from(text)]));
          file.size = files.get(path)!.length;
        },
      };
      return work(file);
    },
    async append(path, text) {
      writable(path);
      files.set(path, Buffer.concat([files.get(path) ?? new Uint8Array(), Buffer.from(text)]));
    },
    async replace(path, text) {
      writable(path);
      files.set(path, Buffer.from(text));
    },
    async create(path, text) {
      writable(path);
      if (files.has(path)) return false;
      files.set(path, Buffer.from(text));
      return true;
    },
    async remove(path) {
      writable(path);
      files.delete(path);
    },
    async recall(path, maxBytes) {
      const bytes = files.get(path);
      return bytes === undefined || bytes.length > maxBytes ? undefined : bytes;
    },
    async keep(path, bytes) {
      writable(path);
      files.set(path, bytes);
    },
    async locked(path, waitMs, work) {
      writable(path);
      const until = clock.now() + waitMs;
      while (locks.has(path)) {
        if (clock.now() >= until)
          throw new Locked(`${path} is locked by process 1 on this machine`, "wait for it", true);
        await clock.sleep(20);
      }
      locks.add(path);
      try {
        return await work({ isOurs: () => true });
      } finally {
        locks.delete(path);
      }
    },
    async glob(root, pattern) {
      const { matches } = parseGlob(root, pattern);
      return [...new Set([...files.keys(), ...realBelow(root)])].filter(matches).sort();
    },
    async walk(folder, wanted) {
      absolute(folder);
      const inside = (path: string) => path.startsWith(`${folder}/`);
      const all = [...new Set([...[...files.keys()].filter(inside), ...realBelow(folder)])].sort();
      if (all.length === 0 && !isFolder(folder)) return undefined;
      return { files: all.filter((path) => wanted.test(basename(path))), closed: [] };
    },
  };
  return self;

  function absolute(path: string): void {
    if (!path.startsWith("/")) throw new Error(`not an absolute path: ${path}`);
  }
  function writable(path: string): void {
    absolute(path);
    const why = self.failWrites?.(path);
    if (why !== undefined) throw new UserError({ what: `cannot write ${path}: ${why}` });
    if (isFolder(path) && !folders.has(path)) throw new UserError({ what: `cannot write ${path}: it is a folder` });
    for (let up = dirname(path); up !== "/"; up = dirname(up)) {
      if (files.has(up)) throw new UserError({ what: `cannot write ${path}: ${up} is not a folder` });
    }
  }
  function isFolder(path: string): boolean {
    return folders.has(path) || [...files.keys()].some((file) => file.startsWith(`${path}/`));
  }
  function seen(path: string): boolean {
    return ["runbooks", "templates"].some((folder) => `${path}/`.startsWith(`${home}/${folder}/`));
  }
  function real(path: string): Uint8Array | undefined {
    if (!seen(path) || statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
    return readFileSync(path);
  }
  function realNames(folder: string): string[] {
    if (!seen(folder) || statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
    return readdirSync(folder);
  }
  function realBelow(root: string): string[] {
    return realNames(root).flatMap((name) => {
      const path = join(root, name);
      return statSync(path).isDirectory() ? realBelow(path) : [path];
    });
  }
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UserError({ what: `cannot read ${path}: it is not UTF-8 text` });
  }
}
