import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readOutlines } from "../../src/session/ledger.ts";
import { fact } from "../../src/timeline/event.ts";
import { openFileStore } from "../../src/timeline/fileStore.ts";
import { openMemoryStore } from "../../src/timeline/memoryStore.ts";
import { beginRecorder, openRecorder } from "../../src/timeline/recorder.ts";
import type { Store } from "../../src/timeline/store.ts";
import { realFiles, type Files } from "../../src/world/files.ts";
import { fakeWorld } from "../fake/world.ts";
import { opened } from "./told.ts";

const [one, two] = ["INC-1121-aaaa", "INC-1121-bbbb"];
const author = { by: "dana", host: "box" };
const raised = fact("severity", { from: "SEV2", to: "SEV1", reason: "worse" });

let home = "";
beforeEach(() => void (home = fs.mkdtempSync(join(tmpdir(), "llmops-outline-"))));
afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

const fileOf = (id: string) => join(home, ".llmops", "incidents", id, "timeline.jsonl");
const worldWith = (files: Files) => ({ ...fakeWorld({ cwd: home }), files });
/** A store on the real disk, as another process would open it. */
const store = () => openFileStore(worldWith(realFiles), join(home, ".llmops"));

/** A store, and the incidents whose bytes it read since it was asked last. */
function watched(): { store: Store; scanned(): string[]; severities(): Promise<Record<string, unknown>> } {
  const seen: string[] = [];
  const files: Files = {
    ...realFiles,
    scan(path, ...rest) {
      seen.push(path.split("/").at(-2)!);
      return realFiles.scan(path, ...rest);
    },
  };
  const world = worldWith(files);
  const store = openFileStore(world, join(home, ".llmops"));
  return {
    store,
    scanned: () => seen.splice(0),
    async severities() {
      const outlines = await readOutlines(store, world);
      return Object.fromEntries(outlines.map(({ id, severity }) => [id, severity]));
    },
  };
}

describe("the outlines of a store", () => {
  it("are read once, and again where another process wrote since, however little", async () => {
    await beginRecorder(store(), one, author, [opened]);
    const other = await beginRecorder(store(), two, author, [opened]);
    const mine = watched();
    expect(await mine.severities()).toEqual({ [one]: "SEV2", [two]: "SEV2" });
    expect(mine.scanned()).toEqual([one, two]);
    expect(await mine.severities()).toEqual({ [one]: "SEV2", [two]: "SEV2" });
    expect(mine.scanned()).toEqual([]);
    await other.record(raised);
    expect(await mine.severities()).toEqual({ [one]: "SEV2", [two]: "SEV1" });
    expect(mine.scanned()).toEqual([two]);
    const third = await beginRecorder(store(), "INC-1121-cccc", author, [opened]);
    await third.record(raised);
    expect(await mine.severities()).toEqual({ [one]: "SEV2", [two]: "SEV1", "INC-1121-cccc": "SEV1" });
    expect(mine.scanned()).toEqual(["INC-1121-cccc"]);
  });

  it("see what they wrote themselves, and what was put in the place of a file", async () => {
    await beginRecorder(store(), one, author, [opened]);
    const mine = watched();
    await mine.severities();
    await (await openRecorder(mine.store, one, author)).record(raised);
    expect(await mine.severities()).toEqual({ [one]: "SEV1" });
    const text = fs.readFileSync(fileOf(one), "utf8");
    fs.writeFileSync(`${fileOf(one)}.new`, text.replace('"to":"SEV1"', '"to":"SEV3"'), { mode: 0o600 });
    fs.renameSync(`${fileOf(one)}.new`, fileOf(one));
    expect((await mine.store.outline(one))?.damage).toEqual([
      "record 2 is not as it was written: its content is another",
    ]);
    fs.rmSync(fileOf(one));
    fs.symlinkSync("/etc/hostname", fileOf(one));
    await expect(mine.store.outline(one)).rejects.toMatchObject({ name: "UserError" });
  });

  it("hold of the closed and the open what is asked of them, and no more", async () => {
    const recorder = await beginRecorder(store(), one, author, [opened, fact("noted", { text: "long" })]);
    await recorder.record(raised, fact("closed", { note: "", head: recorder.incident.head.hash }));
    const { title, openedAt, openedBy, scope, closedAt } = recorder.incident;
    const told = { id: one, title, openedAt, openedBy, scope, closedAt, state: "closed", severity: "SEV1", damage: [] };
    expect(closedAt).toBeDefined();
    expect(await store().outline(one)).toMatchObject({ ...told, changes: [], events: [], notes: [] });
  });
});

describe("a dry run beside a store", () => {
  it("sees what is there without reading any incident whole, and leaves no trace", async () => {
    await beginRecorder(store(), one, author, [opened]);
    await (await openRecorder(store(), one, author)).record(raised);
    const before = fs.readFileSync(fileOf(one), "utf8");
    const disk = { ...store(), read: () => Promise.reject(new Error("read whole")) };
    const dry = openMemoryStore(fakeWorld(), disk);
    await beginRecorder(dry, two, author, [opened]);
    expect((await dry.outline(one))?.severity).toBe("SEV1");
    expect((await dry.outline(two))?.severity).toBe("SEV2");
    expect((await dry.list()).sort()).toEqual([one, two]);
    expect(await store().list()).toEqual([one]);
    expect(fs.readFileSync(fileOf(one), "utf8")).toBe(before);
  });

  it("goes on where an incident is, damage included, and keeps to itself what it says there", async () => {
    await beginRecorder(store(), one, author, [opened]);
    fs.appendFileSync(fileOf(one), "garbage\n");
    const before = fs.readFileSync(fileOf(one), "utf8");
    const dry = openMemoryStore(fakeWorld(), store());
    const recorder = await openRecorder(dry, one, author);
    await recorder.record(raised);
    expect(recorder.incident.severity).toBe("SEV1");
    const again = await openRecorder(dry, one, author);
    expect(again.incident).toMatchObject({ severity: "SEV1", damage: ["line 2 is not JSON"] });
    expect(await dry.outline(one)).toMatchObject({ severity: "SEV1", damage: ["line 2 is not JSON"] });
    expect(fs.readFileSync(fileOf(one), "utf8")).toBe(before);
    await expect(dry.read("INC-1121-zzzz")).rejects.toMatchObject({ code: 2 });
  });
});
