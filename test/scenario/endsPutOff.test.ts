import { describe, expect, it } from "vitest";
import { setStage, type Set, type Stage } from "./stage.ts";
import { spike } from "./spike.ts";
import { cutAfter, timelines } from "./timelines.ts";

const minute = 60_000;
const play = (more: Partial<Set> = {}) => setStage({ ...spike, ...more });
const change = (kind: string) =>
  `mitigate ${kind} --scope route=support.reply --reason cost --yes --wait none --for 10m`.split(" ");
const extend = (stage: Stage, what: string, time = "60m") =>
  stage.llmops("mitigation", "extend", what, "--for", time, "--reason", "not mended yet");
const keep = (stage: Stage, what = "m1") => stage.llmops("mitigation", "keep", what, "--reason", "the new limit");
const cap = ({ live }: Stage) => live["support.reply"]!["max_tokens"];
const shown = ({ world }: Stage) => world.terminal.screen.replaceAll(/\s+/g, " ");
const later = (stage: Stage, minutes: number) => stage.world.clock.advance(minutes * minute);
const once = (stage: Stage) => stage.llmops("watch", "--once");

async function prints(stage: Stage, ...argv: string[]): Promise<string> {
  const before = stage.world.terminal.output.length;
  expect(await stage.llmops(...argv)).toBe(0);
  return stage.world.terminal.output.slice(before).replaceAll(/\s+/g, " ").trim();
}

describe("llmops mitigation extend", () => {
  it("puts the end off, from now, and says who will see to it", async () => {
    const stage = play();
    await stage.llmops(...change("token-clamp"));
    await later(stage, 5);
    expect(await extend(stage, "m1")).toBe(0);
    expect(shown(stage)).toMatch(/ends 04:17:\d\d, by hand as below: llmops watch is not running/);
    await later(stage, 20);
    expect(await once(stage)).toBe(0);
    expect(cap(stage)).toBe(512);
    await later(stage, 45);
    expect(await once(stage)).toBe(0);
    expect(cap(stage)).toBe(4096);
    expect(stage.writes).toHaveLength(2);
  });

  it("may bring the end nearer, and moves nothing in production by itself", async () => {
    const stage = play();
    await stage.llmops(...change("token-clamp"));
    const requests = stage.world.requests.length;
    expect(await extend(stage, "m1", "1m")).toBe(0);
    expect(stage.world.requests).toHaveLength(requests);
    await later(stage, 2);
    expect(await once(stage)).toBe(0);
    expect(cap(stage)).toBe(4096);
  });

  it("brings another reminder, where a reminder is all that its end brings", async () => {
    const stage = play();
    await stage.llmops(...change("kill-switch"));
    const stop = stage.world.clock.sleep(60 * minute).then(() => stage.world.interrupt());
    void stage.world.clock.sleep(20 * minute).then(() => extend(stage, "m1", "20m"));
    expect(await stage.llmops("watch")).toBe(130);
    await stop;
    expect(shown(stage)).toContain("a reminder by llmops watch on laptop");
    expect(shown(stage).split("its time is over and it is still on").length - 1).toBe(2);
    expect(stage.live["support.reply"]!["enabled"]).toBe(false);
  });

  it.each([
    ["0m", "is no duration"],
    ["soon", "is no duration"],
  ])("needs a duration: %s", async (time, says) => {
    const stage = play();
    await stage.llmops(...change("token-clamp"));
    expect(await extend(stage, "m1", time)).toBe(2);
    expect(shown(stage)).toContain(says);
  });
});

describe("a change that is not live any more", () => {
  it.each([
    ["extend", extend],
    ["keep", keep],
  ] as const)("is refused by %s in words, and nothing is recorded", async (_, put) => {
    const stage = play();
    await stage.llmops(...change("token-clamp"));
    const [{ id }] = await timelines(stage);
    const refuses = async (name: string, code: number, says: string) => {
      const before = (await timelines(stage))[0].events.length;
      expect(await put(stage, name)).toBe(code);
      expect(shown(stage)).toContain(says);
      expect((await timelines(stage))[0].events).toHaveLength(before);
    };
    await stage.llmops("mitigation", "undo", "m1", "--yes");
    await refuses("m1", 2, `m1 of ${id} is not live any more: it was undone by dana`);
    await refuses("m2", 2, `m2 of ${id} is the undo of m1`);
    await cutAfter(stage, id, "planned");
    await cutAfter(stage, id, "written");
    await cutAfter(stage, id, "intended");
    await refuses("m1", 3, `m1 of ${id} is in doubt`);
  });

  it("because somebody ended it while we looked is told, too", async () => {
    const stage = play();
    await stage.llmops(...change("token-clamp"));
    const { files } = stage.world;
    const locked = files.locked.bind(files);
    let undone = false;
    files.locked = async (...asked) => {
      if (!undone) {
        undone = true;
        expect(await stage.llmops("mitigation", "undo", "m1", "--yes")).toBe(0);
      }
      return locked(...asked);
    };
    expect(await extend(stage, "m1")).toBe(2);
    expect(shown(stage)).toContain("is not live any more: it was undone by dana");
    const [{ events }] = await timelines(stage);
    expect(events.some(({ type }) => type === "extended")).toBe(false);
  });
});

describe("llmops mitigation keep", () => {
  it("takes the end away for good, and says so in every list", async () => {
    const stage = play();
    await stage.llmops(...change("token-clamp"));
    expect(await keep(stage)).toBe(0);
    expect(await prints(stage, "mitigation", "list")).toMatch(/ kept support\.reply .* kept: the new limit/);
    expect(JSON.parse(await prints(stage, "mitigation", "list", "--json"))).toMatchObject({
      changes: [{ kept: "the new limit", endsAt: null, atEnd: null, overdue: false }],
    });
    await later(stage, 600);
    expect(await once(stage)).toBe(0);
    expect(cap(stage)).toBe(512);
    expect(shown(stage)).not.toContain("its time is over");
    expect(await extend(stage, "m1", "1m")).toBe(0);
    await later(stage, 2);
    expect(await once(stage)).toBe(0);
    expect(cap(stage)).toBe(4096);
  });

  it("needs a reason", async () => {
    const stage = play();
    await stage.llmops(...change("token-clamp"));
    expect(await stage.llmops("mitigation", "keep", "m1", "--reason", " ")).toBe(2);
    expect(shown(stage)).toContain("--reason is empty");
  });

  it("lets its incident be closed without a question; what nobody keeps is asked about", async () => {
    const files = { ...spike.files, "answers.yaml": "cause: inflation\nclamp: apply\nmended: not-done\n" };
    const stage = play({ files });
    await stage.llmops("incident", "start", "--alert", "alert.json", "--answers", "answers.yaml");
    expect(await stage.llmops("incident", "resolve")).toBe(0);
    expect(await stage.llmops("incident", "close")).toBe(4);
    expect(shown(stage)).toMatch(/llmops mitigation undo \w{4}\/m1, or keep it: llmops mitigation keep \w{4}\/m1/);
    expect(await keep(stage)).toBe(0);
    expect(await stage.llmops("incident", "close")).toBe(0);
    expect(shown(stage)).toContain("Kept in production:");
    expect(await prints(stage, "mitigation", "list")).toContain("kept: the new limit");
  });
});
