import { describe, expect, it } from "vitest";
import { fact } from "../../src/timeline/event.ts";
import { openFileStore } from "../../src/timeline/fileStore.ts";
import { beginRecorder, openRecorder } from "../../src/timeline/recorder.ts";
import { fakeWorld } from "../fake/world.ts";
import { verifyChain } from "./verify.ts";

const id = "INC-1121-abcd";
const file = `/home/dana/shop/.llmops/incidents/${id}/timeline.jsonl`;
const author = { by: "dana", host: "box" };
const note = (text: string) => fact("noted", { text });
const opened = fact("opened", {
  kind: "incident",
  title: "T",
  class: "cost",
  severity: "SEV2",
  scope: {},
  version: "0",
});

function store(files: Record<string, string> = {}) {
  const world = fakeWorld({ files });
  return { world, store: openFileStore(world, "/home/dana/shop/.llmops") };
}

describe("the file store", () => {
  it("keeps what was said, in order, as JSON Lines", async () => {
    const { world, store: s } = store();
    const recorder = await beginRecorder(s, id, author, [opened]);
    await recorder.record(note("one"), note("two"));
    const text = (await world.files.read(file))!;
    expect(text.split("\n").filter(Boolean)).toHaveLength(3);
    expect((await s.read(id)).events.map((e) => e.seq)).toEqual([1, 2, 3]);
    expect(await s.list()).toEqual([id]);
  });

  it("takes what comes while the disk is busy in one write, in order", async () => {
    const { store: s } = store();
    const writes: string[][] = [];
    const counting = {
      ...s,
      append: (...[incident, after, facts, by]: Parameters<typeof s.append>) => {
        writes.push(facts.map(({ type, payload }) => (type === "noted" ? payload.text : type)));
        return s.append(incident, after, facts, by);
      },
    };
    const recorder = await beginRecorder(counting, id, author, [opened]);
    const first = recorder.record(note("one"));
    await Promise.resolve();
    await Promise.all([
      first,
      recorder.record(note("two")),
      recorder.record(note("three")),
      recorder.recordFrom((incident) => [note(`after ${incident.events.length}`)]),
      recorder.record(note("four")),
    ]);
    expect(writes).toEqual([["opened"], ["one"], ["two", "three"], ["after 4"], ["four"]]);
    expect(recorder.incident.events).toHaveLength(6);
  });

  it("tells a writer who is behind what is newer, and writes nothing", async () => {
    const { world, store: s } = store();
    await beginRecorder(s, id, author, [opened, note("one")]);
    const before = await world.files.read(file);
    const answer = await s.append(id, 1, [note("late")], author);
    expect("newer" in answer && answer.newer.map((e) => e.seq)).toEqual([2]);
    expect(await world.files.read(file)).toBe(before);
  });

  it("loses nothing when two recorders write at the same time", async () => {
    const { store: s } = store();
    const one = await beginRecorder(s, id, author, [opened]);
    const two = await openRecorder(s, id, { by: "kim", host: "other" });
    await Promise.all([
      ...Array.from({ length: 10 }, (_, i) => one.record(note(`dana ${i}`))),
      ...Array.from({ length: 10 }, (_, i) => two.record(note(`kim ${i}`))),
    ]);
    const { events } = await s.read(id);
    expect(events).toHaveLength(21);
    expect(verifyChain(events)).toBeUndefined();
    const said = events.map((e) => (e.payload as { text?: string }).text);
    for (const who of ["dana", "kim"])
      expect(said.filter((t) => t?.startsWith(who))).toEqual(Array.from({ length: 10 }, (_, i) => `${who} ${i}`));
    await one.refresh();
    expect(one.incident.notes).toHaveLength(20);
  });

  it("reads all whole records wherever the last line was cut, and goes on behind it", async () => {
    const { world, store: s } = store();
    const recorder = await beginRecorder(s, id, author, [opened]);
    await recorder.record(note("one"), note("the last, cut in the middle"));
    const whole = (await world.files.read(file))!;
    const lastLine = whole.slice(whole.slice(0, -1).lastIndexOf("\n") + 1);
    for (let cut = 1; cut < lastLine.length; cut++) {
      const torn = whole.slice(0, whole.length - cut);
      const { world: w, store: again } = store({ [file]: torn });
      expect((await again.read(id)).events).toHaveLength(2);
      await (await openRecorder(again, id, author)).record(note("after"));
      const { events, findings } = await again.read(id);
      expect(findings).toEqual([]);
      expect(verifyChain(events)).toBeUndefined();
      expect(events.map((e) => e.type)).toEqual(["opened", "noted", "torn", "noted"]);
      const aside = (await w.files.list(file.replace("/timeline.jsonl", ""))).find((n) => n.includes(".torn-"))!;
      expect(torn.endsWith((await w.files.read(file.replace("timeline.jsonl", aside)))!)).toBe(true);
    }
  });

  it("names a line that is no record and keeps it", async () => {
    const { world, store: s } = store();
    await beginRecorder(s, id, author, [opened]);
    await world.files.append(file, "garbage\n");
    expect((await s.read(id)).findings).toMatchObject([{ line: 2, what: "no record", why: "line 2 is not JSON" }]);
    await (await openRecorder(s, id, author)).record(note("on"));
    expect(await world.files.read(file)).toContain("\ngarbage\n");
    const text = (await world.files.read(file))!;
    const lost = text.split("\n").filter((_, line) => line !== 0);
    const damaged = store({ [file]: ["broken", ...lost].join("\n") });
    const recorder = await openRecorder(damaged.store, id, author);
    await recorder.record(note("still"));
    expect(recorder.incident.events.map((e) => e.seq)).toEqual([2, 3]);
    expect(verifyChain(recorder.incident.events)?.seq).toBe(1);
  });

  it("keeps a record of a newer kind and says that it is newer", async () => {
    const { world, store: s } = store();
    const recorder = await beginRecorder(s, id, author, [opened]);
    const newer = { ...recorder.incident.events[0]!, v: 2, seq: 2, type: "hologram" };
    await world.files.append(file, `${JSON.stringify(newer)}\n`);
    const read = await openRecorder(s, id, author);
    expect(read.incident.newer).toBe(true);
    expect(read.incident.events.map((e) => e.type)).toEqual(["opened", "hologram"]);
  });

  it.each(["../../etc/passwd", "INC-1121-abcd/../x", "", "INC"])("has no incident called %j", async (name) => {
    await expect(store().store.read(name)).rejects.toMatchObject({ code: 2 });
  });

  it("lets one drive the walk and tells the other who does", async () => {
    const { store: s } = store();
    await beginRecorder(s, id, author, [opened]);
    const mine = await s.lease(id);
    expect("release" in mine).toBe(true);
    expect(await s.lease(id)).toHaveProperty("heldBy");
    if ("release" in mine) await mine.release();
    expect("release" in (await s.lease(id))).toBe(true);
  });
});
