import { describe, expect, it } from "vitest";
import "../../src/session/watch.ts";
import type { Facts } from "../../src/timeline/event.ts";
import { spike } from "../scenario/spike.ts";
import { setStage, type Set, type Stage } from "../scenario/stage.ts";
import { timelines } from "../scenario/timelines.ts";

const minute = 60_000;
const answers = { ...spike.files, "answers.yaml": "cause: inflation\nclamp: apply\nmended: not-done\n" };
const play = (more: Partial<Set> = {}) => setStage({ ...spike, files: answers, ...more });
const start = ["incident", "start", "--alert", "alert.json", "--answers", "answers.yaml"];
const shown = ({ world }: Stage) => world.terminal.screen.replaceAll(/\s+/g, " ");

async function prints(stage: Stage, ...argv: string[]): Promise<string> {
  const before = stage.world.terminal.output.length;
  expect(await stage.llmops(...argv)).toBe(0);
  return stage.world.terminal.output.slice(before).replaceAll(/\s+/g, " ").trim();
}

/** A cost incident whose clamp was seen in effect, ten minutes later. */
async function clamped(more: Partial<Set> = {}): Promise<Stage> {
  const stage = play(more);
  expect(await stage.llmops(...start)).toBe(0);
  await stage.world.clock.advance(10 * minute);
  return stage;
}

describe("the money clock of an open incident", () => {
  const clock =
    /money \$1[34](\.\d)? per hour now; estimated: about \$(\d+) above usual since 03:0\d, m1 avoided about \$(\d+)/;

  it("is told by incident show and by llmops", async () => {
    const stage = await clamped();
    const [, , above, avoided] = clock.exec(await prints(stage, "incident", "show"))!;
    // 120 dollars an hour above usual for ten minutes, until the clamp was written
    expect(Number(above)).toBeGreaterThan(10);
    expect(Number(above)).toBeLessThan(30);
    expect(Number(avoided)).toBeGreaterThan(5);
    expect(Number(avoided)).toBeLessThan(25);
    expect(await prints(stage)).toMatch(clock);
    expect(JSON.parse(await prints(stage, "incident", "show", "--json"))).toMatchObject({
      money: { spent: { avoided: [{ change: "m1" }] } },
    });
  });

  it("says in one line why nobody knows, and waits for nobody long", async () => {
    const why = async (more: Partial<Set>) => prints(await clamped(more), "incident", "show");
    const down: Partial<Set> = { prometheus: () => ({ failed: "nothing listens on prometheus.test:9090" }) };
    expect(await why(down)).toMatch(/money what it costs is not known: .*nothing listens/);
    const stage = await clamped();
    const { http, clock: time } = stage.world;
    stage.world.http = (request) => (request.url.includes("prometheus") ? new Promise(() => {}) : http(request));
    const began = time.now();
    expect(await prints(stage, "incident", "show")).toContain("what it costs is not known: no answer within 2 s");
    expect(time.now() - began).toBeLessThan(3000);
  });

  it("is of no incident that is not about money", async () => {
    const stage = play({ files: {} });
    const queries = () => stage.world.requests.filter(({ url }) => url.includes("prometheus")).length;
    await stage.world.files.append(`${stage.world.cwd}/runbooks/down.yaml`, down);
    await stage.world.files.append(`${stage.world.cwd}/answers.yaml`, "look: done\n");
    expect(await stage.llmops("incident", "start", "down", "--answers", "answers.yaml")).toBe(0);
    const before = queries();
    expect(await prints(stage, "incident", "show")).not.toContain("money");
    expect(queries()).toBe(before);
  });

  it("is a line of llmops watch when it is a dollar more, not one for every look", async () => {
    const stage = await clamped();
    const stop = stage.world.clock.sleep(20 * minute).then(() => stage.world.interrupt());
    expect(await stage.llmops("watch")).toBe(130);
    await stop;
    const lines = shown(stage).match(/\$[\d.]+ per hour now; estimated: .*?avoided about \$\d+/g)!;
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.length).toBeLessThanOrEqual(21);
    expect(new Set(lines).size).toBe(lines.length);
  });
});

describe("a close", () => {
  it("records what the incident cost, and the postmortem says so with its record", async () => {
    const stage = await clamped();
    await stage.llmops("mitigation", "keep", "m1", "--reason", "the new limit");
    await stage.llmops("incident", "resolve");
    expect(await stage.llmops("incident", "close")).toBe(0);
    const [{ events, incident }] = await timelines(stage);
    const spent = events.find(({ type }) => type === "spent")!;
    const { from, to, above } = spent.payload as Facts["spent"];
    expect(to).toBe(incident.resolvedAt);
    expect(from).toBeLessThan(incident.openedAt);
    expect(above).toBeGreaterThan(0);
    expect(spent.seq).toBeLessThan(events.at(-1)!.seq);
    expect(await prints(stage, "postmortem")).toMatch(
      new RegExp(
        `From 03:0\\d:\\d\\d to 03:\\d\\d:\\d\\d, estimated: \\$\\d+.* spent, .* m1 avoided .* \\(#${spent.seq}\\)`,
      ),
    );
    expect(await prints(stage, "incident", "show")).toMatch(/money .* per hour at its end; estimated: about/);
  });

  it("where nothing tells the cost is done all the same", async () => {
    const stage = await clamped({ prometheus: () => ({ failed: "nothing listens on prometheus.test:9090" }) });
    await stage.llmops("mitigation", "keep", "m1", "--reason", "the new limit");
    await stage.llmops("incident", "resolve");
    expect(await stage.llmops("incident", "close")).toBe(0);
    const [{ events }] = await timelines(stage);
    expect(events.some(({ type }) => type === "spent")).toBe(false);
    expect(shown(stage)).toContain("is closed");
  });
});

const down = `
id: down
title: It is down
class: availability
severity: SEV2
summary: Nothing answers.
steps: [{ id: look, title: Look, instruct: Look at it. }]
`;
