import { describe, expect, it } from "vitest";
import { foldIncident } from "../../src/timeline/fold.ts";
import type { Event } from "../../src/timeline/event.ts";
import { setStage, type Set, type Stage } from "./stage.ts";
import { spike } from "./spike.ts";
import { verifyChain } from "../timeline/verify.ts";

const play = (more: Partial<Set> = {}) => setStage({ ...spike, ...more });
const start = ["incident", "start", "--alert", "alert.json"];
const scripted = [...start, "--answers", "answers.yaml"];

async function timeline({ world }: Stage): Promise<Event[]> {
  const folder = `${world.cwd}/.llmops/incidents`;
  const [id] = await world.files.list(folder);
  const text = (await world.files.read(`${folder}/${id!}/timeline.jsonl`))!;
  const events = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Event);
  expect(verifyChain(events)).toBeUndefined();
  return events;
}
const types = (events: Event[]) => events.map(({ type }) => type);

describe("a cost spike, from page to postmortem", () => {
  it("is walked from answers: clamped, proven, taken back", async () => {
    const stage = play();
    expect(await stage.llmops(...scripted)).toBe(0);
    const events = await timeline(stage);
    const incident = foldIncident(events);
    expect(incident.scope).toEqual({ route: "support.reply" });
    expect(Object.fromEntries(incident.outcomes)).toMatchObject({
      "spike/cause": "inflation",
      "spike/clamp": "helped",
      "spike/calm": "reached",
      "spike/home": "undone",
    });
    expect(incident.changes.map(({ state }) => state)).toEqual(["ended", "ended"]);
    expect(stage.live["support.reply"]).toMatchObject({ max_tokens: 4096 });
    expect(stage.writes).toHaveLength(2);
    await expect(stage.world.terminal.screen).toMatchFileSnapshot("spike/terminal.txt");
    stage.world.verify();
  });

  it("has every intent on disk before its write arrives, and sends each write once, on condition", async () => {
    const stage = play();
    await stage.llmops(...scripted);
    for (const [n, write] of stage.writes.entries()) {
      const known = write.timeline
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Event);
      expect(known.at(-1)).toMatchObject({ type: "intended", payload: { change: { id: `m${n + 1}` } } });
      expect(write.ifMatch).toMatch(/^"/);
    }
  });

  it("changes one value of the document and leaves its other bytes alone", async () => {
    const stage = play();
    await stage.llmops(...scripted);
    const [clamp, undo] = stage.writes;
    expect(clamp!.body).toBe('{"enabled":true,"model":"big","max_tokens":512,"note":12345678901234567000}');
    expect(undo!.body).toBe('{"enabled":true,"model":"big","max_tokens":4096,"note":12345678901234567000}');
  });

  it("goes on after Ctrl-C where it was left: nothing is lost, nothing is applied twice", async () => {
    const stage = play({
      typed: [
        { menu: "What drives the cost?", value: "inflation" },
        { line: "Type y to apply", text: "y" },
        { menu: "one", value: "done" },
        { line: "Type y to apply", interrupt: true },
      ],
    });
    expect(await stage.llmops(...start)).toBe(130);
    const left = await timeline(stage);
    expect(stage.world.terminal.screen).toContain("llmops incident resume INC-1121-");
    const later = stage.typing({ line: "Type y to apply", text: "y" });
    expect(await later.llmops("incident", "resume")).toBe(0);
    const events = await timeline(later);
    expect(events.slice(0, left.length)).toEqual(left);
    expect(stage.writes).toHaveLength(2);
    expect(types(events).filter((type) => type === "intended")).toHaveLength(2);
    expect(foldIncident(events).outcomes.get("spike/home")).toBe("undone");
    later.world.verify();
  });

  it("declines what the answers do not consent to", async () => {
    const stage = play({ files: { ...spike.files, "answers.yaml": "cause: inflation\n" } });
    expect(await stage.llmops(...scripted)).toBe(0);
    expect(stage.writes).toEqual([]);
    expect(foldIncident(await timeline(stage)).outcomes.get("spike/clamp")).toBe("declined");
  });

  it("is over when somebody says so, with the head of its record", async () => {
    const stage = play();
    await stage.llmops(...scripted);
    expect(await stage.llmops("incident", "resolve", "--note", "calm")).toBe(0);
    expect(await stage.llmops("incident", "close")).toBe(0);
    const incident = foldIncident(await timeline(stage));
    expect(incident.state).toBe("closed");
    expect(stage.world.terminal.screen).toContain(incident.head.hash);
    expect(await stage.llmops("postmortem", "-o", "pm.md")).toBe(0);
    const markdown = (await stage.world.files.read(`${stage.world.cwd}/pm.md`))!;
    await expect(markdown.replaceAll(/[0-9a-f]{64}/g, "(hash)")).toMatchFileSnapshot("spike/postmortem.md");
  });

  it("M09: never writes over a postmortem that a person edited", async () => {
    const stage = play();
    await stage.llmops(...scripted);
    await stage.llmops("postmortem", "-o", "pm.md");
    expect(await stage.llmops("postmortem", "-o", "pm.md")).toBe(0);
    const path = `${stage.world.cwd}/pm.md`;
    const edited = (await stage.world.files.read(path))!.replace("Root cause", "Root cause: us");
    await stage.world.files.replace(path, edited);
    expect(await stage.llmops("postmortem", "-o", "pm.md")).toBe(5);
    expect(await stage.world.files.read(path)).toBe(edited);
  });
});

describe("without a terminal", () => {
  it("asks nobody and opens nothing", async () => {
    const stage = play();
    expect(await stage.llmops(...start)).toBe(4);
    expect(await stage.llmops("incident", "start")).toBe(4);
    expect(await stage.world.files.list(`${stage.world.cwd}/.llmops`)).toEqual([]);
  });
});
