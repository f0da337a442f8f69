import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { realFiles } from "../../src/world/files.ts";
import { Locked } from "../../src/world/holder.ts";
import { bundle } from "./bundle.ts";

/** vfork(2): the parent sleeps uninterruptibly until its child ends, as if a disk did not answer. */
const sleepsLikeADisk = `
import ctypes, os, sys, time
if ctypes.CDLL(None).vfork() == 0:
    os.write(1, str(os.getpid()).encode())
    time.sleep(60)
    os._exit(0)
`;
const python = spawnSync("python3", ["--version"]).status === 0;

let folder = "";
let holder = "";
const children: ChildProcess[] = [];
const path = () => join(folder, "lever.lock");
const holding = () => JSON.parse(fs.readFileSync(path(), "utf8")) as Record<string, unknown>;

beforeAll(async () => void (holder = await bundle("holder")));
afterAll(() => fs.rmSync(dirname(holder), { recursive: true }));
beforeEach(() => void (folder = fs.mkdtempSync(join(tmpdir(), "llmops-lock-"))));
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
  fs.rmSync(folder, { recursive: true });
});

async function hold(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [holder, path()], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  await once(child.stdout, "data");
  return child;
}

async function refused(): Promise<Locked> {
  const thrown: unknown = await realFiles.locked(path(), 0, async () => {}).catch((error: unknown) => error);
  if (!(thrown instanceof Locked)) throw new Error("it was not locked");
  return thrown;
}

/** A signal takes a moment to stop every thread. */
async function until(isSo: (locked: Locked) => boolean): Promise<Locked> {
  for (;;) {
    const locked = await refused();
    if (isSo(locked)) return locked;
  }
}

describe.skipIf(!fs.existsSync("/proc/self/stat"))("D08: who is told to hold a lock", () => {
  it("D08: is named with the time since when, and is known to work", async () => {
    const child = await hold();
    const locked = await refused();
    expect(locked).toMatchObject({ code: 5, isWorking: true });
    expect(locked.what).toMatch(
      new RegExp(`is locked by process ${child.pid} on \\S+, since \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC$`),
    );
  });

  it("D08: is known to be stopped, and to go on when continued", async () => {
    const child = await hold();
    child.kill("SIGSTOP");
    const locked = await until(({ what }) => what.endsWith("; it is stopped"));
    expect(locked.isWorking).toBe(false);
    expect(locked.next).toBe(
      `continue it (fg, or kill -CONT ${child.pid}) or end it (kill -KILL ${child.pid}), then try again`,
    );
    child.kill("SIGCONT");
    expect(await until(({ isWorking }) => isWorking)).toMatchObject({ code: 5 });
  });

  it.skipIf(!python)("D08: is known to hang on a disk (needs python3)", async () => {
    await hold();
    const kept = holding();
    const child = spawn("python3", ["-c", sleepsLikeADisk], { stdio: ["ignore", "pipe", "inherit"] });
    const [grandchild] = (await once(child.stdout, "data")) as [Buffer];
    try {
      fs.writeFileSync(path(), JSON.stringify({ ...kept, pid: child.pid, started: "" }));
      const locked = await refused();
      expect(locked.isWorking).toBe(false);
      expect(locked.what).toContain("; it waits for a disk");
    } finally {
      process.kill(Number(grandchild.toString()), "SIGKILL");
      child.kill("SIGKILL");
    }
  });

  it("D08: is told to be out of sight on another machine and in another container, and the file is named", async () => {
    await hold();
    const kept = holding();
    for (const elsewhere of [{ host: "elsewhere" }, { space: "pid:[1]" }]) {
      fs.writeFileSync(path(), JSON.stringify({ ...kept, ...elsewhere }));
      const locked = await refused();
      expect(locked.isWorking).toBe(false);
      expect(locked.what).toContain("whether it still works cannot be seen from here");
      expect(locked.next).toContain(`once it is gone, remove ${path()}`);
    }
  });

  it("D08: may have a lock of an older version, or a time that no calendar knows: then it is not told since when", async () => {
    const child = await hold();
    const kept = holding();
    for (const since of [undefined, 9e15, "long"]) {
      fs.writeFileSync(path(), JSON.stringify({ ...kept, since }));
      expect((await refused()).what).toMatch(new RegExp(`process ${child.pid} on \\S+$`));
    }
  });
});
