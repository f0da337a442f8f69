import { afterEach, describe, expect, it } from "vitest";
import { openFileStore } from "../../src/timeline/fileStore.ts";
import { openRecorder } from "../../src/timeline/recorder.ts";
import { fact, type Event } from "../../src/timeline/event.ts";
import { timelines } from "../scenario/timelines.ts";
import type { Stage } from "../scenario/stage.ts";
import { clearStages, lookStage, record, start, timelineFile } from "./stage.ts";

afterEach(clearStages);

const mail = "erin.example@example.com";
const dayMs = 86_400_000;
const author = { by: "m.kaya", host: "box" };
const records = [
  record(10, {
    call_id: "one",
    cost_usd: 9,
    prompt_snapshot: `I am ${mail}`,
    response_snapshot: "Here\u001b[2J it is.",
  }),
  record(20, { call_id: "two", cost_usd: 8, response_snapshot: `${"x ".repeat(9_990)}${"s".repeat(300_000)}` }),
  record(30, { call_id: "three", cost_usd: 7, prompt_snapshot: null, response_snapshot: null }),
];

/** Three calls were judged: good, bad with a note, and not at all. */
async function judged(project = "samples: { keep_text: true }"): Promise<Stage> {
  const stage = lookStage({
    logs: "{ of: expensive, sample: 3, rate: true }",
    records,
    project,
    typed: [
      { menu: "Call 1 of 3", key: "g" },
      { menu: "Call 2 of 3", key: "n" },
      { line: "note:", text: "never ends" },
      { menu: "Call 2 of 3", key: "b" },
      { menu: "Call 3 of 3", key: "q" },
      { menu: "Is it done?", value: "done" },
    ],
  });
  expect(await stage.llmops(...start)).toBe(0);
  stage.world.verify();
  return stage;
}

/** The place where `judged` left it, so much later, with nobody at the keyboard, or somebody who types. */
async function later(stage: Stage, ms: number, ...typed: Parameters<Stage["typing"]>): Promise<Stage> {
  const next = stage.typing(...typed);
  await next.world.clock.advance(ms);
  return next;
}

const out = ({ world }: Stage) => world.terminal.output;
const screen = ({ world }: Stage) => world.terminal.screen;
const storeOf = ({ world }: Stage) => openFileStore(world, `${world.cwd}/.llmops`);
const linesOf = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const ofType = (events: readonly Event[], type: Event["type"]) => events.find((event) => event.type === type)!;

describe("what calls say, where the project keeps it", () => {
  it("K04: is redacted and cut in a record of its own, so that the marks outlive it", async () => {
    const stage = await judged();
    const [{ events }] = await timelines(stage);
    const { calls } = ofType(events, "quoted").payload as unknown as { calls: Record<string, string>[] };
    expect(calls[0]).toEqual({
      id: "one",
      prompt: expect.stringMatching(/^I am \[email \w{6}\]$/),
      response: "Here\u001b[2J it is.",
    });
    // the word that the cut goes through is not kept
    expect(calls[1]!["response"]).toBe("x ".repeat(9_990));
    expect(calls[2]).toEqual({ id: "three" });
    expect((await timelineFile(stage)).text).not.toContain("\u001b");
    expect(JSON.stringify(ofType(events, "sampled"))).not.toContain("I am");
  });

  it("is not kept unless the project says so", async () => {
    const stage = await judged("");
    expect((await timelines(stage))[0].events.map(({ type }) => type)).not.toContain("quoted");
  });
});

describe("incident export", () => {
  it("--evals writes each marked call as a case, once, as it was marked last", async () => {
    const stage = await judged();
    const { id } = await timelineFile(stage);
    const recorder = await openRecorder(storeOf(stage), id, author);
    const { payload } = ofType(recorder.incident.events as Event[], "sampled");
    const { calls } = payload as { calls: { id: string; mark: string }[] };
    await recorder.record(
      fact("sampled", { ...payload, calls: [{ ...calls[0], mark: "bad", note: "it is not" }] } as never),
    );
    const before = stage.world.terminal.output;
    expect(await stage.llmops("incident", "export", "--evals")).toBe(0);
    const text = out(stage).slice(before.length);
    await expect(text.replace(/(x ){100,}/, "x x ... ")).toMatchFileSnapshot("cases.jsonl");
    expect(linesOf(text).map(({ id: call, mark, note }) => [call, mark, note])).toEqual([
      ["one", "bad", "it is not"],
      ["two", "bad", "never ends"],
    ]);
    expect(text).not.toContain(mail);
  });

  it("holds no text where none was kept, and says when nothing was marked", async () => {
    const stage = await judged("");
    expect(await stage.llmops("incident", "export", "--evals")).toBe(0);
    expect(linesOf(out(stage))[0]).toMatchObject({ id: "one", hashes: { prompt: { characters: 29 } } });
    expect(linesOf(out(stage))[0]).not.toHaveProperty("prompt");
    const none = lookStage({ logs: "{ of: expensive }", records });
    await none.llmops(...start, "--answers", "answers.yaml");
    expect(await none.llmops("incident", "export", "--evals")).toBe(0);
    expect([out(none), screen(none)]).toEqual(["", expect.stringContaining("No call of INC-1121-aaaa was marked")]);
  });

  it("writes a file that is not there, and never over one that is", async () => {
    const stage = await judged();
    const { files, cwd } = stage.world;
    expect(await stage.llmops("incident", "export", "--evals", "-o", "cases.jsonl")).toBe(0);
    const written = files.text(`${cwd}/cases.jsonl`);
    expect(linesOf(written)).toHaveLength(2);
    expect(out(stage)).toBe("");
    expect(await stage.llmops("incident", "export", "-o", "cases.jsonl")).toBe(5);
    expect(screen(stage)).toContain("cases.jsonl is there already: it stays as it is.");
    expect(files.text(`${cwd}/cases.jsonl`)).toBe(written);
  });

  it("without --evals is the timeline as it stands there", async () => {
    const stage = await judged();
    expect(await stage.llmops("incident", "export")).toBe(0);
    expect(linesOf(out(stage))).toEqual(linesOf((await timelineFile(stage)).text));
    expect(out(stage)).not.toContain("\u001b");
  });
});

describe("text whose retention is over", () => {
  const gone = async (stage: Stage) => {
    const { text } = await timelineFile(stage);
    for (const said of ["I am", "it is.", "x x x"]) expect(text).not.toContain(said);
  };

  it("K09: is erased by a round of watch: marks and hashes stay, and the record is whole", async () => {
    const stage = await judged();
    const early = await later(stage, 3 * dayMs - 60_000);
    expect(await early.llmops("watch", "--once")).toBe(0);
    expect((await timelineFile(early)).text).toContain("I am");

    const due = await later(stage, 3 * dayMs);
    expect(await due.llmops("watch", "--once")).toBe(0);
    expect(screen(due)).toContain("INC-1121-aaaa: the content of 1 record is erased, older than 3d");
    await gone(due);
    expect(await due.llmops("incident", "check", "aaaa")).toBe(0);
    const [{ events }] = await timelines(due);
    const { seq } = ofType(events, "quoted");
    expect(out(due)).toContain(`the content of #${seq} was erased: older than 3d`);
    expect(ofType(events, "sampled").payload).toMatchObject({ calls: [{ mark: "good" }, { mark: "bad" }, {}] });
    await due.llmops("incident", "export", "--evals", "-o", "cases.jsonl", "aaaa");
    const cases = linesOf(due.world.files.text(`${due.world.cwd}/cases.jsonl`));
    expect(cases.map(({ mark }) => mark)).toEqual(["good", "bad"]);
    expect(cases[0]).not.toHaveProperty("response");

    const { text } = await timelineFile(due);
    expect(await due.llmops("watch", "--once")).toBe(0);
    expect((await timelineFile(due)).text).toBe(text);
  });

  it("K09: as the project says it, and by a command that asks first", async () => {
    const stage = await judged("samples: { keep_text: true, retention: 1h }");
    const at = await later(stage, 3_600_000 + 1, { line: "Type y to erase it", text: "" });
    expect(await at.llmops("incident", "erase")).toBe(4);
    expect((await timelineFile(at)).text).toContain("I am");
    const yes = await later(stage, 3_600_000 + 1, { line: "Type y to erase it", text: "y" });
    expect(await yes.llmops("incident", "erase")).toBe(0);
    yes.world.verify();
    await gone(yes);
    expect(await yes.llmops("incident", "check")).toBe(0);
  });

  it("--before names another time; nothing that old is no error", async () => {
    const stage = await later(await judged(), 7_200_000);
    expect(await stage.llmops("incident", "erase", "--before", "3h", "--yes")).toBe(0);
    expect(screen(stage)).toContain("there is nothing to erase (older than 3h)");
    expect(await stage.llmops("incident", "erase", "--before", "soon", "--yes")).toBe(2);
    expect(await stage.llmops("incident", "erase", "--before", "2h", "--yes")).toBe(0);
    await gone(stage);
  });

  it("one record can be erased by its number, but none that the incident is read from", async () => {
    const stage = await judged();
    await stage.llmops("incident", "note", `${"my"} secret plan`);
    const seq = ofType((await timelines(stage))[0].events, "noted").seq;
    expect(await stage.llmops("incident", "erase", "--seq", "1", "--yes")).toBe(2);
    expect(await stage.llmops("incident", "erase", "--seq", "999", "--yes")).toBe(2);
    expect(await stage.llmops("incident", "erase", "--seq", `#${seq}`, "--yes")).toBe(0);
    expect((await timelineFile(stage)).text).not.toContain("secret plan");
    expect(await stage.llmops("incident", "check")).toBe(0);
    expect(await stage.llmops("incident", "erase", "--seq", String(seq), "--yes")).toBe(0);
    expect(screen(stage)).toContain(`there is nothing to erase (#${seq} has no content any more)`);
    expect(await stage.llmops("postmortem")).toBe(0);
    expect(out(stage)).toContain(`The content of #${seq} was erased: asked for by number`);
  });
});

describe("erasing beside others", () => {
  it("a walk that goes on elsewhere goes on: what it read is there by its hash", async () => {
    const stage = await judged();
    const { id } = await timelineFile(stage);
    const walking = await openRecorder(storeOf(stage), id, author);
    const outlines = storeOf(stage);
    expect((await outlines.outline(id))!.quoted).toHaveLength(1);
    const { seq } = ofType(walking.incident.events as Event[], "quoted");
    await storeOf(stage).erase(id, [seq], "old", author);
    expect((await outlines.outline(id))!.quoted).toEqual([]);

    await walking.record(fact("noted", { text: "still here" }));
    expect(walking.incident.events.at(-2)).toMatchObject({ type: "erased", payload: { seq, reason: "old" } });
    expect(walking.incident.quoted).toEqual([]);
    const [{ events }] = await timelines(stage);
    expect(events.at(-1)).toMatchObject({ type: "noted", by: "m.kaya" });
    // and once more, with nothing written by others in between
    await walking.record(fact("noted", { text: "and here" }));
    expect((await timelines(stage))[0].events.at(-1)!.seq).toBe(events.length + 1);
  });

  it("C03: content under an erased record's name is nobody's word", async () => {
    const stage = await judged();
    const { id, file, text } = await timelineFile(stage);
    const { seq } = ofType((await timelines(stage))[0].events, "sampled");
    await storeOf(stage).erase(id, [seq], "old", author);
    const erased = (await timelineFile(stage)).text;
    expect(erased).not.toContain("never ends");
    const lines = erased.split("\n");
    lines[seq - 1] = lines[seq - 1]!.replace('"payload":null', '"payload":{"of":"failed","calls":[]}');
    await stage.world.files.replace(file, lines.join("\n"));
    expect(await stage.llmops("incident", "check")).toBe(1);
    expect(out(stage)).toContain(`record ${seq} is not as it was written: its content is another`);
    expect(text).toContain("never ends");
  });

  it("C01: a torn end is set aside first; in a damaged record nothing is erased, and watch says so once", async () => {
    const stage = await judged();
    const { id, file, text } = await timelineFile(stage);
    await stage.world.files.replace(file, `${text}{"v":1,"inc`);
    const noted = await later(stage, 3 * dayMs);
    expect(await noted.llmops("watch", "--once")).toBe(0);
    const { events } = (await timelines(noted))[0];
    expect(events.map(({ type }) => type).slice(-2)).toEqual(["torn", "erased"]);

    const other = await judged();
    const damaged = (await timelineFile(other)).text.replace("never ends", "never end!");
    await other.world.files.replace(file, damaged);
    const due = await later(other, 3 * dayMs);
    expect(await due.llmops("watch", "--once")).toBe(1);
    expect((await timelineFile(due)).text).toBe(damaged);
    expect(screen(due).replaceAll(/\s+/g, " ")).toContain(
      `what its calls said is not erased: The record of ${id} is damaged`,
    );
  });
});
