import { describe, expect, it } from "vitest";
import { harmlessJson } from "../../src/harmless.ts";
import { headOf, stamp, start } from "../../src/timeline/chain.ts";
import { check } from "../../src/timeline/check.ts";
import { fact, type Event } from "../../src/timeline/event.ts";
import { examine } from "../../src/timeline/examine.ts";
import { openFileStore } from "../../src/timeline/fileStore.ts";
import { foldIncident } from "../../src/timeline/fold.ts";
import { readLines } from "../../src/timeline/lines.ts";
import { openRecorder } from "../../src/timeline/recorder.ts";
import { fakeWorld } from "../fake/world.ts";
import { applied, clamp, noon, opened } from "./told.ts";

const id = "INC-1121-abcd";
const folder = "/home/dana/shop/.llmops";
const file = `${folder}/incidents/${id}/timeline.jsonl`;
const author = { by: "dana", host: "box" };
const note = (text: string) => fact("noted", { text });

/** Ten records, with a change to production and texts that need escapes. */
const events: Event[] = stamp(
  [
    opened,
    note("ä 🔥 \u202e\u001b[31m"),
    ...applied(clamp()),
    note("seven"),
    fact("acknowledged", {}),
    note("nine"),
    note("ten"),
  ],
  id,
  start,
  noon,
  author,
);
const linesOf = (all: readonly Event[]) => all.map((event) => `${harmlessJson(event)}\n`);
const lines = linesOf(events);
const whole = lines.join("");

function examined(text: string | Uint8Array) {
  const reader = readLines();
  reader.see(Buffer.from(text as string));
  return examine(reader.end(), id);
}
const whats = (text: string | Uint8Array) => examined(text).findings.map(({ what, seq }) => [what, seq]);
const without = (...gone: number[]) => lines.filter((_, i) => !gone.includes(i + 1)).join("");
const store = (text: string | Uint8Array) => {
  const world = fakeWorld({ files: { [file]: "" } });
  world.files.put(file, Buffer.from(text as string));
  return { world, store: openFileStore(world, folder) };
};

describe("a timeline that nobody touched", () => {
  it("is sound, and its head is that of the last record", () => {
    expect(examined(whole).findings).toEqual([]);
    expect(check(examined(whole))).toMatchObject({ sound: true, records: 10, good: 10, head: headOf(events).hash });
  });

  it("reads the same however the disk hands it out", () => {
    const bytes = Buffer.from(whole);
    for (const size of [1, 7, 64, 1000]) {
      const reader = readLines();
      for (let at = 0; at < bytes.length; at += size) reader.see(bytes.subarray(at, at + size));
      expect(examine(reader.end(), id)).toEqual(examined(whole));
    }
  });
});

describe("C01, B04: a last line that is cut off", () => {
  it("at any byte leaves the whole records and a notice, and appending goes on behind it", async () => {
    const bytes = Buffer.from([...lines.slice(0, 1), harmlessJson(events[1])].join(""));
    const first = Buffer.byteLength(lines[0]!);
    // the last line holds characters of several bytes: some cuts leave half of one
    const raw = Buffer.from(JSON.stringify(events[1]));
    for (const text of [bytes, Buffer.concat([Buffer.from(lines[0]!), raw])])
      for (let size = first + 1; size <= text.length; size++) {
        const torn = text.subarray(0, size);
        const { world, store: s } = store(torn);
        const found = await s.read(id);
        expect(found.events.map(({ seq }) => seq)).toEqual([1]);
        expect(found.findings).toMatchObject([{ what: "torn", line: 2 }]);
        expect(found.findings[0]!.why).toContain(`after ${size - first} bytes, at byte ${first} of`);
        await (await openRecorder(s, id, author)).record(note("after"));
        const after = await s.read(id);
        expect(after.findings).toEqual([]);
        expect(after.events.map(({ type }) => type)).toEqual(["opened", "torn", "noted"]);
        const { file: aside } = after.events[1]!.payload as { file: string };
        const kept = await world.files.readBytes(`${folder}/incidents/${id}/${aside}`);
        expect(Buffer.from(kept!).equals(torn.subarray(first))).toBe(true);
      }
  });
});

describe("C03: one byte of an old record changed", () => {
  it("is found at every byte, names that record, and the part before it is good", () => {
    const bytes = Buffer.from(whole);
    let at = 0;
    for (const [i, line] of lines.slice(0, -1).entries()) {
      const size = Buffer.byteLength(line);
      for (let k = 0; k < size; k++) {
        const spoiled = Buffer.from(bytes);
        spoiled[at + k] = spoiled[at + k]! ^ 1;
        const found = examined(spoiled);
        const [first] = found.findings;
        // the newline itself joins two lines: it is the first of them that is no record any more
        expect(first?.seq, `byte ${k} of record ${i + 1}: ${JSON.stringify(found.findings)}`).toBe(i + 1);
        expect(check(found)).toMatchObject({ sound: false, good: i });
      }
      at += size;
    }
  });

  it("of the last record is found in its content and in its link; the rest needs a head kept elsewhere", () => {
    const last = events.at(-1)!;
    const spoil = (change: Partial<Event>) =>
      [...lines.slice(0, -1), `${harmlessJson({ ...last, ...change })}\n`].join("");
    expect(whats(spoil({ payload: { text: "tan" } }))).toEqual([["changed", 10]]);
    expect(whats(spoil({ prev: `0${last.prev.slice(1)}` }))).toEqual([["changed", 10]]);
    const renamed = examined(spoil({ by: "mallory" }));
    expect(renamed.findings).toEqual([]);
    expect(check(renamed, headOf(events).hash)).toMatchObject({ sound: false, expected: { is: "missing" } });
  });

  it("is not believed, and nothing else of the incident is lost", () => {
    const spoiled = whole.replace('"is":4096', '"is":4097');
    const incident = foldIncident(examined(spoiled).events, examined(spoiled).findings);
    // both the plan and the intent hold the value; one of them was changed
    expect(incident.damage).toEqual(["record 3 is not as it was written: its content is another"]);
    expect(incident.changes).toMatchObject([{ change: { before: { is: 4096 } }, state: "applied" }]);
    expect(incident.events).toHaveLength(10);
    const intent = lines.map((line, i) => (i === 3 ? line.replace('"is":4096', '"is":4097') : line)).join("");
    const blind = foldIncident(examined(intent).events, examined(intent).findings);
    expect(blind.changes).toEqual([]);
    expect(blind.damage).toEqual(["record 4 is not as it was written: its content is another"]);
  });
});

describe("C04: records of which one", () => {
  it.each<[string, string, [string, number][]]>([
    ["was deleted", without(4), [["missing", 4]]],
    ["and the next were deleted", without(4, 5), [["missing", 4]]],
    [
      "changed places with the next",
      [...lines.slice(0, 3), lines[4], lines[3], ...lines.slice(5)].join(""),
      [["moved", 4]],
    ],
    ["was moved to the front", [lines[5], ...lines.slice(0, 5), ...lines.slice(6)].join(""), []],
    ["stands twice", [...lines.slice(0, 4), lines[3], ...lines.slice(4)].join(""), [["repeated", 4]]],
    ["stands again at the end", [...lines, lines[3]].join(""), [["repeated", 4]]],
    ["is no record any more", [...lines.slice(0, 3), "garbage\n", ...lines.slice(4)].join(""), [["no record", 4]]],
    [
      "was written anew in other words",
      [...lines.slice(0, 6), lines[6]!.replace("\n", " \n"), ...lines.slice(7)].join(""),
      [["respelled", 7]],
    ],
  ])("%s are told apart", (_, text, expected) => {
    const found = examined(text);
    if (expected.length > 0) expect(found.findings.map(({ what, seq }) => [what, seq])).toEqual(expected);
    else expect(new Set(found.findings.map(({ what }) => what))).toEqual(new Set(["moved"]));
    expect(found.events.map(({ seq }) => seq)).toEqual(found.events.map(({ seq }) => seq).toSorted((a, b) => a - b));
    expect(found.findings.every(({ why }) => why.includes("record") || why.includes("line"))).toBe(true);
  });

  it("belongs to another incident is told", () => {
    const other = linesOf(stamp([opened], "INC-1121-zzzz", start, noon, author)).join("");
    expect(whats(other)).toEqual([["of another", 1]]);
  });
});

describe("an end that is missing", () => {
  const head = headOf(events).hash;

  it("C05: shows against the head that was kept, and only against it", () => {
    const cut = examined(lines.slice(0, -3).join(""));
    expect(cut.findings).toEqual([]);
    expect(check(cut)).toMatchObject({ sound: true, good: 7 });
    expect(check(cut, head)).toMatchObject({ sound: false, expected: { is: "missing" } });
  });

  it("C06: so does a chain that was written anew from the first record on", () => {
    const forged = stamp(
      [opened, ...events.slice(1).map((event) => ({ ...event, step: "x/y" }))],
      id,
      start,
      noon,
      author,
    );
    const anew = examined(linesOf(forged).join(""));
    expect(check(anew)).toMatchObject({ sound: true, good: 10 });
    expect(check(anew, head)).toMatchObject({ sound: false, expected: { is: "missing" } });
  });

  it("C05: a record that went on since is told from one that was cut", () => {
    expect(check(examined(whole), head)).toMatchObject({ sound: true, expected: { is: "the head", since: 0 } });
    const earlier = headOf(events.slice(0, 6)).hash;
    expect(check(examined(whole), earlier)).toMatchObject({ sound: true, expected: { is: "there", since: 4 } });
  });
});

describe("C08: what a newer version wrote", () => {
  it("under the same envelope is kept, shown and verified; more can be said, production is not changed", async () => {
    const hologram = stamp([{ type: "hologram", payload: { a: 1 } } as never], id, headOf(events), noon, author);
    const text = whole + linesOf(hologram).join("");
    const { world, store: s } = store(text);
    const recorder = await openRecorder(s, id, author);
    expect(recorder.incident).toMatchObject({ newer: true, damage: [] });
    await recorder.record(note("still"));
    expect(world.files.text(file).startsWith(text)).toBe(true);
    expect((await s.read(id)).findings).toEqual([]);
    expect(check(await s.read(id)).remarks.unknown).toEqual([
      { seq: 11, text: "(unknown record type hologram, kept)" },
    ]);
  });

  it.each([
    ["with our envelope", { ...events[0], v: 99, seq: 11, prev: headOf(events).hash, type: "hologram" }],
    ["with another envelope", { v: 99, what: "only theirs" }],
  ])("%s: nothing is added to it, and the file stays byte for byte", async (_, record) => {
    const text = `${whole}${JSON.stringify(record)}\n`;
    const { world, store: s } = store(text);
    const recorder = await openRecorder(s, id, author);
    expect(recorder.incident.newer).toBe(true);
    expect(recorder.incident.events.at(-1)).toMatchObject({ v: 99, seq: 11 });
    await expect(recorder.record(note("from an older one"))).rejects.toMatchObject({
      what: expect.stringContaining("A newer llmops wrote"),
      changed: "no",
    });
    expect(world.files.text(file)).toBe(text);
  });
});

describe("C09: a file that", () => {
  it("went through something that changed its line ends, or got a byte order mark, is whole", () => {
    for (const text of [whole.replaceAll("\n", "\r\n"), `\ufeff${whole}`]) {
      expect(examined(text).findings).toEqual([]);
      expect(examined(text).events).toHaveLength(10);
    }
  });

  it("holds lone surrogates and line separators in its texts is whole, in either spelling", () => {
    const odd = stamp([opened, note("\ud800 \u2028 \u2029 \udfff"), note("ok")], id, start, noon, author);
    expect(examined(linesOf(odd).join("")).findings).toEqual([]);
    const raw = odd.map((event) => `${JSON.stringify(event)}\n`).join("");
    expect(examined(raw).findings).toEqual([]);
  });

  it("has a line of ten megabytes, of 10,000 brackets, of bytes that are no text, or an empty one, names it", () => {
    const deep = `{"v":1,"seq":11,"at":1,"by":"","host":"","incident":"${id}","type":"noted","digest":"","prev":"","payload":${"[".repeat(10_000)}${"]".repeat(10_000)}}`;
    const bad = ["x".repeat(10_000_000), deep, "\ufffd", ""];
    for (const line of bad) {
      const bytes = Buffer.concat([
        Buffer.from(whole),
        line === "\ufffd" ? Buffer.from([0xff]) : Buffer.from(line),
        Buffer.from("\n"),
      ]);
      const found = examined(bytes);
      expect(found.findings).toMatchObject([{ line: 11 }]);
      expect(found.events.filter((event) => !("damaged" in event))).toHaveLength(10);
    }
    const long = examined(linesOf(stamp([opened, note("y".repeat(10_000_000))], id, start, noon, author)).join(""));
    expect(long.findings).toEqual([]);
  });

  it("has no newline at its end is cut off there", () => {
    expect(whats(whole.slice(0, -1))).toEqual([["torn", undefined]]);
  });
});

describe("D12: two copies that went their own ways", () => {
  const one = stamp([note("here")], id, headOf(events), noon, author);
  const two = stamp([note("there"), note("and there")], id, headOf(events), noon, { by: "kim", host: "other" });

  it("put together show where they part, and both heads", () => {
    for (const text of [
      [whole, ...linesOf(one), ...linesOf(two)].join(""),
      [whole, ...linesOf(one), whole, ...linesOf(two)].join(""),
    ]) {
      const found = examined(text);
      expect(found.findings.find(({ what }) => what === "two heads")).toMatchObject({ seq: 11 });
      expect(found.heads.toSorted()).toEqual([headOf(one).hash, headOf(two).hash].toSorted());
      expect(check(found)).toMatchObject({
        sound: false,
        head: null,
        good: text.includes("twice") ? 0 : expect.any(Number),
      });
    }
  });

  it("are not written behind each other: who finds another end than its own stops", async () => {
    const { world, store: s } = store(whole + linesOf(one).join(""));
    const recorder = await openRecorder(s, id, author);
    world.files.put(file, Buffer.from(whole + linesOf(two).join("")));
    const before = world.files.text(file);
    await expect(recorder.record(note("on"))).rejects.toMatchObject({
      code: 5,
      what: expect.stringContaining("no longer holds"),
    });
    expect(world.files.text(file)).toBe(before);
  });

  it("C05: nor is anything written to one whose end was cut off beneath us", async () => {
    const { world, store: s } = store(whole);
    const recorder = await openRecorder(s, id, author);
    world.files.put(file, Buffer.from(without(9, 10)));
    await expect(recorder.record(note("on"))).rejects.toMatchObject({ code: 5 });
    expect(world.files.text(file)).toBe(without(9, 10));
  });
});

describe("C03: a record of what was done that lost its content", () => {
  // records 3 to 6 are the plan, the intent, the write and its read-back
  const nulled = (...seqs: number[]) =>
    linesOf(events.map((event) => (seqs.includes(event.seq) ? ({ ...event, payload: null } as never) : event))).join(
      "",
    );
  const erasures = (...seqs: number[]) =>
    linesOf(
      stamp(
        seqs.map((seq) => fact("erased", { seq, reason: "x" })),
        id,
        headOf(events),
        noon,
        author,
      ),
    ).join("");

  it("is damaged, whoever says that it was erased: only words can be", () => {
    expect(whats(nulled(3, 4, 5, 6) + erasures(3, 4, 5, 6))).toEqual([3, 4, 5, 6].map((seq) => ["changed", seq]));
    expect(check(examined(nulled(4) + erasures(4)))).toMatchObject({ sound: false });
    expect(examined(nulled(7) + erasures(7)).findings).toEqual([]);
    expect(whats(nulled(7))).toEqual([["changed", 7]]);
  });

  it("is no erasure before it stood there", () => {
    const early = [...events.slice(0, 6), fact("erased", { seq: 8, reason: "x" }), note("eight")];
    const stamped = stamp(
      early.map(({ type, payload }) => fact(type, payload as never)),
      id,
      start,
      noon,
      author,
    );
    const text = linesOf(stamped.map((event) => (event.seq === 8 ? ({ ...event, payload: null } as never) : event)));
    expect(whats(text.join(""))).toEqual([["changed", 8]]);
  });

  it("is told by the outline too, from which lists and `watch` read what is live", async () => {
    const outline = await store(nulled(4)).store.outline(id);
    expect(outline!.damage).toEqual(["record 4 is not as it was written: its content is another"]);
    expect((await store(whole).store.outline(id))!.damage).toEqual([]);
  });

  it("is not erased by us either", async () => {
    const { store: s } = store(whole);
    expect((await s.erase(id, [4, 7], "too old", author)).map(({ payload }) => payload)).toEqual([
      { seq: 7, reason: "too old" },
    ]);
  });
});
