import { cpSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openConfigApi, type Behaviour, type ConfigApi, type Exchange } from "./configApi.ts";
import { openPlace, projectOn, type Place, type Running } from "./place.ts";
import { openRaceTrack, route } from "./raceIncident.ts";
import { races } from "./races.ts";
import { recordsOf } from "./record.ts";

const original = '{"enabled": true, "max_tokens": 4096}';
const clamp = (tokens: number, ...more: string[]) => [
  ..."mitigate token-clamp --scope route=support.reply --reason race --yes --wait none --with".split(" "),
  `max_tokens=${tokens}`,
  ...more,
];
const undo = (incident: string) => ["mitigation", "undo", "m1", "--incident", incident, "--yes", "--reason", "over"];
const words = (text: string) => text.replaceAll(/\s+/g, " ");

let [api, place] = [undefined as ConfigApi | undefined, undefined as Place | undefined];
afterEach(async () => {
  place?.remove();
  await api?.close();
  [api, place] = [undefined, undefined];
});

async function open(set: { etag?: boolean; script?: (exchange: Exchange) => Behaviour | undefined } = {}) {
  api = await openConfigApi({ documents: { [route]: original }, witness: () => place!.timeline(), ...set });
  place = openPlace(projectOn(api.url));
  return { api, place };
}

/** Resolves when a mutating request has arrived. */
async function aWrite(n = 1): Promise<void> {
  while (api!.writes().length < n) await new Promise((resolve) => setTimeout(resolve, 10));
}

function opening(): { opened: Promise<void>; open: () => void } {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

async function says({ child }: Running, text: string): Promise<void> {
  let said = "";
  child.stderr!.on("data", (chunk: Buffer) => (said += chunk.toString()));
  while (!said.includes(text)) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("D01, D02, D10: races of real processes", () => {
  it("on one incident, one document and one walk leave a valid chain, and levers that hold what it says", async () => {
    const { points, violations } = await races.run({ seed: 20_261_121, extent: "some" });
    expect(violations).toEqual([]);
    expect(points).toBe(24);
  }, 240_000);
});

describe("two responders on one lever", () => {
  it("D02, D10: what lies beneath is not put back over what lies above, in whatever order they are taken back", async () => {
    const { api, place } = await open();
    await place.llmops(clamp(512));
    const [first] = place.incidents();
    await place.llmops(clamp(256));
    const second = place.incidents().find((id) => id !== first)!;
    const beneath = await place.llmops(undo(first!));
    expect(beneath.code).toBe(0);
    expect(words(beneath.stderr)).toContain(`nothing was written: ${second} m1 lies above it`);
    expect(api.documents.get(route)).toBe(original.replace("4096", "256"));
    expect((await place.llmops(undo(second))).code).toBe(0);
    expect(api.documents.get(route)).toBe(original);
  });

  it("D02: a value that somebody else set by other means is shown beside ours, and is not overwritten", async () => {
    const { api, place } = await open();
    await place.llmops(clamp(512));
    api.documents.set(route, original.replace("4096", "300"));
    const back = await place.llmops(undo(place.incidents()[0]!));
    expect(back.code).toBe(5);
    expect(words(back.stderr)).toContain("is 300: neither ours (512) nor what we found (4096)");
    expect(api.documents.get(route)).toContain("300");
  });

  it("D03: a change by a third party between the plan and the write is a conflict, with compare-and-set and without", async () => {
    for (const etag of [true, false]) {
      const { api, place } = await open({
        etag,
        script({ n }) {
          // after the plan was read
          if (n === 2) api.documents.set(route, original.replace("4096", "777"));
          return undefined;
        },
      });
      const ended = await place.llmops(clamp(512));
      expect(ended.code).toBe(5);
      expect(words(ended.stderr)).toContain("it is 777 now, and was 4096");
      expect(api.writes()).toEqual([]);
      place.remove();
      await api.close();
    }
  });

  it("D03: in the last moment compare-and-set still refuses; without it the plan says that nothing does", async () => {
    const sneak = ({ write }: Exchange) => {
      if (write === 1) api!.documents.set(route, original.replace("4096", "777"));
      return undefined;
    };
    const safe = await open({ script: sneak });
    const refused = await safe.place.llmops(clamp(512));
    expect([refused.code, safe.api.documents.get(route)]).toEqual([5, original.replace("4096", "777")]);
    safe.place.remove();
    await safe.api.close();
    const { place } = await open({ etag: false });
    expect(words((await place.llmops(clamp(512))).stderr)).toContain("the target cannot refuse this write");
  });

  it("D05, D08: waits for who is at it and says who that is; who dies there is named, and what it left is read first", async () => {
    const gate = opening();
    const held = ({ write }: { write: number }) =>
      write === 1 ? { until: gate.opened } : write === 3 ? { hang: true as const } : undefined;
    const { api, place } = await open({ script: held });
    const busy = place.start(clamp(512));
    await aWrite();
    const waiting = place.start(["mitigate", "kill-switch", ...clamp(0).slice(2, -2)]);
    await says(waiting, "Waiting");
    gate.open();
    expect((await busy.ended).code).toBe(0);
    const { code, stderr } = await waiting.ended;
    expect(words(stderr)).toContain("Waiting: somebody else changes gateway /routes/support.reply");
    expect(words(stderr)).toContain(`process ${busy.child.pid} on `);
    // its plan was made from a document that is another now, but its own value is as it was
    expect([code, api.writes().length]).toEqual([0, 2]);
    expect(JSON.parse(api.documents.get(route)!)).toMatchObject({ enabled: false, max_tokens: 512 });

    const known = api.writes().length;
    const dying = place.start(clamp(256));
    await aWrite(known + 1);
    dying.child.kill("SIGKILL");
    await dying.ended;
    const next = await place.llmops(clamp(128));
    expect(next.code).toBe(0);
    expect(words(next.stderr)).toContain(`process ${dying.child.pid} on`);
    expect(words(next.stderr)).toContain("has ended: what it left is looked at first");
    expect(recordsOf(place).wrong).toEqual([]);
    expect(JSON.parse(api.documents.get(route)!)).toMatchObject({ max_tokens: 128 });
  });

  it("D08: whoever waits can leave: Ctrl-C ends it, and nothing was changed by it", async () => {
    const gate = opening();
    const { api, place } = await open({ script: ({ write }) => (write === 1 ? { until: gate.opened } : undefined) });
    const busy = place.start(clamp(512));
    await aWrite();
    const waiting = place.start(clamp(256));
    await says(waiting, "Waiting");
    waiting.child.kill("SIGINT");
    expect((await waiting.ended).code).toBe(130);
    gate.open();
    expect((await busy.ended).code).toBe(0);
    expect(api.writes()).toHaveLength(1);
  });
});

describe.skipIf(!existsSync("/proc/self/stat"))("a lever whose holder does not go on", () => {
  const kill = "mitigate kill-switch --scope route=support.reply --reason race --yes --wait none".split(" ");

  it("D08: holds up no kill switch where it is stopped: who holds it since when, the lock and the way out are told", async () => {
    const gate = opening();
    const { api, place } = await open({ script: ({ write }) => (write === 1 ? { until: gate.opened } : undefined) });
    const busy = place.start(clamp(512));
    await aWrite();
    busy.child.kill("SIGSTOP");
    const { code, stderr } = await place.llmops(kill);
    const { pid } = busy.child;
    expect(code).toBe(5);
    expect(words(stderr)).toMatch(
      new RegExp(
        `writing/\\S+\\.lock is locked by process ${pid} on \\S+, since \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC; it is stopped`,
      ),
    );
    expect(words(stderr)).toContain(`kill -CONT ${pid}`);
    expect(words(stderr)).toContain("production changed: no");
    busy.child.kill("SIGCONT");
    gate.open();
    expect((await busy.ended).code).toBe(0);
    expect((await place.llmops(kill)).code).toBe(0);
    expect(api.writes()).toHaveLength(2);
    expect(recordsOf(place).wrong).toEqual([]);
  });

  it("A02: whoever is killed while he waits for it leaves nothing that anybody must clear away", async () => {
    const gate = opening();
    const { api, place } = await open({ script: ({ write }) => (write === 1 ? { until: gate.opened } : undefined) });
    const busy = place.start(clamp(512));
    await aWrite();
    const locks = () => readdirSync(join(place.folder, ".llmops", "writing"));
    const held = locks();
    const waiting = place.start(kill);
    await says(waiting, "Waiting");
    waiting.child.kill("SIGKILL");
    await waiting.ended;
    expect(locks()).toEqual(held);
    gate.open();
    expect((await busy.ended).code).toBe(0);
    expect(locks()).toEqual([]);
    const carried = JSON.parse((await place.llmops(["mitigation", "list", "--json"])).stdout) as { changes: unknown[] };
    expect(carried.changes).toHaveLength(1);
    expect((await place.llmops(["watch", "--once"])).code).toBe(0);
    const next = await place.llmops(kill);
    expect([next.code, words(next.stderr)]).toEqual([0, expect.not.stringContaining("has ended")]);
    expect(api.writes()).toHaveLength(2);
    expect(recordsOf(place).wrong).toEqual([]);
  });
});

describe("two responders on one walk", () => {
  it("D05: who walked and died is named, and the walk goes on at once", async () => {
    const track = await openRaceTrack("http://127.0.0.1:9");
    ({ place } = track);
    writeFileSync(join(place.folder, "all.yaml"), "{ look: 'yes', go: run }\n");
    const dying = place.start(["incident", "resume", "--answers", "all.yaml"]);
    const locked = () => readdirSync(join(place!.timelines, track.incident)).includes("walk.lock");
    while (!place.timeline().includes('"phase":"intended"')) await new Promise((resolve) => setTimeout(resolve, 10));
    dying.child.kill("SIGKILL");
    await dying.ended;
    expect(locked()).toBe(true);
    const next = await place.llmops(["incident", "resume", "--answers", "all.yaml"]);
    expect(next.code).toBe(0);
    expect(words(next.stderr)).toContain(`process ${dying.child.pid} on`);
    expect(words(next.stderr)).toContain("walked this and ended without leaving");
    expect(locked()).toBe(false);
  });

  it("D12: two copies of one record that went their own ways are two heads, and nobody takes them for one", async () => {
    const track = await openRaceTrack("http://127.0.0.1:9");
    ({ place } = track);
    const other = openPlace("");
    cpSync(join(place.folder, ".llmops"), join(other.folder, ".llmops"), { recursive: true });
    await place.llmops(["incident", "note", "on one laptop", track.incident]);
    await other.llmops(["incident", "note", "on the other", track.incident]);
    const lines = (text: string) => text.trimEnd().split("\n");
    const file = join(place.timelines, track.incident, "timeline.jsonl");
    writeFileSync(file, `${place.timeline()}${lines(other.timeline()).at(-1)!}\n`);
    other.remove();
    const checked = await place.llmops(["incident", "check", track.incident]);
    expect(checked.code).toBe(1);
    expect(words(checked.stdout + checked.stderr)).toMatch(/two heads|own ways|both follow/i);
    const shown = await place.llmops(["incident", "show", track.incident]);
    expect(shown.stdout + shown.stderr).toContain("on the other");
  });
});
