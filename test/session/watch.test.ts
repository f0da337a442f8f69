import { describe, expect, it } from "vitest";
import { openProject } from "../../src/project.ts";
import { whoWatches } from "../../src/session/watcher.ts";
import { openFileStore } from "../../src/timeline/fileStore.ts";
import type { Lease } from "../../src/timeline/store.ts";
import { spike } from "../scenario/spike.ts";
import { setStage, type Stage } from "../scenario/stage.ts";
import { cutAfter, timelines } from "../scenario/timelines.ts";

const routes = {
  "support.reply": { enabled: true, max_tokens: 4096 },
  "search.answer": { enabled: true, max_tokens: 4096 },
};
const minute = 60_000;
const cap = ({ live }: Stage, route: string) => live[route]!["max_tokens"];
const shown = ({ world }: Stage) => world.terminal.screen.replaceAll(/\s+/g, " ");
const times = (text: string, part: string) => text.split(part).length - 1;

const clamp = (stage: Stage, route: string) =>
  stage.llmops(
    ..."mitigate token-clamp --reason cost --yes --wait none --for 1m --with max_tokens=512 --scope".split(" "),
    `route=${route}`,
  );

async function hold({ world }: Stage, route: string): Promise<Lease> {
  const lease = await openFileStore(world, `${world.cwd}/.llmops`).hold(`gateway /routes/${route}`);
  if ("heldBy" in lease) throw new Error(lease.heldBy);
  return lease;
}

/** Two changes that are due, one of each route; the later one is due first. */
async function twoDue(): Promise<Stage> {
  const stage = setStage({ ...spike, routes: structuredClone(routes) });
  for (const route of ["support.reply", "search.answer"]) {
    expect(await clamp(stage, route)).toBe(0);
    await stage.world.clock.advance(minute);
  }
  await stage.world.clock.advance(minute);
  return stage;
}

/** Watches until it is interrupted so much later. */
async function watchFor(ms: number, stage: Stage): Promise<void> {
  const stop = stage.world.clock.sleep(ms).then(() => stage.world.interrupt());
  expect(await stage.llmops("watch")).toBe(130);
  await stop;
}

describe("llmops watch, where somebody holds a lever", () => {
  it("D08: does the rest at once, and tells once who holds it", async () => {
    const stage = await twoDue();
    const lease = await hold(stage, "search.answer");
    const began = stage.world.clock.now();
    expect(await stage.llmops("watch", "--once")).toBe(1);
    expect(stage.world.clock.now() - began).toBeLessThan(5000);
    expect([cap(stage, "support.reply"), cap(stage, "search.answer")]).toEqual([4096, 512]);
    expect(shown(stage)).toContain("Somebody else changes gateway /routes/search.answer");
    await lease.release();
    expect(await stage.llmops("watch", "--once")).toBe(0);
    expect(cap(stage, "search.answer")).toBe(4096);
  });

  it("D08: tries it again in later rounds without a word, and does it when it is free", async () => {
    const stage = await twoDue();
    const lease = await hold(stage, "search.answer");
    void stage.world.clock.sleep(5 * minute).then(() => lease.release());
    void stage.world.clock.sleep(4 * minute).then(() => expect(cap(stage, "search.answer")).toBe(512));
    await watchFor(6 * minute, stage);
    expect(times(shown(stage), "Somebody else changes")).toBe(1);
    expect([cap(stage, "support.reply"), cap(stage, "search.answer")]).toEqual([4096, 4096]);
  });
});

describe("llmops watch, where a write may still arrive", () => {
  async function oneInDoubt(): Promise<Stage> {
    const stage = await twoDue();
    const [, second] = await timelines(stage);
    await cutAfter(stage, second!.id, "intended");
    stage.live["search.answer"] = { ...routes["search.answer"] };
    return stage;
  }
  const states = async (stage: Stage) => (await timelines(stage)).map(({ incident }) => incident.changes[0]!.state);

  it("A03: does the rest first, and decides it when it can be decided", async () => {
    const stage = await oneInDoubt();
    const { clock } = stage.world;
    // another machine made it: it is as old as it was looked at
    clock.steady = () => ({ since: "another machine", ms: 0 });
    const began = clock.now();
    let restoredAt: number | undefined;
    const { sleep } = clock;
    clock.sleep = async (ms, signal) => {
      if (cap(stage, "support.reply") === 4096) restoredAt ??= clock.now();
      return sleep(ms, signal);
    };
    expect(await stage.llmops("watch", "--once")).toBe(0);
    expect(restoredAt! - began).toBeLessThan(5000);
    expect(clock.now() - began).toBeGreaterThanOrEqual(35_000);
    expect(await states(stage)).toEqual(["ended", "not-applied"]);
  });

  it("A03: looks from round to round, and counts the time of all of them", async () => {
    const stage = await oneInDoubt();
    stage.world.clock.steady = () => ({ since: "another machine", ms: 0 });
    await watchFor(minute, stage);
    expect(await states(stage)).toEqual(["ended", "not-applied"]);
    expect(times(shown(stage), "may still arrive")).toBe(1);
  });
});

describe("llmops watch says that it watches", () => {
  it("while a target keeps it waiting for minutes, and not when it is gone", async () => {
    const stage = await twoDue();
    const { world } = stage;
    const { http } = world;
    world.http = async (request) => {
      await world.clock.sleep(5 * minute);
      return http(request);
    };
    const project = await openProject(world);
    const told: string[] = [];
    for (const at of [1, 3, 4, 6])
      void world.clock.sleep(at * minute).then(async () => void told.push(await whoWatches(world, project)));
    await watchFor(7 * minute, stage);
    expect(told).toEqual(Array.from({ length: 4 }, () => "by llmops watch on laptop"));
    expect(await whoWatches(world, project)).toContain("by hand");
    await project.close();
  });

  it("also after the disk was full for a while, of which it tells", async () => {
    const stage = setStage(spike);
    const { world } = stage;
    const project = await openProject(world);
    const full = (path: string) => (path.endsWith("watch.json") ? "no space left on device" : undefined);
    void world.clock.sleep(minute).then(() => (world.files.failWrites = full));
    void world.clock.sleep(4 * minute).then(() => (world.files.failWrites = undefined));
    let told = "";
    void world.clock.sleep(5 * minute).then(async () => (told = await whoWatches(world, project)));
    await watchFor(6 * minute, stage);
    expect(told).toBe("by llmops watch on laptop");
    expect(times(shown(stage), "no space left on device")).toBe(1);
    await project.close();
  });
});
