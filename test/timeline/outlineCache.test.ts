import { execFileSync } from "node:child_process";
import { hash } from "node:crypto";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "../../src/program.ts";
import { run } from "../../src/run.ts";
import { readOutlines } from "../../src/session/ledger.ts";
import { stamp, start } from "../../src/timeline/chain.ts";
import { fact, type Fact } from "../../src/timeline/event.ts";
import { openFileStore } from "../../src/timeline/fileStore.ts";
import type { Outline } from "../../src/timeline/incident.ts";
import { beginRecorder, openRecorder } from "../../src/timeline/recorder.ts";
import { lineOf } from "../../src/timeline/seen.ts";
import type { Store } from "../../src/timeline/store.ts";
import { version } from "../../src/version.ts";
import { realFiles, type Files } from "../../src/world/files.ts";
import type { World } from "../../src/world/world.ts";
import { fakeWorld } from "../fake/world.ts";
import { applied, clamp, opened } from "./told.ts";

const author = { by: "dana", host: "laptop" };
const note = fact("noted", { text: "on" });
const closed = fact("closed", { note: "", head: "0".repeat(64) });
const undo = clamp({ id: "m2", undoes: "m1", before: { is: 512 }, after: { is: 4096 } });
/** Over, and full of what an outline can hold. */
const over: Fact[] = [
  opened,
  fact("alert", {
    name: "TokenCost",
    status: "firing",
    labels: { route: "support.reply", said: "größer\u2028" },
    annotations: {},
  }),
  fact("quoted", { calls: [] }),
  ...applied(clamp({ before: { is: { "[big": 12345678901234567n.toString(), none: null } } })),
  fact("probed", { change: "m1", when: "after", probe: "ask", sent: "GET /", verdict: "yes", why: "it says so" }),
  ...applied(undo),
  closed,
];
const ids = Array.from({ length: 24 }, (_, n) => `INC-1121-aa${"abcdefghijklmnopqrstuvwxyz"[n]}a`);
const [first] = ids as [string];
const open = "INC-1121-open";
const isRoot = process.getuid?.() === 0;

let home = "";
beforeEach(() => {
  home = fs.mkdtempSync(join(tmpdir(), "llmops-cache-"));
  fs.writeFileSync(join(home, "llmops.yaml"), "");
  for (const id of ids) write(id, over);
  write(open, [opened]);
});
afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

const state = () => join(home, ".llmops");
const cache = () => join(state(), "outlines.cache");
const fileOf = (id: string) => join(state(), "incidents", id, "timeline.jsonl");

function write(id: string, facts: Fact[]): void {
  fs.mkdirSync(join(fileOf(id), ".."), { recursive: true, mode: 0o700 });
  const events = stamp(facts, id, start, Date.UTC(2026, 10, 21), author);
  fs.writeFileSync(fileOf(id), events.map(lineOf).join(""), { mode: 0o600 });
}

interface Process {
  world: World & { terminal: { screen: string } };
  store: Store;
  /** incidents whose bytes it read since it was asked last */
  scanned(): string[];
  outlines(): Promise<Outline[]>;
  /** as when the command is over */
  end(): Promise<void>;
  llmops(...argv: string[]): Promise<number>;
}

/** Another process on the same disk, by default long after everything was written. */
function another(now = "2099-01-01T00:00:00Z"): Process {
  const seen: string[] = [];
  const files: Files = {
    ...realFiles,
    scan(path, ...rest) {
      seen.push(path.split("/").at(-2)!);
      return realFiles.scan(path, ...rest);
    },
  };
  const world = { ...fakeWorld({ cwd: home, now }), files };
  const store = openFileStore(world, state());
  return {
    world,
    store,
    scanned: () => seen.splice(0),
    outlines: () => readOutlines(store, world),
    async end() {
      for (const work of world.afterwards.splice(0)) await work();
    },
    llmops: (...argv) => run(parse(argv) as Parameters<typeof run>[0], world),
  };
}

/** What a command that looks at everything and records something leaves behind. */
async function record(mine = another()): Promise<Process> {
  await mine.outlines();
  await (await openRecorder(mine.store, open, author)).record(note);
  await mine.end();
  return mine;
}

const names = () => fs.readdirSync(state()).sort();
const readAnew = async () => {
  const next = another();
  const outlines = await next.outlines();
  expect(outlines).toHaveLength(ids.length + 1);
  expect(next.world.terminal.screen).toBe("");
  return next.scanned();
};

describe("what was read of incidents that are over", () => {
  it("is not read again by the next process, and is the same to the last value", async () => {
    await record();
    expect(fs.statSync(cache()).mode & 0o777).toBe(0o600);
    const next = another();
    const kept = await next.outlines();
    expect(next.scanned()).toEqual([open]);
    expect(kept[0]).toMatchObject({ changes: [{ state: "ended" }, { state: "ended" }], quoted: [{ seq: 3 }] });
    expect([kept[0]!.probed.get("m1"), kept[0]!.plans.size]).toMatchObject([[{ probe: "ask" }], 2]);
    fs.rmSync(cache());
    expect(await another().outlines()).toEqual(kept);
    expect(names()).toEqual(["incidents"]);
  });

  it("is read again where a byte was changed in its place, whatever size and time it shows", async () => {
    await record();
    const { atime, mtime, size } = fs.statSync(fileOf(first));
    fs.writeFileSync(fileOf(first), fs.readFileSync(fileOf(first), "utf8").replace("Cost spike", "Lost spike"));
    fs.utimesSync(fileOf(first), atime, mtime);
    expect(fs.statSync(fileOf(first)).size).toBe(size);
    const next = another();
    const outlines = await next.outlines();
    expect(next.scanned()).toEqual([first, open]);
    expect(outlines.find(({ id }) => id === first)!.damage).not.toEqual([]);
    expect(next.world.terminal.screen).toContain(`The record of ${first} is damaged`);
  });

  it("is read again where somebody appended, erased, or put another file in its place", async () => {
    await record();
    const mine = another();
    await (await openRecorder(mine.store, first, author)).record(...applied(clamp({ id: "m3" })));
    await mine.store.erase(ids[1]!, [3], "asked for", author);
    fs.copyFileSync(fileOf(ids[2]!), `${fileOf(ids[2]!)}.new`);
    fs.renameSync(`${fileOf(ids[2]!)}.new`, fileOf(ids[2]!));
    const next = another();
    const outlines = new Map((await next.outlines()).map((one) => [one.id, one]));
    expect(next.scanned()).toEqual([...ids.slice(0, 3), open]);
    expect(outlines.get(first)!.changes.at(-1)).toMatchObject({ state: "applied" });
    expect(outlines.get(ids[1]!)!.quoted).toEqual([]);
  });

  it("is of a folder that nobody else may write to", async () => {
    await record();
    fs.chmodSync(join(fileOf(first), ".."), 0o777);
    const next = another();
    expect(await next.outlines()).toHaveLength(ids.length);
    expect(next.world.terminal.screen).toContain(`${first} is left out`);
  });

  it("is kept only of those that are over, whole, and of no concern to production", async () => {
    write(ids[0]!, [opened, ...applied(clamp()), closed]);
    write(ids[1]!, [opened, ...applied(clamp()).slice(0, 2), closed]);
    write(ids[2]!, [opened]);
    fs.appendFileSync(fileOf(ids[3]!), "garbage\n");
    fs.appendFileSync(fileOf(ids[3]!), "garbage\n");
    await record();
    const next = another();
    await next.outlines();
    expect(next.scanned()).toEqual([...ids.slice(0, 4), open]);
  });

  it("is not kept while it is so new that the disk's clock may not have gone on since", async () => {
    const { mtimeMs } = fs.statSync(fileOf(first));
    await record(another(new Date(mtimeMs + 2000).toISOString()));
    expect(names()).toEqual(["incidents"]);
    // nor where a clock says that it was written in the future
    await record(another("2001-01-01T00:00:00Z"));
    expect(names()).toEqual(["incidents"]);
  });

  it("is not worth a file where it is little, and is forgotten with the incident", async () => {
    for (const id of ids.slice(19)) fs.rmSync(join(fileOf(id), ".."), { recursive: true });
    await record();
    expect(names()).toEqual(["incidents"]);
    for (const id of ids.slice(19)) write(id, over);
    await record();
    expect(fs.readFileSync(cache(), "utf8")).toContain(first);
    fs.rmSync(join(fileOf(first), ".."), { recursive: true });
    await record();
    expect(fs.readFileSync(cache(), "utf8")).not.toContain(first);
    ids.slice(1).forEach((id) => expect(fs.readFileSync(cache(), "utf8")).toContain(id));
  });
});

describe("the file that it is kept in", () => {
  const whole = () => fs.readFileSync(cache());
  const put = (change: (text: string) => string) => () =>
    fs.writeFileSync(cache(), change(fs.readFileSync(cache(), "utf8")));

  const signed = (text: string) => {
    const [, ...lines] = text.split("\n");
    const all = lines.join("\n");
    return `${text.split("\n")[0]!.slice(0, -64)}${hash("sha256", all)}\n${all}`;
  };

  it.each([
    ["empty", () => fs.truncateSync(cache(), 0)],
    ["cut off", () => fs.truncateSync(cache(), whole().length - 10)],
    ["full of zeros", () => fs.writeFileSync(cache(), Buffer.alloc(whole().length))],
    ["no text", () => fs.writeFileSync(cache(), Buffer.from([0xff, 0x0a, 0xfe, 0x0a]))],
    ["changed by a character", put((text) => text.replace("Cost spike", "Lost spike"))],
    ["an older program's", put((text) => text.replace(`llmops ${version} `, "llmops 0.0.1 "))],
    ["of another format", put((text) => text.replace(/ outlines \d+ /, " outlines 999 "))],
    ["of other lines", put((text) => signed(text.replaceAll("[[", "[{}, [")))],
    ["much too large", () => fs.truncateSync(cache(), 33 * 1024 * 1024)],
    ["open to everybody", () => fs.chmodSync(cache(), 0o666)],
  ])("%s, is as good as none, without a word, and is written anew", async (_, spoil) => {
    await record();
    const before = whole();
    spoil();
    expect(await readAnew()).toEqual([...ids, open]);
    await record();
    expect(whole().equals(before)).toBe(true);
    expect(fs.statSync(cache()).mode & 0o777).toBe(0o600);
    expect(await readAnew()).toEqual([open]);
  });

  it("B06: is not read through a link, and what the link points to stays as it is", async () => {
    await record();
    const elsewhere = join(home, "elsewhere");
    fs.renameSync(cache(), elsewhere);
    fs.symlinkSync(elsewhere, cache());
    const before = fs.readFileSync(elsewhere, "utf8");
    expect(await readAnew()).toEqual([...ids, open]);
    await record();
    expect(fs.lstatSync(cache()).isFile()).toBe(true);
    expect(fs.readFileSync(elsewhere, "utf8")).toBe(before);
    expect(await readAnew()).toEqual([open]);
  });

  it("B06: that is a pipe is not waited for; where a folder stands nothing is kept, and nothing fails", async () => {
    execFileSync("mkfifo", [cache()]);
    expect(await readAnew()).toEqual([...ids, open]);
    await record();
    expect(await readAnew()).toEqual([open]);
    fs.rmSync(cache());
    fs.mkdirSync(join(cache(), "theirs"), { recursive: true });
    await record();
    expect(await readAnew()).toEqual([...ids, open]);
    expect(names()).toEqual(["incidents", "outlines.cache"]);
  });

  it.skipIf(!isRoot)("is not read when somebody else could have written it", async () => {
    await record();
    fs.chownSync(cache(), 65534, 65534);
    expect(await readAnew()).toEqual([...ids, open]);
  });

  it("what somebody who was killed left of it is taken away, and of two at once one wins", async () => {
    await record();
    const begun = join(state(), ".outlines.cache.abcdefghij.tmp");
    fs.renameSync(cache(), begun);
    fs.truncateSync(begun, 1000);
    expect(await readAnew()).toEqual([...ids, open]);
    await Promise.all([record(), beginRecorder(another().store, "INC-1121-more", author, [opened])]);
    const [one, two] = [another(), another()];
    fs.rmSync(cache());
    await Promise.all([record(one), record(two)]);
    expect(names()).toEqual(["incidents", "outlines.cache"]);
    const next = another();
    await next.outlines();
    expect(next.scanned()).toEqual(["INC-1121-more", open]);
  });
});

describe("commands", () => {
  const all = () => fs.readdirSync(home, { recursive: true, encoding: "utf8" }).sort();

  it("that only read leave no file, those that record do", async () => {
    const before = all();
    const commands = [
      ["incident", "list"],
      ["mitigation", "list"],
      ["incident", "show", open],
      ["incident", "check", first],
      ["postmortem", first],
      ["runbook", "lint"],
      [],
      ["mitigate", "token-clamp", "--scope", "route=support.reply", "--reason", "cost", "--dry-run"],
    ];
    for (const argv of commands) {
      await another().llmops(...argv);
      expect([argv, all()]).toEqual([argv, before]);
    }
    const noting = another();
    expect(await noting.llmops("incident", "note", "on")).toBe(0);
    expect(all()).toEqual([...before, ".llmops/outlines.cache"].sort());
    const listing = another();
    expect(await listing.llmops("incident", "list")).toBe(0);
    expect(listing.scanned()).toEqual([open]);
  });
});
