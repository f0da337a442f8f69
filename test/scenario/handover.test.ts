import { describe, expect, it } from "vitest";
import { setStage, type Set, type Stage } from "./stage.ts";
import { spike } from "./spike.ts";
import { cutAfter, timelines } from "./timelines.ts";

const answers = (text: string) => ({ ...spike.files, "answers.yaml": text });
const play = (more: Partial<Set> = {}) => setStage({ ...spike, ...more });
const start = ["incident", "start", "--alert", "alert.json", "--answers", "answers.yaml"];
const kill = "mitigate kill-switch --scope route=support.reply --reason unsafe --yes --wait none".split(" ");
const shown = ({ world }: Stage) => world.terminal.screen.replaceAll(/\s+/g, " ");

/** Somebody clamped, switched off, and died in the middle of that: the next one comes cold. */
async function leftBehind(): Promise<Stage> {
  const stage = play({ files: answers("cause: inflation\nclamp: apply\nmended: not-done\n") });
  expect(await stage.llmops(...start)).toBe(0);
  expect(await stage.llmops(...kill)).toBe(0);
  const [{ id }] = await timelines(stage);
  await cutAfter(stage, id, "intended");
  await stage.world.clock.advance(4 * 60_000);
  return stage;
}

describe("O09: who takes over cold", () => {
  it("sees on one screen what is changed, what is in doubt, the last verification and the next step", async () => {
    const stage = await leftBehind();
    expect(await stage.llmops("incident", "show")).toBe(0);
    const screen = stage.world.terminal.output;
    await expect(screen).toMatchFileSnapshot("handover.txt");
    expect(screen.trimEnd().split("\n").length).toBeLessThanOrEqual(60);
    const order = [
      "IN DOUBT",
      "enabled true → false",
      "max_tokens 4096 → 512",
      "read back; in effect; helped",
      "Is it over?",
    ];
    for (const words of order) expect(screen).toContain(words);
    expect(screen.indexOf("IN DOUBT")).toBeLessThan(screen.indexOf("read back; in effect"));
    expect(stage.writes).toHaveLength(2);
  });

  it("sees also what other incidents changed in production", async () => {
    const stage = await leftBehind();
    const other = "mitigate model-switch --scope route=support.reply --with model=small --reason x --yes --wait none";
    expect(await stage.llmops(...other.split(" "), "--scope", "tenant=acme")).toBe(4);
    stage.live["chat.free"] = { enabled: true };
    expect(await stage.llmops(...kill.map((w) => w.replace("support.reply", "chat.free")))).toBe(0);
    expect(await stage.llmops("incident", "show")).toBe(0);
    const [, change] = await timelines(stage);
    expect(stage.world.terminal.output.replaceAll(/\s+/g, " ")).toContain(`${change!.id.slice(-4)}/m1`);
  });

  it("resumes, and what is in doubt is settled before anything else is asked", async () => {
    const stage = await leftBehind();
    const next = stage.typing();
    expect(await next.llmops("incident", "resume")).toBe(0);
    next.world.verify();
    expect(shown(next)).toMatch(/live m1 .*live m2 .*IN DOUBT.*m2, in doubt until now, is applied/);
    expect(stage.writes).toHaveLength(2);
  });
});

const over = { menu: "It is not marked resolved. Was it?", value: "yes" };

describe("O08: closing with changes in production", () => {
  const open = async (...typed: NonNullable<Set["typed"]>) => {
    const stage = play({ files: answers("cause: inflation\nclamp: apply\nmended: not-done\n") });
    await stage.llmops(...start);
    return typed.length === 0 ? stage : stage.typing(...typed);
  };

  it("is refused without a terminal; what stays, whose it is and until when is listed", async () => {
    const stage = await open();
    const told = shown(stage).length;
    expect(await stage.llmops("incident", "close")).toBe(4);
    const screen = shown(stage).slice(told);
    expect(screen).toMatch(/id since by until change aaaa\/m1 03:12 dana 03:42 support.reply max_tokens 4096 → 512/);
    expect((await timelines(stage))[0].incident.state).toBe("open");
  });

  it("is a person's decision, who sees the same list", async () => {
    const no = await open({ menu: "Close it all the same?", value: "no" });
    expect(await no.llmops("incident", "close")).toBe(4);
    expect(shown(no)).toMatch(/m1 03:12 dana 03:42 support.reply max_tokens 4096 → 512/);
    const yes = await open({ menu: "Close it all the same?", value: "yes" }, over);
    expect(await yes.llmops("incident", "close")).toBe(0);
    expect(await yes.llmops("mitigation", "list")).toBe(0);
    expect(yes.world.terminal.output).toContain("m1");
  });

  it("is refused also for what is in doubt", async () => {
    const stage = await open();
    const [{ id }] = await timelines(stage);
    await cutAfter(stage, id, "intended");
    expect(await stage.llmops("incident", "close")).toBe(4);
    expect(shown(stage)).toContain("IN DOUBT");
  });

  it("ends nothing: its end is still kept by the watcher", async () => {
    const stage = await open({ menu: "Close it all the same?", value: "yes" }, over);
    expect(await stage.llmops("incident", "close")).toBe(0);
    await stage.world.clock.advance(60 * 60_000);
    expect(await stage.llmops("watch", "--once")).toBe(0);
    expect(stage.live["support.reply"]).toMatchObject({ max_tokens: 4096 });
    expect((await timelines(stage))[0].incident.changes[0]!.ended?.how).toBe("undone");
  });
});

describe("O10: drills", () => {
  it("are not there yet: the word is refused and nothing is opened", async () => {
    const stage = play();
    expect(await stage.llmops("drill", "provider-outage")).toBe(2);
    expect(await stage.world.files.list(`${stage.world.cwd}/.llmops`)).toEqual([]);
    expect(stage.world.requests).toEqual([]);
  });
});
