import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { stamp } from "../../src/timeline/chain.ts";
import { fact, type Event, type Fact } from "../../src/timeline/event.ts";
import { foldIncident } from "../../src/timeline/fold.ts";
import type { Incident } from "../../src/timeline/incident.ts";
import type { Measurement } from "../../src/timeline/measurement.ts";
import { spike } from "../scenario/spike.ts";
import { setStage, type Stage } from "../scenario/stage.ts";
import { timelines } from "../scenario/timelines.ts";
import { reading } from "../steps/drive.ts";
import { clockOff, clock, faketime, negative } from "./clock.ts";
import { openConfigApi, type ConfigApi } from "./configApi.ts";
import { openPlace, projectOn, type Place } from "./place.ts";
import { recordsOf } from "./record.ts";

const hour = 3_600_000;
const route = "/routes/support.reply";
async function eventsOf({ world }: Stage): Promise<Event[]> {
  const folder = `${world.cwd}/.llmops/incidents`;
  const [id] = await world.files.list(folder);
  const text = (await world.files.read(`${folder}/${id!}/timeline.jsonl`))!;
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Event);
}

/** The spike, where somebody sets the clock of this machine, and of no other, when the first write arrives or some time later. */
function playWithClock(byMs: number, laterMs?: number): Stage {
  let moved = 0;
  const stage: Stage = setStage({
    ...spike,
    figures: spike.figures!.map(([contains, figure]) => [contains, (at, on, query) => figure(at - moved, on, query)]),
    onWrite(n, apply) {
      apply();
      stage.changedAt -= moved;
      const set = () => stage.world.clock.set((moved = byMs));
      if (n === 1 && laterMs === undefined) set();
      if (n === 1 && laterMs !== undefined) void stage.world.clock.sleep(laterMs).then(set);
      return { status: 200, headers: { "content-type": "application/json" }, body: "{}" };
    },
  });
  return stage;
}

describe("E01: the wall clock is set in the middle of an incident", () => {
  it("E01: two hours back: the walk goes on in its own time, verdicts come, later readings count, order is by number", async () => {
    const stage = playWithClock(-2 * hour);
    const began = stage.world.clock.monotonic();
    expect(await stage.llmops("incident", "start", "--alert", "alert.json", "--answers", "answers.yaml")).toBe(0);
    // as long as the walk takes when nobody touches the clock
    expect(stage.world.clock.monotonic() - began).toBeLessThan(15 * 60_000);
    const events = await eventsOf(stage);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
    const incident = foldIncident(events);
    expect(Object.fromEntries(incident.outcomes)).toMatchObject({
      "spike/clamp": "helped",
      "spike/calm": "reached",
      "spike/home": "undone",
    });
    expect(stage.live["support.reply"]).toMatchObject({ max_tokens: 4096 });
    for (const argv of [["incident", "show", "--timeline"], ["postmortem"], ["metrics"], ["incident", "list"]]) {
      const later = stage.typing();
      expect(await later.llmops(...argv)).toBe(0);
      const said = `${later.world.terminal.screen}${later.world.terminal.output}`;
      expect(said).not.toMatch(negative);
      if (argv[0] === "postmortem" || argv[1] === "show")
        expect(said.replaceAll(/\s+/g, " ")).toMatch(/The clock moved back (1h 59m|2h 00m) between #\d+ and #\d+/);
    }
  });

  it("E01: two hours forward: nothing that was read before the write had settled decides about it", async () => {
    const stage = playWithClock(2 * hour, 1000);
    const began = stage.world.clock.monotonic();
    expect(await stage.llmops("incident", "start", "--alert", "alert.json", "--answers", "answers.yaml")).toBe(0);
    expect(stage.world.clock.monotonic() - began).toBeLessThan(15 * 60_000);
    const { events } = (await timelines(stage))[0];
    const { at: intendedAt } = events.find(({ type }) => type === "intended")!;
    const seen = events.flatMap(({ type, payload }) =>
      type === "in-effect" || type === "helped" ? payload.measurements : [],
    );
    expect(seen).toHaveLength(2);
    for (const { at, windowMs } of seen) expect(at - windowMs).toBeGreaterThanOrEqual(intendedAt + 2 * hour + 5000);
    expect(Object.fromEntries(foldIncident(events).outcomes)).toMatchObject({
      "spike/clamp": "helped",
      "spike/calm": "reached",
      "spike/home": "undone",
    });
  });

  it("E01: a reading that was taken after it counts, and an answer that comes late does not", () => {
    const [first, second] = [
      reading("burn", { at: 10 * hour, outcome: "unhealthy" }),
      reading("burn", { at: 8 * hour }),
    ];
    const late = reading("burn", { at: 8 * hour - 5000, outcome: "no-data" });
    const told = (at: number, measurement: Measurement) => ({ at, said: fact("measured", { measurement }, "x/burn") });
    const moved = foldAt([told(10 * hour + 1, first), told(8 * hour + 1, second), told(8 * hour + 2, late)]);
    expect(moved.outcomes.get("x/burn")).toBe("healthy");
  });

  it("E01: a watcher that says it was here in two hours is not watching", async () => {
    const stage = setStage(spike);
    const { world } = stage;
    const seen = JSON.stringify({ at: world.clock.now() + 2 * hour, host: "laptop", pid: 1 });
    await world.files.replace(`${world.cwd}/.llmops/watch.json`, `${seen}\n`);
    const dry = "mitigate token-clamp --scope route=support.reply --reason cost --dry-run".split(" ");
    expect(await stage.llmops(...dry)).toBe(0);
    expect(world.terminal.screen).toContain("llmops watch is not running");
  });
});

describe.skipIf(faketime === undefined)("E01, E04: the real program under another clock (needs faketime)", () => {
  let [api, place] = [undefined as ConfigApi | undefined, undefined as Place | undefined];
  afterEach(async () => {
    await api?.close();
    place?.remove();
  });
  const clamp = [
    ..."mitigate token-clamp --scope route=support.reply --reason clock --yes --wait none".split(" "),
    ..."--for 1h --with max_tokens=512".split(" "),
  ];

  it("E01: ends, durations and the order of what was stacked, while the clock jumps back and forth", async () => {
    const before = '{"enabled": true, "max_tokens": 4096}';
    api = await openConfigApi({ documents: { [route]: before } });
    place = openPlace(projectOn(api.url));
    const later = [...clamp.slice(0, -1), "max_tokens=256"];
    expect(await place.llmops(clamp, clockOff("+0"))).toMatchObject({ code: 0 });
    const [first] = place.incidents();
    // made two hours earlier by the clock, and lies above all the same
    expect(await place.llmops(later, clockOff("-2h"))).toMatchObject({ code: 0 });
    const second = place.incidents().find((id) => id !== first)!;
    const undo = (id: string) => ["mitigation", "undo", "m1", "--incident", id, "--yes", "--reason", "over"];
    const beneath = await place.llmops(undo(first!), clockOff("-2h"));
    expect(beneath).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("ended beneath a later change") as string,
    });
    expect(api.documents.get(route)).toContain("256");
    const early = await place.llmops(["watch", "--once"], clockOff("-90m"));
    expect([early.code, api.documents.get(route)]).toEqual([0, expect.stringContaining("256")]);
    const shown = await place.llmops(["incident", "show", first!, "--timeline"], clockOff("-2h"));
    expect(shown.stdout.replaceAll(/\s+/g, " ")).toMatch(/The clock moved back (1h 59m|2h 00m) between #\d+ and #\d+/);
    // a day later its time is over
    expect(await place.llmops(["watch", "--once"], clockOff("+1d"))).toMatchObject({ code: 0 });
    expect(api.documents.get(route)).toBe(before);
    expect(recordsOf(place).wrong).toEqual([]);
    for (const argv of [["incident", "list"], ["postmortem", first!], ["mitigation", "list"], ["metrics"]])
      for (const offset of ["-2h", "+1d"]) {
        const { code, stdout, stderr } = await place.llmops(argv, clockOff(offset));
        expect([argv, code, stdout + stderr]).toEqual([argv, 0, expect.not.stringMatching(negative)]);
      }
    expect(second).toBeDefined();
  });

  it("E01: a write that is still out is not given up because the clock jumped a day forwards", async () => {
    let arrived!: () => void;
    const there = new Promise<void>((resolve) => (arrived = resolve));
    api = await openConfigApi({
      documents: { [route]: '{"max_tokens": 4096}' },
      script({ write }) {
        if (write === 0) return undefined;
        arrived();
        return { delayBefore: 4000 };
      },
    });
    place = openPlace(projectOn(api.url));
    const { child, ended } = place.start(clamp, clockOff("+0"));
    await there;
    child.kill("SIGKILL");
    await ended;
    const settled = await place.llmops(["watch", "--once"], clockOff("+1d"));
    expect(settled.code).toBe(0);
    const [incident] = recordsOf(place).incidents;
    expect(incident!.events.filter(({ type }) => type === "settled").map(({ payload }) => payload)).toMatchObject([
      { as: "applied" },
    ]);
    // its end was an hour away: a day later it is over, and was taken back, or is at the next look
    await place.llmops(["watch", "--once"], clockOff("+1d"));
    expect(api.documents.get(route)).toBe('{"max_tokens": 4096}');
    expect(api.writes()).toHaveLength(2);
  });

  it("E01: whatever the clock says from one command to the next, levers hold what the record says", async () => {
    const { points, violations } = await clock.run({ seed: 7, extent: "some" });
    expect(violations).toEqual([]);
    expect(points).toBe(2);
  });

  it("E04: zones of 45 minutes are shown right, and one that nobody knows is said to be none", async () => {
    api = await openConfigApi({ documents: {} });
    place = openPlace(projectOn(api.url));
    writeFileSync(join(place.folder, "none.yaml"), "{}\n");
    const runbook = ["incident", "start", "cost-spike", "--answers", "none.yaml"];
    const start = async (TZ: string) => (await place!.llmops(runbook, { env: { TZ } })).stderr;
    const [, utc, here] = /(\d\d:\d\d):\d\d UTC, (\d\d:\d\d) here/.exec(await start("Asia/Kathmandu"))!;
    const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
    expect((minutes(here!) - minutes(utc!) + 1440) % 1440).toBe(345);
    expect(await start("Foo/Bar")).toMatch(/\d\d:\d\d:\d\d UTC \(TZ names no known place\)/);
  });
});

function foldAt(told: { at: number; said: Fact }[]): Incident {
  const events = told.flatMap(({ at, said }, i) =>
    stamp([said], "INC-1121-aaaa", { seq: i, hash: "" }, at, { by: "dana", host: "laptop" }),
  );
  return foldIncident(events);
}
