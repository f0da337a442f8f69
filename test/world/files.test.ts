import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { realFiles as files } from "../../src/world/files.ts";
import { bundle } from "./bundle.ts";

let folder = "";
const path = (name: string) => join(folder, name);
const mode = (name: string) => fs.statSync(path(name)).mode & 0o777;

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), "llmops-files-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

async function failure(work: Promise<unknown>): Promise<UserError> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(UserError);
  return thrown as UserError;
}

describe("read", () => {
  it("what is not there is undefined", async () => {
    expect(await files.read(path("none"))).toBeUndefined();
    expect(await files.readBytes(path("none"))).toBeUndefined();
    expect(await files.exists(path("none"))).toBe(false);
    expect(await files.list(path("none"))).toEqual([]);
  });

  it("keeps every byte, a byte order mark too", async () => {
    fs.writeFileSync(path("a"), "\ufeffä\r\n");
    expect(await files.read(path("a"))).toBe("\ufeffä\r\n");
    expect(await files.readBytes(path("a"))).toEqual(Buffer.from("\ufeffä\r\n"));
  });

  it("refuses what is no UTF-8, too large or a folder", async () => {
    fs.writeFileSync(path("a"), Buffer.from([0x61, 0xff]));
    expect((await failure(files.read(path("a")))).what).toBe(`cannot read ${path("a")}: it is not UTF-8 text`);
    expect((await failure(files.read(path("a"), 1))).what).toBe(`cannot read ${path("a")}: it is larger than 1 bytes`);
    expect((await failure(files.read(folder))).what).toBe(`cannot read ${folder}: it is a folder`);
    expect((await failure(files.read(path("a/b")))).what).toContain("a part of the path is a file, not a folder");
  });

  it("shows no control characters of a name", async () => {
    fs.mkdirSync(path("a\u001b[31m"));
    expect((await failure(files.read(path("a\u001b[31m")))).what).toBe(
      `cannot read ${path("a\\u001b[31m")}: it is a folder`,
    );
  });
});

describe("write", () => {
  it("append makes a private file and adds to it", async () => {
    await files.append(path("a"), "1\n");
    await files.append(path("a"), "2\n");
    expect(fs.readFileSync(path("a"), "utf8")).toBe("1\n2\n");
    expect(mode("a")).toBe(0o600);
  });

  it("append refuses a symlink and leaves its target alone", async () => {
    fs.writeFileSync(path("target"), "");
    fs.symlinkSync(path("target"), path("link"));
    expect((await failure(files.append(path("link"), "x"))).what).toBe(
      `cannot write ${path("link")}: it is a symbolic link`,
    );
    expect(fs.readFileSync(path("target"), "utf8")).toBe("");
  });

  it("replace keeps the mode, changes the file as a whole and leaves nothing beside it", async () => {
    fs.writeFileSync(path("a"), "old");
    fs.chmodSync(path("a"), 0o644);
    const before = fs.openSync(path("a"), "r");
    await files.replace(path("a"), "new");
    expect(fs.readFileSync(before, "utf8")).toBe("old");
    fs.closeSync(before);
    expect(fs.readFileSync(path("a"), "utf8")).toBe("new");
    expect(mode("a")).toBe(0o644);
    await files.replace(path("b"), "made");
    expect(mode("b")).toBe(0o600);
    expect(fs.readdirSync(folder).sort()).toEqual(["a", "b"]);
  });

  it("replace writes through a symlink only where that is wanted", async () => {
    fs.writeFileSync(path("target"), "old");
    fs.symlinkSync("target", path("link"));
    expect((await failure(files.replace(path("link"), "new"))).what).toBe(
      `cannot write ${path("link")}: it is a symbolic link`,
    );
    expect(fs.readFileSync(path("target"), "utf8")).toBe("old");
    await files.replace(path("link"), "new", "follow");
    expect(fs.lstatSync(path("link")).isSymbolicLink()).toBe(true);
    expect(fs.readFileSync(path("target"), "utf8")).toBe("new");
  });

  it("create is won by one", async () => {
    const won = await Promise.all(Array.from({ length: 20 }, (_, i) => files.create(path("a"), String(i))));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(fs.readFileSync(path("a"), "utf8")).toBe(String(won.indexOf(true)));
    expect(fs.readdirSync(folder)).toEqual(["a"]);
  });

  it("makes private folders, all the way", async () => {
    await files.makeFolder(path("a/b"));
    await files.makeFolder(path("a/b"));
    expect([mode("a"), mode("a/b")]).toEqual([0o700, 0o700]);
  });

  it("remove takes a file away, and is content when it is gone", async () => {
    await files.append(path("a"), "1");
    await files.remove(path("a"));
    await files.remove(path("a"));
    expect(await files.exists(path("a"))).toBe(false);
  });

  it("says where it cannot", async () => {
    const inNone = path("none/a");
    expect((await failure(files.append(inNone, "x"))).what).toBe(
      `cannot write ${inNone}: there is no folder ${dirname(inNone)}`,
    );
    expect((await failure(files.replace(folder, "x"))).what).toContain(`cannot write ${folder}: `);
    expect((await failure(files.append(folder, "x"))).what).toBe(`cannot write ${folder}: it is a folder`);
    expect((await failure(files.remove(folder))).what).toContain(`cannot remove ${folder}: `);
  });

  it.skipIf(!fs.existsSync("/dev/full"))("says that the disk is full", async () => {
    expect((await failure(files.append("/dev/full", "x"))).what).toBe(
      "cannot write /dev/full: no space is left on the disk",
    );
  });
});

describe("walk", () => {
  it("tells of a link that leads out of the folder, and does not name it as a file of it", async () => {
    fs.mkdirSync(path("inner"));
    fs.writeFileSync(path("inner/own.yaml"), "a: 1");
    fs.symlinkSync(path("inner/own.yaml"), path("beside.yaml"));
    fs.symlinkSync("/etc/passwd", path("stranger.yaml"));
    fs.symlinkSync(path("nowhere"), path("lost.yaml"));
    expect(await files.walk(folder, /\.yaml$/)).toEqual({
      files: ["beside.yaml", "lost.yaml", "inner/own.yaml"].map(path),
      closed: [{ path: path("stranger.yaml"), why: expect.stringContaining("out of the folder") }],
    });
  });
});

describe("glob", () => {
  it("finds files, in order, and no hidden ones", async () => {
    for (const name of ["b.jsonl", "a.jsonl", "a.txt", ".c.jsonl", "d/e.jsonl", "d/f/g.jsonl", ".h/i.jsonl"]) {
      fs.mkdirSync(dirname(path(name)), { recursive: true });
      fs.writeFileSync(path(name), "");
    }
    fs.symlinkSync(path("d"), path("loop"));
    fs.symlinkSync(path("a.jsonl"), path("link.jsonl"));
    const found = async (pattern: string) =>
      (await files.glob(folder, pattern)).map((full) => full.slice(folder.length + 1));
    expect(await found("*.jsonl")).toEqual(["a.jsonl", "b.jsonl", "link.jsonl"]);
    expect(await found("**/*.jsonl")).toEqual(["a.jsonl", "b.jsonl", "d/e.jsonl", "d/f/g.jsonl", "link.jsonl"]);
    expect(await found("d/**")).toEqual(["d/e.jsonl", "d/f/g.jsonl"]);
    expect(await found("*/e.jsonl")).toEqual(["d/e.jsonl"]);
    expect(await found("?.txt")).toEqual(["a.txt"]);
    expect(await found("a.jsonl")).toEqual(["a.jsonl"]);
    expect(await found("none/*.jsonl")).toEqual([]);
    expect(await found(path("d/*"))).toEqual(["d/e.jsonl"]);
  });
});

describe("D05, D08: locked", () => {
  const children: ChildProcess[] = [];
  let appender = "";
  let holder = "";
  beforeAll(async () => {
    [appender, holder] = await Promise.all([bundle("appender"), bundle("holder")]);
  });
  afterEach(() => children.splice(0).forEach((child) => child.kill("SIGKILL")));
  afterAll(() => [appender, holder].forEach((program) => fs.rmSync(dirname(program), { recursive: true })));

  function start(program: string, ...args: string[]): ChildProcess {
    const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    return child;
  }
  /** A lock whose owner was killed while holding it. */
  async function leaveLock(): Promise<void> {
    const child = start(holder, path("lock"));
    await once(child.stdout!, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(fs.existsSync(path("lock"))).toBe(true);
  }
  const holding = () => JSON.parse(fs.readFileSync(path("lock"), "utf8")) as Record<string, unknown>;

  it("holds the file while it works, and is private", async () => {
    const result = await files.locked(path("lock"), 0, async () => {
      expect(holding()).toMatchObject({ pid: process.pid });
      expect(mode("lock")).toBe(0o600);
      return 7;
    });
    expect(result).toBe(7);
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it("is released when the work throws, and what it threw arrives", async () => {
    const bug = new Error("a bug");
    await expect(files.locked(path("lock"), 0, () => Promise.reject(bug))).rejects.toBe(bug);
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it("names who holds it, once the waiting is over", async () => {
    await files.locked(path("lock"), 0, async () => {
      const error = await failure(files.locked(path("lock"), 30, async () => {}));
      expect(error.code).toBe(5);
      expect(error.what).toContain(`${path("lock")} is locked by process ${process.pid} on `);
    });
  });

  it("keeps out another process that is alive", async () => {
    const child = start(holder, path("lock"));
    await once(child.stdout!, "data");
    const error = await failure(files.locked(path("lock"), 100, async () => {}));
    expect(error.what).toContain(`process ${child.pid}`);
  });

  it("is taken over when its process was killed", async () => {
    await leaveLock();
    expect(await files.locked(path("lock"), 0, async () => holding()["pid"])).toBe(process.pid);
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it.skipIf(!fs.existsSync("/proc/self/stat"))(
    "is taken over when another process has the same pid by now",
    async () => {
      await files.locked(path("lock"), 0, async () => fs.copyFileSync(path("lock"), path("kept")));
      const kept = JSON.parse(fs.readFileSync(path("kept"), "utf8")) as Record<string, unknown>;
      fs.writeFileSync(path("lock"), JSON.stringify({ ...kept, started: "earlier" }));
      expect(await files.locked(path("lock"), 0, async () => holding()["token"])).not.toBe(kept["token"]);
    },
  );

  it("of another machine is never taken over", async () => {
    await leaveLock();
    fs.writeFileSync(path("lock"), JSON.stringify({ ...holding(), host: "elsewhere" }));
    expect((await failure(files.locked(path("lock"), 10, async () => {}))).what).toContain("on elsewhere");
  });

  it("that cannot be read is left alone", async () => {
    fs.writeFileSync(path("lock"), "");
    expect(await failure(files.locked(path("lock"), 10, async () => {}))).toMatchObject({ code: 5 });
    expect(fs.readFileSync(path("lock"), "utf8")).toBe("");
  });

  it("twenty takers of a dead lock never hold it together", async () => {
    await leaveLock();
    let inside = 0;
    const most: number[] = [];
    const taker = () =>
      files.locked(path("lock"), 30_000, async () => {
        most.push(++inside);
        await new Promise((resolve) => setTimeout(resolve, 1));
        inside--;
      });
    await Promise.all(Array.from({ length: 20 }, taker));
    expect(most).toEqual(Array.from({ length: 20 }, () => 1));
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it("twenty processes append in turn, one of them dead from the start", { timeout: 60_000 }, async () => {
    await leaveLock();
    const running = Array.from({ length: 20 }, () => start(appender, path("lock"), path("log"), "10"));
    const codes = await Promise.all(running.map(async (child) => (await once(child, "exit"))[0] as number));
    expect(codes).toEqual(Array.from({ length: 20 }, () => 0));
    const expected = Array.from({ length: 200 }, (_, i) => `${i + 1}\n`).join("");
    expect(fs.readFileSync(path("log"), "utf8")).toBe(expected);
    expect(fs.readdirSync(folder)).toEqual(["log"]);
  });
});
