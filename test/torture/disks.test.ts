import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { clamp, disks, openCorner, wrongAfter, wrongRescue, type Corner } from "./disks.ts";
import { factsOf, recordsOf } from "./record.ts";
import { canMount, useUpInodes } from "./smallDisk.ts";

const has = (program: string) => spawnSync(program, ["-V"]).error === undefined;
const traces = has("strace");
const route = "/routes/support.reply";

let corner: Corner | undefined;
afterEach(async () => {
  await corner?.close();
  corner = undefined;
});
const words = (text: string) => text.replaceAll(/\s+/g, " ");
const timelineOf = ({ place }: Corner) => join(place.timelines, place.incidents()[0]!, "timeline.jsonl");

describe.skipIf(!canMount)("a disk that is full (mounting needs root)", () => {
  it("B01: before the change: nothing is sent, and it says that nothing changed", async () => {
    corner = await openCorner();
    corner.disk.fill();
    const ended = await corner.apply();
    expect(ended.code).toBe(3);
    expect(words(ended.stderr)).toMatch(/cannot .*: no space is left on the disk production changed: no/);
    expect(corner.api.journal.filter(({ write }) => write > 0)).toEqual([]);
    expect(await wrongAfter(ended, corner)).toEqual([]);
  });

  it("B01: there is no way around the record: no option changes production without it", async () => {
    corner = await openCorner();
    corner.disk.fill();
    const forced = await corner.place.llmops([...clamp(512), "--force-unrecorded"]);
    expect(forced.code).toBe(2);
    expect(corner.api.journal).toEqual([]);
  });

  it("B02: after the write went out: exit 6, the record on stderr and in a file, and the next command settles it by reading", async () => {
    corner = await openCorner({ onWrite: (disk) => disk.fill() });
    const ended = await corner.apply();
    expect(corner.api.documents.get(route)).toContain("512");
    expect(ended.code).toBe(6);
    expect(words(ended.stderr)).toMatch(/The change is APPLIED, and that is NOT RECORDED: .*no space is left/);
    expect(words(ended.stderr)).toContain("production changed: yes");
    expect(wrongRescue(ended, [corner.place.folder, corner.spare])).toEqual([]);
    const shown = await corner.place.llmops(["mitigation", "list"]);
    expect(shown.stdout).toContain("IN DOUBT");
    expect(await wrongAfter(ended, corner)).toEqual([]);
  });

  it("B01, B02, B04: wherever in a record the room ends, and wherever an fsync fails, the invariants hold", async () => {
    const { points, violations } = await disks.run({ seed: 1, extent: "some" });
    expect(violations).toEqual([]);
    expect(points).toBe(9);
  }, 120_000);

  it("B01: a disk without inodes, and one that is read-only, are refused before the network, and can still be read", async () => {
    corner = await openCorner({ options: "size=1m,nr_inodes=64" });
    expect((await corner.apply(1024)).code).toBe(0);
    useUpInodes(corner.disk.folder);
    const none = await corner.apply(512);
    expect([none.code, words(none.stderr)]).toEqual([3, expect.stringContaining("no space is left on the disk")]);
    corner.disk.remount("ro");
    const fixed = await corner.apply(512);
    expect([fixed.code, words(fixed.stderr)]).toEqual([3, expect.stringContaining("mounted read-only")]);
    expect(corner.api.writes()).toHaveLength(1);
    const list = await corner.place.llmops(["mitigation", "list"]);
    expect([list.code, list.stdout]).toEqual([0, expect.stringContaining("1024")]);
  });
});

describe.skipIf(!canMount || !traces)("a disk that fails (needs root and strace)", () => {
  it("B03: an fsync that fails is no durable record: the change is not begun, and is not tried again on hope", async () => {
    corner = await openCorner({ options: "size=1m" });
    const log = join(corner.spare, "trace");
    const under = ["strace", "-f", "-qq", "-o", log, "-e", "trace=fsync", "-e", "inject=fsync:error=EIO"];
    const ended = await corner.apply(512, { under });
    expect(ended.code).toBe(3);
    expect(words(ended.stderr)).toMatch(/the disk reports an error production changed: no/);
    expect(corner.api.writes()).toEqual([]);
    expect(readFileSync(log, "utf8").match(/EIO/g)!.length).toBeGreaterThan(0);
    expect(await wrongAfter(ended, corner)).toEqual([]);
  });

  it("B09: every file is made so that it must not be there yet, inside the state folder, with a name nobody can guess", async () => {
    corner = await openCorner({ options: "size=1m" });
    const log = join(corner.spare, "trace");
    const ended = await corner.apply(512, {
      under: ["strace", "-f", "-qq", "-o", log, "-e", "trace=openat,open,creat"],
    });
    expect(ended.code).toBe(0);
    const made = readFileSync(log, "utf8")
      .split("\n")
      .filter((text) => text.includes("O_CREAT"));
    expect(made.length).toBeGreaterThan(3);
    expect(made.filter((text) => !text.includes("O_EXCL"))).toEqual([]);
    expect(made.filter((text) => !text.includes(`"${corner!.place.folder}/.llmops/`))).toEqual([]);
    const locks = made.filter((text) => /\.lock\.[a-z2-7]{16}\.tmp"/.test(text)).length;
    const others = made.filter((text) => /\.[a-z2-7]{10}\.tmp"/.test(text)).length;
    expect(locks + others).toBe(made.length);
  });
});

describe.skipIf(!canMount)("what a crash and others leave on the disk (needs root)", () => {
  it("B04: half a line is set aside by the next record, named on the timeline, and later lines stay readable", async () => {
    corner = await openCorner({ options: "size=1m" });
    await corner.apply(1024);
    const [file, id] = [timelineOf(corner), corner.place.incidents()[0]!];
    const [half, before] = ['{"v":1,"incident":"' + id, readFileSync(file, "utf8")];
    appendFileSync(file, half);
    const undone = await corner.place.llmops([
      "mitigation",
      "undo",
      "m1",
      "--incident",
      id,
      "--yes",
      "--reason",
      "over",
    ]);
    expect(undone.code).toBe(0);
    const after = readFileSync(file, "utf8");
    expect(after.startsWith(before)).toBe(true);
    const { incidents, wrong } = recordsOf(corner.place);
    expect(wrong).toEqual([]);
    const [torn] = factsOf(incidents, "torn");
    expect(torn!.payload.bytes).toBe(Buffer.byteLength(half));
    expect(readFileSync(join(file, "..", torn!.payload.file), "utf8")).toBe(half);
    expect(corner.api.documents.get(route)).toContain("4096");
  });

  it("B08: a folder that everybody may write to is refused; what is made is 0700 and 0600 whatever the umask says", async () => {
    corner = await openCorner({ options: "size=1m" });
    const { folder } = corner.place;
    const open = ["sh", "-c", 'umask 0; exec "$@"', "sh"];
    expect((await corner.apply(1024, { under: open })).code).toBe(0);
    const made = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.startsWith(".llmops"),
    );
    expect(made.length).toBeGreaterThan(3);
    for (const name of made) {
      const stats = statSync(join(folder, name));
      expect([name, stats.mode & 0o777]).toEqual([name, stats.isDirectory() ? 0o700 : 0o600]);
    }
    chmodSync(join(folder, ".llmops"), 0o777);
    const refused = await corner.apply(512);
    expect([refused.code, words(refused.stderr)]).toEqual([3, expect.stringContaining("everybody may write there")]);
    expect(corner.api.writes()).toHaveLength(1);
  });

  it("B08: a folder of somebody else, and one that may not be written to, are refused before the network", async () => {
    corner = await openCorner({ options: "size=1m" });
    const { folder } = corner.place;
    const state = join(folder, ".llmops");
    for (const path of [corner.disk.folder, folder]) chmodSync(path, 0o755);
    const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    mkdirSync(state, { mode: 0o755 });
    const foreign = await corner.apply(512, { under: nobody });
    expect([foreign.code, words(foreign.stderr)]).toEqual([3, expect.stringContaining("belongs to somebody else")]);
    chownSync(state, 65534, 65534);
    chmodSync(state, 0o500);
    const closed = await corner.apply(512, { under: nobody });
    expect([closed.code, words(closed.stderr)]).toEqual([3, expect.stringContaining("permission denied")]);
    expect(words(closed.stderr)).toContain("production changed: no");
    expect(corner.api.writes()).toEqual([]);
  });

  it("B11: where the record is kept depends on the project alone, not on HOME or XDG_STATE_HOME", async () => {
    corner = await openCorner({ options: "size=1m" });
    const env = { HOME: "", XDG_STATE_HOME: "relative/state", TMPDIR: "/nowhere" };
    expect((await corner.apply(512, { env })).code).toBe(0);
    expect(readdirSync(corner.place.folder).sort()).toEqual([".llmops", "llmops.yaml"]);
    writeFileSync(join(corner.place.folder, "note.txt"), "");
    const unset = await corner.apply(256, { under: ["env", "-u", "HOME"] });
    expect(unset.code).toBe(0);
    expect(recordsOf(corner.place).incidents).toHaveLength(2);
  });
});
