import { describe, expect, it } from "vitest";
import { setStage, type Set, type Settings, type Stage } from "./stage.ts";
import { runbook, spike } from "./spike.ts";
import { timelines } from "./timelines.ts";

/** The world as it was when the process died: what is on the disk, what is live, what had been sent. */
interface Death {
  after: string;
  files: Record<string, string>;
  live: Record<string, Settings>;
  now: string;
  changedAt: number;
  sent: number;
}

/** Plays a command and keeps the world after every record that became durable and every write that was applied. */
async function deathsOf(set: Set, ...argv: string[]): Promise<Death[]> {
  const deaths: Death[] = [];
  const die = (after: string) =>
    deaths.push({
      after,
      files: stage.world.files.all(),
      live: structuredClone(stage.live),
      now: new Date(stage.world.clock.now()).toISOString(),
      changedAt: stage.changedAt,
      sent: stage.writes.length,
    });
  const stage: Stage = setStage({
    ...set,
    onWrite: (_, apply) => {
      apply();
      die("a write was applied");
      return { status: 200, headers: { "content-type": "application/json" }, body: "{}" };
    },
  });
  const { files } = stage.world;
  const { grow, create } = files;
  const last = (path: string) => /"type":"([a-z-]+)"[^\n]*\n$/.exec(files.text(path))![1]!;
  files.grow = async (path, work) => {
    const result = await grow(path, work);
    die(last(path));
    return result;
  };
  files.create = async (path, text) => {
    const made = await create(path, text);
    if (path.endsWith("timeline.jsonl")) die(last(path));
    return made;
  };
  expect(await stage.llmops(...argv)).toBe(0);
  return deaths;
}

function raise({ files, live, now, changedAt }: Death): Stage {
  const stage = setStage({ ...spike, files, routes: live, now });
  stage.changedAt = changedAt;
  return stage;
}
const count = (text: string, type: string) => text.split(`"type":"${type}"`).length - 1;
const textOf = (files: Record<string, string>) =>
  Object.entries(files).find(([path]) => path.endsWith("timeline.jsonl"))![1];

const start = ["incident", "start", "--alert", "alert.json", "--answers", "answers.yaml"];

describe("A02, A03, A04: a walk that dies after any record or write", async () => {
  const deaths = await deathsOf(spike, ...start);

  it("is one of many points, with both writes among them", () => {
    expect(deaths.length).toBeGreaterThan(20);
    expect(deaths.filter(({ after }) => after === "a write was applied")).toHaveLength(2);
    expect(deaths.filter(({ after }) => after === "intended")).toHaveLength(2);
  });

  it.each(deaths.map((death, i) => [i, death.after, death] as const))(
    "point %i, after %s: is resumed to the same end, and no write is sent twice",
    async (_, __, death) => {
      const stage = raise(death);
      expect(await stage.llmops("incident", "resume", "--answers", "answers.yaml")).toBe(0);
      const [{ incident }, ...others] = await timelines(stage);
      expect(others).toEqual([]);
      expect(stage.live["support.reply"]).toEqual(spike.routes!["support.reply"]);
      expect(incident.changes.filter(({ state }) => state === "applied" || state === "in-doubt")).toEqual([]);
      const text = textOf(stage.world.files.all());
      expect(text.startsWith(textOf(death.files))).toBe(true);
      expect(death.sent + stage.writes.length).toBeLessThanOrEqual(count(text, "intended"));
      stage.writes.forEach(({ timeline }, i) => expect(count(timeline, "intended")).toBeGreaterThan(death.sent + i));
    },
  );

  it.each(deaths.map((death, i) => [i, death.after, death] as const))(
    "point %i, after %s: the watcher settles what is in doubt, writes nothing by itself, and claims only what is live",
    async (_, __, death) => {
      const stage = raise(death);
      const cap = stage.live["support.reply"]!["max_tokens"];
      expect(await stage.llmops("watch", "--once")).toBe(0);
      expect(stage.writes).toEqual([]);
      const [{ incident }] = await timelines(stage);
      const live = incident.changes.filter(({ state }) => state === "applied");
      expect(live.map(({ change }) => change.after)).toEqual(cap === 4096 ? [] : [{ is: cap }]);
      expect(incident.changes.filter(({ state }) => state === "in-doubt")).toEqual([]);
    },
  );
});

describe("A06: a rollback of two that dies after any record or write", async () => {
  const swap = `  - id: swap
    title: Another model
    when: { clamp: [helped, unproven] }
    mitigate: { do: model-switch, for: 30m }
`;
  const two = runbook
    .replace("  - id: higher\n", `${swap}  - id: higher\n`)
    .replace("undo: clamp", "undo: [clamp, swap]");
  const answers = `${spike.files!["answers.yaml"]}swap: apply\n`;
  const set = { ...spike, files: { ...spike.files, "runbooks/spike.yaml": two, "answers.yaml": answers } };
  const all = await deathsOf(set, ...start);
  const first = all.findIndex(({ sent }) => sent === 3) - 3;
  const deaths = all.slice(first, all.findLastIndex(({ after }) => after === "read-back") + 1);

  it.each(deaths.map((death, i) => [i, death.after, death] as const))(
    "point %i, after %s: the next one finishes the rest and writes nothing over what is restored",
    async (_, __, death) => {
      const stage = raise(death);
      expect(await stage.llmops("incident", "resume", "--answers", "answers.yaml")).toBe(0);
      expect(stage.live["support.reply"]).toEqual(spike.routes!["support.reply"]);
      const [{ incident }] = await timelines(stage);
      expect(
        incident.changes.filter(({ change }) => change.undoes === undefined).map(({ ended }) => ended?.how),
      ).toEqual(["undone", "undone"]);
      expect(death.sent + stage.writes.length).toBeLessThanOrEqual(count(textOf(stage.world.files.all()), "intended"));
    },
  );

  it("has points before, between and after its two writes", () => {
    expect(new Set(deaths.map(({ sent }) => sent))).toEqual(new Set([2, 3, 4]));
  });
});
