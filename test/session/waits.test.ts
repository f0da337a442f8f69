import { describe, expect, it } from "vitest";
import { openFileStore } from "../../src/timeline/fileStore.ts";
import type { Typed } from "../fake/world.ts";
import { spike } from "../scenario/spike.ts";
import { setStage, type Stage } from "../scenario/stage.ts";
import { timelines } from "../scenario/timelines.ts";

/** A walk that died when its clamp was intended, of which nothing arrived; another machine intended it. */
async function resumed(...typed: Typed[]): Promise<Stage> {
  const stage = setStage(spike);
  expect(await stage.llmops("incident", "start", "--alert", "alert.json", "--answers", "answers.yaml")).toBe(0);
  const [{ id, events }] = await timelines(stage);
  const { seq } = events.find(({ type }) => type === "intended")!;
  const file = `${stage.world.cwd}/.llmops/incidents/${id}/timeline.jsonl`;
  const lines = (await stage.world.files.read(file))!.split("\n");
  await stage.world.files.replace(file, `${lines.slice(0, seq).join("\n")}\n`);
  stage.writes.length = 0;
  const later = stage.typing(...typed);
  later.world.clock.steady = () => ({ since: "another machine", ms: 0 });
  return later;
}

const arriving = "Waiting until it can no longer arrive";
const shown = ({ world }: Stage) => world.terminal.screen.replaceAll(/\s+/g, " ");
const first = async (stage: Stage) => (await timelines(stage))[0].incident.changes[0]!;
const leave: Typed[] = [
  { pause: arriving, press: true },
  // the clamp is planned anew, on the same lever
  { pause: arriving, press: true },
  { menu: "It failed. What now?", value: "go on" },
  { menu: "Is it done?", value: "done" },
];

describe("a write that may still arrive, when the walk is resumed", () => {
  it("A02: is left in doubt by a key, told so, and decided by nobody", async () => {
    const stage = await resumed(...leave);
    expect(await stage.llmops("incident", "resume")).toBe(0);
    stage.world.verify();
    expect(shown(stage)).toMatch(/m1 is still in doubt: its write was sent and not answered, and may still arrive/);
    expect(shown(stage)).toContain("production changed: unknown");
    expect(await first(stage)).toMatchObject({ state: "in-doubt" });
    expect(stage.writes).toEqual([]);
  });

  it("A02: leaves the kill switch to whoever waits for it", async () => {
    const stage = await resumed(
      { pause: arriving, press: "k" },
      { line: "Type y to apply", text: "y" },
      { pause: arriving, press: true },
      { pause: arriving, press: true },
      { menu: "It failed. What now?", value: "go on" },
      { menu: "Is it done?", value: "done" },
    );
    expect(await stage.llmops("incident", "resume")).toBe(0);
    stage.world.verify();
    expect(stage.live["support.reply"]).toMatchObject({ enabled: false, max_tokens: 4096 });
    expect(await first(stage)).toMatchObject({ state: "in-doubt" });
  });

  it("A02: is told to stay in doubt where its lever is held, and whoever waits leaves", async () => {
    const held = "Waiting for whoever changes it";
    const stage = await resumed(
      { pause: held, press: true },
      { pause: held, press: true },
      { menu: "It failed. What now?", value: "go on" },
      { menu: "Is it done?", value: "done" },
    );
    const lease = await openFileStore(stage.world, `${stage.world.cwd}/.llmops`).hold("gateway /routes/support.reply");
    expect(lease).toHaveProperty("release");
    expect(await stage.llmops("incident", "resume")).toBe(0);
    stage.world.verify();
    expect(shown(stage)).toContain("m1 is still in doubt. Somebody else changes gateway /routes/support.reply");
    expect(await first(stage)).toMatchObject({ state: "in-doubt" });
  });
});

describe("a write that is answered before it is made", () => {
  it("A03: is not judged by a read that was asked for while it could still arrive", async () => {
    const stage = setStage({
      ...spike,
      onWrite(n, apply) {
        if (n === 1) void stage.world.clock.sleep(12_000).then(apply);
        return { status: 200, headers: { "content-type": "application/json" }, body: "{}" };
      },
    });
    const { world } = stage;
    const { http } = world;
    world.http = async (request) => {
      const answer = await http(request);
      if (request.method === "GET" && stage.writes.length > 0) await world.clock.sleep(9000);
      return answer;
    };
    const clamp = "mitigate token-clamp --scope route=support.reply --reason cost --yes --wait none".split(" ");
    expect(await stage.llmops(...clamp)).toBe(0);
    expect(await first(stage)).toMatchObject({ state: "applied" });
  });
});
