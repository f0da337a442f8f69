import { describe, expect, it } from "vitest";
import { fact } from "../../src/timeline/event.ts";
import { openFileStore } from "../../src/timeline/fileStore.ts";
import { beginRecorder } from "../../src/timeline/recorder.ts";
import type { Typed } from "../fake/world.ts";
import { setStage, type Set, type Stage } from "./stage.ts";
import { spike } from "./spike.ts";
import { timelines } from "./timelines.ts";

const play = (more: Partial<Set> = {}) => setStage({ ...spike, ...more });
const asked = (words: string, ...more: string[]) => [
  ..."mitigate token-clamp --scope route=support.reply --reason cost --wait none".split(" "),
  ...words.split(" ").filter((word) => word !== ""),
  ...more,
];
const clamp = (tokens: number, ...more: string[]) => asked(`--with max_tokens=${tokens}`, ...more);
const start = ["incident", "start", "--alert", "alert.json"];
const kill = "mitigate kill-switch --scope route=support.reply --reason unsafe --wait none --yes".split(" ");
const shown = ({ world }: Stage) => world.terminal.screen.replaceAll(/\s+/g, " ");
const cap = ({ live }: Stage) => live["support.reply"]!["max_tokens"];

describe("a plan above a live change", () => {
  it("says where its own undo leads", async () => {
    const stage = play();
    await stage.llmops(...clamp(2048, "--yes"));
    await stage.llmops(...clamp(512, "--yes"));
    expect(shown(stage)).toMatch(/m1 of CHG-\S+ is live on this lever; undoing m1 leads back to 2048/);
  });

  it("says that it leads to what somebody else put there since, and what becomes of the change beneath", async () => {
    const stage = play();
    await stage.llmops(...clamp(2048, "--yes"));
    const [{ id }] = await timelines(stage);
    stage.live["support.reply"]!["max_tokens"] = 1000;
    await stage.llmops(...clamp(512, "--yes"));
    expect(shown(stage)).toContain(
      `m1 of ${id} is live on this lever, but its 2048 was changed by somebody else; undoing m1 leads back to 1000, ` +
        "and m1 is then still listed: its own undo asks first",
    );
    // and so it is
    const [, second] = await timelines(stage);
    expect(await stage.llmops("mitigation", "undo", "m1", "--incident", second!.id, "--yes")).toBe(0);
    expect(cap(stage)).toBe(1000);
    expect(await stage.llmops("mitigation", "undo", "m1", "--incident", id, "--yes")).toBe(5);
    expect(cap(stage)).toBe(1000);
  });
});

describe("what got better", () => {
  const walked = async (figures: Set["figures"], set: (stage: Stage) => void = () => {}) => {
    const stage = play({ figures: figures! });
    set(stage);
    await stage.llmops(...start, "--answers", "answers.yaml");
    const [{ incident, events }] = await timelines(stage);
    return {
      stage,
      incident,
      helped: events.find(({ type }) => type === "helped")?.payload as { verdict: string; why: string },
    };
  };

  it("is credited to a change that was seen in effect", async () => {
    expect((await walked(spike.figures)).helped.verdict).toBe("helped");
  });

  it("is not credited to a change of which nobody saw whether it is in effect", async () => {
    const blind = spike.figures!.map(([name, figure]): [string, typeof figure] => [
      name,
      name === "llm_tokens_used_bucket" ? () => undefined : figure,
    ]);
    const { helped, incident } = await walked(blind);
    expect(helped.verdict).toBe("unproven");
    expect(helped.why).toContain("that is not credited to it: ");
    expect(incident.changes[0]!.helped?.verdict).toBe("unproven");
    expect(incident.outcomes.get("spike/clamp")).toBe("unproven");
  });

  it("is not credited to what was so already", async () => {
    const calm = spike.figures!.map(([name, figure]): [string, typeof figure] => [
      name,
      name === "llm_token_cost_dollars" ? () => 0.001 : figure,
    ]);
    const { helped, incident, stage } = await walked(calm, ({ live }) => (live["support.reply"]!["max_tokens"] = 512));
    expect(stage.writes).toEqual([]);
    expect(helped.verdict).toBe("unproven");
    expect(helped.why).toContain("it was so before, and nothing was written");
    expect(incident.outcomes.get("spike/clamp")).toBe("unproven");
  });
});

describe("a step of a walk on a route that is turned off", () => {
  const off = async (...typed: Typed[]) => {
    const stage = play();
    await stage.llmops(...kill);
    return stage.typing({ menu: "What drives the cost?", value: "inflation" }, ...typed);
  };

  it("is not planned: what turned it off is said, and the next step is proposed", async () => {
    const stage = await off(
      { menu: "no effect of a token-clamp would be seen", value: "leave" },
      { menu: "Is it done?", value: "done" },
    );
    expect(await stage.llmops(...start)).toBe(0);
    stage.world.verify();
    expect(shown(stage)).toContain("route support.reply is turned off by m1 of CHG-");
    expect(stage.writes).toHaveLength(1);
    const { incident } = (await timelines(stage)).find(({ id }) => id.startsWith("INC"))!;
    expect(incident.outcomes.get("spike/clamp")).toBe("declined");
  });

  it("is planned where what should have turned it off was seen to have no effect", async () => {
    const killed = play();
    expect(await killed.llmops(...kill.map((word) => (word === "none" ? "effect" : word)))).toBe(1);
    const stage = killed.typing(
      { menu: "What drives the cost?", value: "inflation" },
      { line: "Type y to apply", text: "" },
      { menu: "Is it done?", value: "done" },
    );
    expect(await stage.llmops(...start)).toBe(0);
    stage.world.verify();
    expect(shown(stage)).not.toContain("is turned off by");
  });

  it("is planned where somebody wants it for later, and where the route was turned on by hand", async () => {
    const later = await off(
      { menu: "no effect of a token-clamp would be seen", value: "plan" },
      { line: "Type y to apply", text: "" },
      { menu: "Is it done?", value: "done" },
    );
    expect(await later.llmops(...start)).toBe(0);
    later.world.verify();
    const on = await off({ line: "Type y to apply", text: "" }, { menu: "Is it done?", value: "done" });
    on.live["support.reply"]!["enabled"] = true;
    expect(await on.llmops(...start)).toBe(0);
    on.world.verify();
  });
});

describe("a cap", () => {
  it("that is higher than the live one is refused with that, and with what put it there", async () => {
    const stage = play();
    await stage.llmops(...clamp(2048, "--yes"));
    const [{ id }] = await timelines(stage);
    expect(await stage.llmops(...clamp(40960, "--yes", "--json"))).toBe(3);
    const told = JSON.parse(stage.world.terminal.output.trim().split("\n").at(-1)!) as {
      error: { what: string; next: string };
    };
    expect(told.error.what).toBe(
      "max_tokens of route support.reply: 2048 is live already and lower; a cap is never raised.",
    );
    expect(told.error.next).toContain(`llmops mitigation undo m1 --incident ${id}`);
    expect(stage.writes).toHaveLength(1);
  });

  it("of a runbook that is higher than the live one leaves that, and the walk goes on", async () => {
    const stage = play();
    stage.live["support.reply"]!["max_tokens"] = 256;
    expect(await stage.llmops(...start, "--answers", "answers.yaml")).toBe(0);
    expect(shown(stage)).toContain("Already so: max_tokens is 256, which is lower, and a cap is never raised");
    expect(stage.writes).toEqual([]);
  });
});

describe("while a verdict settles", () => {
  it("the single keys act, and any other key goes on", async () => {
    const stage = play({
      typed: [
        { menu: "What drives the cost?", value: "inflation" },
        { line: "Type y to apply", text: "y" },
        { pause: " at most. Enter goes on, k m u n e ? as always.", press: "n" },
        { line: "note:", text: "owner called" },
        { pause: "Seeing whether", press: "u" },
        { menu: "Undo which change?", value: "m1" },
        { line: "Type y to apply", text: "" },
        { pause: "Seeing whether", press: true },
        { menu: "Is it done?", value: "not-done" },
      ],
    });
    expect(await stage.llmops(...start)).toBe(0);
    const [{ incident, events }] = await timelines(stage);
    expect(incident.notes).toMatchObject([{ text: "owner called" }]);
    expect(events.filter(({ type }) => type === "declined")).toHaveLength(1);
    expect(stage.world.terminal.unused.filter((typed) => "pause" in typed)).toEqual([]);
  });

  it("each verdict names its change and what it is about", async () => {
    const stage = play();
    await stage.llmops(...start, "--answers", "answers.yaml");
    expect(shown(stage)).toMatch(/✓ \S+ m1 support\.reply: in effect /);
    expect(shown(stage)).toMatch(/✓ \S+ m1 support\.reply: helped /);
    expect(shown(stage)).toContain("m1 read back 512");
  });
});

describe("an undo", () => {
  it("ends with what is live now", async () => {
    const stage = play();
    await stage.llmops(...clamp(512, "--yes"));
    await stage.llmops("mitigation", "undo", "m1", "--yes");
    expect(shown(stage)).toMatch(
      /m1 is undone: max_tokens of route support\.reply on gateway is 4096 again, read back\. $/,
    );
  });

  it("of what somebody else changed asks without the keys of a walk, and says that it was left", async () => {
    const stage = play();
    await stage.llmops(...clamp(512, "--yes"));
    stage.live["support.reply"]!["max_tokens"] = 1000;
    const there = stage.typing({ menu: "Somebody changed it since. What is to stand?", value: "leave" });
    expect(await there.llmops("mitigation", "undo", "m1")).toBe(4);
    expect(shown(there)).toContain(
      "max_tokens of route support.reply is 1000: neither ours (512) nor what we found (4096).",
    );
    expect(shown(there)).not.toContain("k kill switch");
    expect(shown(there)).toContain("Left as it is: max_tokens of route support.reply on gateway is 1000.");
    expect(there.world.terminal.screen.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });
});

it("what a server says ends with one full stop at most", async () => {
  const stage = play({ onWrite: () => ({ status: 422, headers: {}, body: '{"error":"512 is too low."}' }) });
  expect(await stage.llmops(...clamp(512, "--yes"))).toBe(3);
  expect(shown(stage)).toContain("512 is too low production changed: no");
});

describe("consent", () => {
  it("that was mistyped is asked for again with what is to be typed", async () => {
    const stage = play({
      typed: [
        { line: "Type y to apply", text: "ja" },
        { line: "Type y to apply", text: "" },
      ],
    });
    expect(await stage.llmops(...clamp(512))).toBe(4);
    expect(shown(stage)).toContain("Nothing is written yet: y applies it, Enter alone leaves it.");
  });

  it("is not what a dry run lacks: its plan was only shown", async () => {
    const stage = play();
    expect(await stage.llmops(...clamp(512, "--dry-run"))).toBe(0);
    expect(shown(stage)).not.toMatch(/not done|not confirmed/);
    expect(shown(stage)).toContain("Dry run: the plan was only shown.");
  });

  it.each([
    [asked("--with max_tokens=0"), 2, "does not take max_tokens=0"],
    [["mitigate", "token-clmp", "--scope", "route=support.reply", "--reason", "x"], 2, "did you mean token-clamp"],
    [asked("").map((word) => word.replace("support", "suport")), 3, "support.reply"],
  ])("is wanted last: without a terminal %j is told as the mistake it is", async (argv, code, why) => {
    const stage = play();
    expect(await stage.llmops(...argv)).toBe(code);
    expect(shown(stage)).toContain(why);
    expect(shown(stage)).not.toContain("--yes");
  });

  it("of an undo is wanted last, too: nothing is recorded without it", async () => {
    const stage = play();
    await stage.llmops(...clamp(512, "--yes"));
    const [before] = await timelines(stage);
    expect(await stage.llmops("mitigation", "undo", "m9")).toBe(2);
    expect(await stage.llmops("mitigation", "undo", "m1")).toBe(4);
    expect(await timelines(stage)).toEqual([before]);
  });

  it("that nobody can give is refused below the plan; nothing is recorded", async () => {
    const stage = play();
    expect(await stage.llmops(...clamp(512))).toBe(4);
    expect(shown(stage)).toMatch(/\+ max_tokens 512.*A change needs consent.*--yes/);
    expect(stage.writes).toEqual([]);
    expect(await stage.world.files.list(`${stage.world.cwd}/.llmops/incidents`)).toEqual([]);
  });
});

it("a drill is not gone on with, nor proposed to be: its sandbox has ended", async () => {
  const stage = play({ typed: [] });
  const store = openFileStore(stage.world, `${stage.world.cwd}/.llmops`);
  const opened = { title: "Cost spike", class: "cost", severity: "SEV2", scope: {}, version: "1" } as const;
  const facts = [fact("opened", { kind: "drill", ...opened }), fact("step-started", begun, "spike/cause")];
  await beginRecorder(store, "DRILL-1121-aaaa", { by: "dana", host: "laptop" }, facts);
  expect(await stage.llmops("incident", "resume", "DRILL-1121-aaaa")).toBe(2);
  expect(shown(stage)).toContain("its sandbox ended with the demo that played it");
  expect(await stage.llmops("incident", "show", "DRILL-1121-aaaa")).toBe(0);
  expect(stage.world.terminal.output).toContain("llmops incident resolve");
  expect(stage.world.terminal.output).not.toContain("llmops incident resume");
});

const begun = { runbook: "spike", kind: "ask", title: "What changed?" };
