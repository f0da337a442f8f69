import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fact } from "../../src/timeline/event.ts";
import { openFileStore } from "../../src/timeline/fileStore.ts";
import { beginRecorder, openRecorder } from "../../src/timeline/recorder.ts";
import { realFiles } from "../../src/world/files.ts";
import { fakeWorld } from "../fake/world.ts";
import { bin } from "../torture/place.ts";
import { opened } from "./told.ts";
import { verifyChain } from "./verify.ts";

const id = "INC-1121-abcd";
const author = { by: "dana", host: "box" };
const note = fact("noted", { text: "on" });
const hasStrace = spawnSync("strace", ["-V"]).status === 0;
const isRoot = process.getuid?.() === 0;

let home = "";
let state = "";
const at = (...names: string[]) => join(state, "incidents", id, ...names);
const mode = (path: string) => fs.statSync(path).mode & 0o777;

beforeEach(() => {
  home = fs.mkdtempSync(join(tmpdir(), "llmops-state-"));
  state = join(home, ".llmops");
});
afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

/** A store on the real disk, as another process would open it. */
const store = () => openFileStore({ ...fakeWorld({ cwd: home }), files: realFiles }, state);
const begun = () => beginRecorder(store(), id, author, [opened]);
const refusal = (why: string) => ({ name: "UserError", changed: "no", what: expect.stringContaining(why) });

/** A file outside that must stay as it is. */
function precious(): string {
  const path = join(home, "precious");
  fs.writeFileSync(path, "precious\n");
  return path;
}

describe("K07, B08: what the state folder is made of", () => {
  it.each([0, 0o022, 0o077, 0o777])("is readable by nobody else under umask %o", async (umask) => {
    const before = process.umask(umask);
    try {
      const recorder = await begun();
      await recorder.record(note);
      const lease = await store().lease(id);
      expect([state, dirname(at()), at()].map(mode)).toEqual([0o700, 0o700, 0o700]);
      expect([at("timeline.jsonl"), at("walk.lock")].map(mode)).toEqual([0o600, 0o600]);
      fs.appendFileSync(at("timeline.jsonl"), "torn");
      await recorder.record(note);
      for (const name of fs.readdirSync(at())) expect(mode(at(name)), name).toBe(0o600);
      if ("release" in lease) await lease.release();
    } finally {
      process.umask(before);
    }
  });

  it("that everybody may write to is refused, for reading too, with what to do", async () => {
    await begun();
    for (const folder of [state, dirname(at()), at()]) {
      fs.chmodSync(folder, 0o777);
      for (const work of [() => store().read(id), () => openRecorder(store(), id, author), () => store().lease(id)])
        await expect(work()).rejects.toMatchObject({
          ...refusal("everybody may write there"),
          next: `see who wrote there, then: chmod o-w ${folder}`,
        });
      fs.chmodSync(folder, 0o700);
    }
    fs.chmodSync(state, 0o1777);
    await expect(store().list()).rejects.toMatchObject(refusal("everybody may write there"));
  });

  it("a group may share: that is a team's choice", async () => {
    await begun();
    fs.chmodSync(state, 0o770);
    await (await openRecorder(store(), id, author)).record(note);
    expect((await store().read(id)).events).toHaveLength(2);
  });

  it.skipIf(!isRoot)("that is somebody else's root may read and not write", async () => {
    const recorder = await begun();
    fs.chownSync(state, 4242, 4242);
    expect((await store().read(id)).events).toHaveLength(1);
    await expect(recorder.record(note)).rejects.toMatchObject(refusal("it belongs to somebody else"));
    fs.chownSync(state, 0, 0);
    fs.chownSync(at("timeline.jsonl"), 4242, 4242);
    await expect(recorder.record(note)).rejects.toMatchObject(refusal("it belongs to somebody else"));
  });

  it.skipIf(!isRoot)("that is somebody else's nobody but root may read", () => {
    const probe = `
      import { trustFolder } from ${JSON.stringify(join(process.cwd(), "src/world/own.ts"))};
      process.setuid(4242);
      try { trustFolder(${JSON.stringify(home)}, "read"); console.log("trusted"); } catch (e) { console.log(e.code); }`;
    fs.chmodSync(home, 0o755);
    const entry = join(home, "probe.ts");
    fs.writeFileSync(entry, probe);
    execFileSync("npx", ["rolldown", entry, "--file", join(home, "probe.mjs"), "--platform", "node"], {
      stdio: "ignore",
    });
    expect(execFileSync(process.execPath, [join(home, "probe.mjs")], { encoding: "utf8" }).trim()).toBe("foreign");
  });
});

describe("B06: a symlink", () => {
  it.each([
    ["the state folder", () => state],
    ["the folder of the incidents", () => dirname(at())],
    ["the folder of one incident", () => at()],
  ])("in the place of %s is not followed", async (_, place) => {
    await begun();
    const elsewhere = join(home, "elsewhere");
    fs.renameSync(place(), elsewhere);
    fs.symlinkSync(elsewhere, place());
    const before = fs.readdirSync(elsewhere, { recursive: true }).length;
    await expect(store().read(id)).rejects.toMatchObject(refusal("it is a symbolic link"));
    await expect(store().append(id, 1, [note], author)).rejects.toMatchObject(refusal("it is a symbolic link"));
    await expect(store().append(id, 0, [opened], author)).rejects.toMatchObject(refusal("it is a symbolic link"));
    await expect(store().lease(id)).rejects.toMatchObject(refusal("it is a symbolic link"));
    expect(fs.readdirSync(elsewhere, { recursive: true })).toHaveLength(before);
  });

  it("in the place of the timeline or of a lock is not followed, and its target stays as it is", async () => {
    const recorder = await begun();
    const target = precious();
    fs.symlinkSync(target, at("append.lock"));
    await expect(realFiles.locked(at("append.lock"), 20, async () => {})).rejects.toMatchObject({ code: 5 });
    fs.rmSync(at("append.lock"));
    fs.rmSync(at("timeline.jsonl"));
    fs.symlinkSync(target, at("timeline.jsonl"));
    await expect(store().read(id)).rejects.toMatchObject(refusal("it is a symbolic link"));
    await expect(recorder.record(note)).rejects.toMatchObject(refusal("it is a symbolic link"));
    await expect(begun()).rejects.toBeInstanceOf(Error);
    expect(fs.readFileSync(target, "utf8")).toBe("precious\n");
  });

  it("that leads nowhere makes no file there", async () => {
    fs.mkdirSync(at(), { recursive: true, mode: 0o700 });
    fs.symlinkSync(join(home, "made"), at("timeline.jsonl"));
    await expect(begun()).rejects.toBeInstanceOf(Error);
    expect(fs.existsSync(join(home, "made"))).toBe(false);
  });

  it("named as an output is not followed, nor is a device or a pipe replaced", async () => {
    const target = precious();
    fs.symlinkSync(target, join(home, "link.md"));
    execFileSync("mkfifo", [join(home, "pipe.md")]);
    await expect(realFiles.replace(join(home, "link.md"), "x")).rejects.toMatchObject(refusal("it is a symbolic link"));
    await expect(realFiles.replace(join(home, "pipe.md"), "x")).rejects.toMatchObject(refusal("a pipe or a device"));
    await expect(realFiles.replace("/dev/null", "x")).rejects.toMatchObject(refusal("a pipe or a device"));
    expect(fs.statSync("/dev/null").isCharacterDevice()).toBe(true);
    expect(fs.readFileSync(target, "utf8")).toBe("precious\n");
  });
});

describe("B06: what is no file of ours", () => {
  it("a pipe is refused and never waited for, wherever one may stand", async () => {
    const recorder = await begun();
    fs.rmSync(at("timeline.jsonl"));
    for (const path of [at("timeline.jsonl"), at("append.lock"), join(home, "alert.json")])
      execFileSync("mkfifo", [path]);
    await expect(store().read(id)).rejects.toMatchObject(refusal("a pipe or a device"));
    await expect(store().outline(id)).rejects.toMatchObject(refusal("a pipe or a device"));
    await expect(realFiles.grow(at("timeline.jsonl"), async () => {})).rejects.toMatchObject(
      refusal("a pipe or a device"),
    );
    await expect(realFiles.locked(at("append.lock"), 20, async () => {})).rejects.toMatchObject({ code: 5 });
    await expect(realFiles.read(join(home, "alert.json"))).rejects.toMatchObject(refusal("a pipe or a device"));
    await expect(realFiles.append(join(home, "alert.json"), "x")).rejects.toMatchObject(refusal("a pipe or a device"));
    fs.rmSync(at("append.lock"));
    await expect(recorder.record(note)).rejects.toMatchObject(refusal("a pipe or a device"));
  });

  it("a device is refused", async () => {
    await expect(realFiles.read("/dev/zero", 10)).rejects.toMatchObject(refusal("a pipe or a device"));
  });

  it("a timeline with a second name is not written to", async () => {
    const recorder = await begun();
    fs.linkSync(at("timeline.jsonl"), join(home, "second"));
    await expect(recorder.record(note)).rejects.toMatchObject(refusal("a second name"));
    fs.rmSync(join(home, "second"));
    await recorder.record(note);
  });
});

describe("B09: temporary files", () => {
  it.skipIf(!hasStrace)(
    "(strace) stand inside of the state folder, new, under names that nobody can guess, and are gone afterwards",
    async () => {
      await begun();
      fs.writeFileSync(join(home, "llmops.yaml"), "");
      const trace = join(home, "trace");
      const argv = [
        "-f",
        "-qqq",
        "-o",
        trace,
        "-e",
        "trace=openat,open,creat,mkdir,mkdirat,link,linkat",
        process.execPath,
        bin,
      ];
      execFileSync("strace", [...argv, "incident", "note", "on", id], { cwd: home, stdio: "ignore" });
      const calls = fs.readFileSync(trace, "utf8").split("\n");
      const made = calls.filter((call) => call.includes("O_CREAT"));
      expect(made.length).toBeGreaterThan(0);
      for (const call of made) {
        expect(call).toContain("O_EXCL");
        expect(call).toMatch(
          /\/\.llmops\/incidents\/INC-1121-abcd\/(timeline\.jsonl|append\.lock)\.[a-z2-7]{10,16}\.tmp"/,
        );
      }
      expect(fs.readdirSync(at())).toEqual(["timeline.jsonl"]);
    },
  );

  it("a name that is taken already is not written to: it is drawn again by the next try", async () => {
    const target = precious();
    fs.mkdirSync(at(), { recursive: true, mode: 0o700 });
    await expect(realFiles.create(target, "x")).resolves.toBe(false);
    expect(fs.readFileSync(target, "utf8")).toBe("precious\n");
  });
});

describe("A07: a timeline that begins", () => {
  it("is there with all its first facts or not at all", async () => {
    fs.mkdirSync(at(), { recursive: true, mode: 0o700 });
    expect(await store().outline(id)).toBeUndefined();
    await expect(store().read(id)).rejects.toMatchObject({ code: 2 });
    await begun();
    await expect(begun()).rejects.toMatchObject({ code: 5, what: `${id} exists already.` });
    expect((await store().read(id)).events).toHaveLength(1);
  });
});

describe("D07: a lock that somebody removed by hand while its holder works", () => {
  const lock = () => at("walk.lock");

  it("and took himself stops the holder before its next record", async () => {
    const [mine, theirs] = [store(), store()];
    const recorder = await beginRecorder(mine, id, author, [opened]);
    const lease = await mine.lease(id);
    fs.rmSync(lock());
    const other = await theirs.lease(id);
    expect("release" in other).toBe(true);
    const before = fs.readFileSync(at("timeline.jsonl"), "utf8");
    await expect(recorder.record(note)).rejects.toMatchObject({
      code: 5,
      changed: "no",
      what: expect.stringContaining("removed our lock"),
    });
    expect(fs.readFileSync(at("timeline.jsonl"), "utf8")).toBe(before);
    // who has it now goes on
    await (await openRecorder(theirs, id, author)).record(note);
    for (const one of [lease, other]) if ("release" in one) await one.release();
    expect(fs.readdirSync(at())).toEqual(["timeline.jsonl"]);
  });

  it("and nobody took is put back", async () => {
    const mine = store();
    const recorder = await beginRecorder(mine, id, author, [opened]);
    const lease = await mine.lease(id);
    fs.rmSync(lock());
    await recorder.record(note);
    expect(await store().lease(id)).toHaveProperty("heldBy");
    if ("release" in lease) await lease.release();
  });

  it("of an append never mixes two writers: the one that lost it writes nothing", async () => {
    await begun();
    await realFiles.locked(at("append.lock"), 0, async (held) => {
      expect(held.isOurs()).toBe(true);
      fs.rmSync(at("append.lock"));
      await (await openRecorder(store(), id, author)).record(note);
      fs.writeFileSync(
        at("append.lock"),
        JSON.stringify({ token: "theirs", pid: process.pid, host: "h", space: "", started: "" }),
      );
      expect(held.isOurs()).toBe(false);
      fs.rmSync(at("append.lock"));
      expect(held.isOurs()).toBe(true);
    });
    expect(verifyChain((await store().read(id)).events)).toBeUndefined();
  });
});

describe("B11: where the state is kept", () => {
  it("hangs on the project alone: not on HOME, not on XDG_STATE_HOME", async () => {
    await begun();
    fs.writeFileSync(join(home, "llmops.yaml"), "");
    for (const env of [
      {},
      { HOME: "" },
      { HOME: "relative", XDG_STATE_HOME: "relative" },
      { XDG_STATE_HOME: "/dev/shm" },
    ]) {
      const before = fs.readdirSync(home);
      const options = { cwd: home, env: { PATH: process.env["PATH"], ...env }, encoding: "utf8" } as const;
      const told = execFileSync(process.execPath, [bin, "incident", "list", "--json"], options);
      expect(JSON.parse(told)).toMatchObject({ incidents: [{ incident: id, record: `.llmops/incidents/${id}` }] });
      expect(fs.readdirSync(home)).toEqual(before);
    }
  });
});
