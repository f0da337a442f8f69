import { describe, expect, it } from "vitest";
import { spike } from "./spike.ts";
import { setStage, type Stage } from "./stage.ts";
import { timelines } from "./timelines.ts";

const routes = {
  "support.reply": { enabled: true, max_tokens: 4096 },
  "search.answer": { enabled: true, max_tokens: 4096 },
};
const clamp = "mitigate token-clamp --reason cost --with max_tokens=512 --scope route=support.reply".split(" ");
const minute = 60_000;

const stageOf = () => setStage({ ...spike, routes: structuredClone(routes) });
const screen = ({ world }: Stage) => world.terminal.screen;
const shown = (stage: Stage) => screen(stage).replaceAll(/\s+/g, " ");

describe("what is said at night is true", () => {
  it("a dry run names no change that will never be, and speaks of a plan only where there was one", async () => {
    const stage = stageOf();
    expect(await stage.llmops(...clamp, "--dry-run")).toBe(0);
    expect(shown(stage)).not.toMatch(/CHG-\d/);
    expect(shown(stage)).toContain("back llmops mitigation undo, with the id that it gets");
    const none = stageOf();
    expect(await none.llmops("mitigate", "deploy-freeze", "--reason", "x", "--dry-run")).toBe(3);
    expect(shown(none)).toContain("Dry run: Nothing was written");
  });

  it("a --force that nothing asked for is told to be on no record", async () => {
    const stage = stageOf();
    await stage.llmops(...clamp, "--dry-run", "--force", "why not");
    expect(shown(stage)).toContain("--force was not needed");
  });

  it("whoever does not wait on a terminal is told what is waited for, and how long at most", async () => {
    const stage = stageOf();
    await stage.llmops(...clamp, "--yes");
    expect(shown(stage)).toMatch(/Seeing whether it works, 2m( \d+s)? at most\./);
  });

  it("resolving lists what stays live, and the next command", async () => {
    const stage = stageOf();
    expect(await stage.llmops("incident", "start", "--alert", "alert.json", "--answers", "answers.yaml")).toBe(0);
    const [{ id }] = await timelines(stage);
    expect(await stage.llmops(...clamp, "--with", "max_tokens=256", "--yes", "--wait", "none", "--incident", id)).toBe(
      0,
    );
    expect(await stage.llmops("incident", "resolve", id)).toBe(0);
    const said = shown(stage).slice(shown(stage).lastIndexOf("resolved"));
    expect(said).toContain("Still in production:");
    expect(said).toContain(`llmops incident close ${id}`);
  });
});

describe("llmops watch, for who reads it from the first line", () => {
  it("says at once what it watches, and of which incident each verdict is", async () => {
    const stage = stageOf();
    await stage.llmops(...clamp, "--yes", "--wait", "none", "--for", "30m");
    const [{ id }] = await timelines(stage);
    await stage.world.clock.advance(3 * minute);
    await stage.llmops("watch", "--once");
    const line = `${id} m1: max_tokens 4096 → 512 on gateway (route support.reply)\n`;
    expect(screen(stage).split(line)).toHaveLength(2);
    expect(screen(stage).split(line)[1]).toMatch(/^. \d\d:\d\d:\d\d m1 support.reply/);
    void stage.world.clock.sleep(minute).then(() => stage.world.interrupt());
    expect(await stage.llmops("watch")).toBe(130);
    expect(shown(stage)).toMatch(
      /Watching: llmops has one change in production; the next end is that of \w+\/m1 at \d\d:\d\d\. Ctrl-C leaves\./,
    );
    expect(shown(stage)).not.toContain("could not be recorded");
  });

  it("says that there is nothing", async () => {
    const stage = stageOf();
    void stage.world.clock.sleep(minute).then(() => stage.world.interrupt());
    expect(await stage.llmops("watch")).toBe(130);
    expect(shown(stage)).toContain("Watching: llmops has no change in production. Ctrl-C leaves.");
  });
});
