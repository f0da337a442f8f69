import { describe, expect, it } from "vitest";
import type { Event } from "../../src/timeline/event.ts";
import { foldIncident } from "../../src/timeline/fold.ts";
import type { Incident } from "../../src/timeline/incident.ts";
import { setStage, type Set, type Stage } from "./stage.ts";
import { runbook, spike } from "./spike.ts";
import { verifyChain } from "../timeline/verify.ts";

const play = (more: Partial<Set> = {}) => setStage({ ...spike, ...more });
const start = ["incident", "start", "--alert", "alert.json"];
const clamp = (tokens: number) => [
  ..."mitigate token-clamp --scope route=support.reply --reason cost --yes --wait none --with".split(" "),
  `max_tokens=${tokens}`,
];
const cap = ({ live }: Stage) => live["support.reply"]!["max_tokens"];
const folder = ({ world }: Stage) => `${world.cwd}/.llmops/incidents`;

async function timelines(stage: Stage): Promise<{ id: string; events: Event[]; incident: Incident }[]> {
  const ids = await stage.world.files.list(folder(stage));
  return Promise.all(
    ids.map(async (id) => {
      const text = (await stage.world.files.read(`${folder(stage)}/${id}/timeline.jsonl`))!;
      const events = text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Event);
      expect(verifyChain(events)).toBeUndefined();
      return { id, events, incident: foldIncident(events) };
    }),
  );
}
const times = (events: Event[], type: string) => events.filter((event) => event.type === type).length;

describe("two people on one incident", () => {
  it("never give two changes one id, though one sits at a prompt while the other changes something", async () => {
    const stage = play({
      typed: [
        { menu: "What drives the cost?", key: "k" },
        { line: "Type y to apply", text: "y" },
        { menu: "What drives the cost?", value: "nothing" },
      ],
    });
    const { terminal } = stage.world;
    const menu = terminal.menu.bind(terminal);
    let first = true;
    terminal.menu = async (asked) => {
      if (first) {
        first = false;
        const colleague = stage.typing();
        expect(await colleague.llmops(...clamp(512))).toBe(0);
      }
      return menu(asked);
    };
    expect(await stage.llmops(...start)).toBe(0);
    const [{ incident }] = (await timelines(stage)) as [Awaited<ReturnType<typeof timelines>>[number]];
    expect(incident.changes.map(({ change }) => [change.id, change.mitigation])).toEqual([
      ["m1", "token-clamp"],
      ["m2", "kill-switch"],
    ]);
    expect(stage.live["support.reply"]).toMatchObject({ enabled: false, max_tokens: 512 });
  });

  it("record one verdict, though a watcher looks beside the walk", async () => {
    const stage = play();
    const pace = stage.world.clock.sleep.bind(stage.world.clock);
    let watching = 0;
    stage.world.clock.sleep = async (ms, signal) => {
      await pace(ms, signal);
      if (++watching > 4 && watching % 3 === 0 && watching < 60) await stage.typing().llmops("watch", "--once");
    };
    expect(await stage.llmops(...start, "--answers", "answers.yaml")).toBe(0);
    const [{ events }] = (await timelines(stage)) as [Awaited<ReturnType<typeof timelines>>[number]];
    expect(times(events, "in-effect")).toBe(1);
    expect(times(events, "helped")).toBe(1);
  });
});

describe("what was taken back", () => {
  it("is not applied again by resuming the walk", async () => {
    const goOn = { pause: "Seeing whether", press: true } as const;
    const stage = play({
      typed: [
        { menu: "What drives the cost?", value: "inflation" },
        { line: "Type y to apply", text: "y" },
        goOn,
        goOn,
        goOn,
        goOn,
      ],
    });
    expect(await stage.llmops(...start)).toBe(0);
    stage.world.verify();
    const [{ incident }] = (await timelines(stage)) as [Awaited<ReturnType<typeof timelines>>[number]];
    expect(incident.outcomes.has("spike/clamp")).toBe(false);
    const undo = stage.typing({ line: "Type y to apply", text: "y" });
    expect(await undo.llmops("mitigation", "undo", "m1")).toBe(0);
    const later = stage.typing({ menu: "Is it done?", value: "done" });
    expect(await later.llmops("incident", "resume")).toBe(0);
    expect(cap(stage)).toBe(4096);
    expect(stage.writes).toHaveLength(2);
    later.world.verify();
  });

  it("restores what it found, whatever lay on the lever days before", async () => {
    const stage = play();
    const undo = (id: string) => stage.llmops("mitigation", "undo", "m1", "--yes", "--incident", id);
    await stage.llmops(...clamp(1024));
    await stage.world.clock.advance(1000);
    await stage.llmops(...clamp(512));
    const [a, b] = await timelines(stage);
    await undo(a!.id);
    await undo(b!.id);
    expect(cap(stage)).toBe(4096);
    await stage.world.clock.advance(24 * 3_600_000);
    stage.live["support.reply"]!["max_tokens"] = 1024;
    await stage.llmops(...clamp(128));
    const c = (await timelines(stage)).find(({ incident }) => incident.changes[0]!.state === "applied")!;
    await undo(c.id);
    expect(cap(stage)).toBe(1024);
  });
});

describe("a write whose end is not known", () => {
  it("that arrives late is waited for and counts as applied", async () => {
    const stage = play({
      onWrite: (_, apply) => {
        void stage.world.clock.sleep(8000).then(apply);
        return { status: 202, headers: { "content-type": "application/json" }, body: "{}" };
      },
    });
    expect(await stage.llmops(...clamp(512))).toBe(0);
    expect(cap(stage)).toBe(512);
    expect((await timelines(stage))[0]!.incident.changes[0]!.state).toBe("applied");
  });

  it("is unknown, exits 6 and is put on the screen when the disk is full behind it", async () => {
    const stage = play({
      onWrite: (_, apply) => {
        apply();
        stage.world.files.failWrites = (path) => (path.includes("timeline") ? "the disk is full" : undefined);
        return { status: 200, headers: { "content-type": "application/json" }, body: "{}" };
      },
    });
    expect(await stage.llmops(...clamp(512), "--json")).toBe(6);
    const { screen, output } = stage.world.terminal;
    expect(output.trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(output)).toMatchObject({ error: { code: 6, changed: "yes" } });
    expect(`${screen}${output}`).toContain("NOT RECORDED");
    stage.world.files.failWrites = undefined;
    expect(await stage.llmops("watch", "--once")).toBe(0);
    expect((await timelines(stage))[0]!.incident.changes[0]!.state).toBe("applied");
  });

  it("is settled by the undo that follows, and then undone", async () => {
    const stage = play();
    await stage.llmops(...clamp(512));
    const [{ id, events }] = (await timelines(stage)) as [Awaited<ReturnType<typeof timelines>>[number]];
    const upTo = events.findIndex(({ type }) => type === "intended") + 1;
    const lines = events.slice(0, upTo).map((event) => `${JSON.stringify(event)}\n`);
    await stage.world.files.replace(`${folder(stage)}/${id}/timeline.jsonl`, lines.join(""));
    expect(await stage.llmops("mitigation", "undo", "m1", "--yes")).toBe(0);
    expect(cap(stage)).toBe(4096);
    expect(stage.writes).toHaveLength(2);
  });

  it("leaves no room for a change when the record cannot be written before it", async () => {
    const stage = play();
    stage.world.files.failWrites = (path) => (path.includes("timeline") ? "the disk is full" : undefined);
    expect(await stage.llmops(...clamp(512))).toBe(3);
    expect(stage.writes).toEqual([]);
  });
});

describe("an undo that is refused", () => {
  it("is not sent again by itself: the watcher reminds", async () => {
    const stage = play({ onWrite: (n) => (n === 1 ? undefined : { status: 403, headers: {}, body: "" }) });
    await stage.llmops(...clamp(512), "--for", "1m");
    await stage.world.clock.advance(120_000);
    expect(await stage.llmops("watch", "--once")).toBe(1);
    for (let i = 0; i < 5; i++) expect(await stage.llmops("watch", "--once")).toBe(0);
    expect(stage.writes).toHaveLength(2);
    expect(stage.world.terminal.screen).toMatch(/time is over and it is still on/);
  });
});

describe("a damaged or newer timeline", () => {
  it("takes no other incident with it", async () => {
    const stage = play();
    await stage.llmops(...clamp(512));
    const [{ id, events }] = (await timelines(stage)) as [Awaited<ReturnType<typeof timelines>>[number]];
    const lines = events.map((event) => (event.type === "planned" ? "garbage" : JSON.stringify(event)));
    await stage.world.files.replace(`${folder(stage)}/${id}/timeline.jsonl`, `${lines.join("\n")}\n`);
    for (const command of ["mitigation list", "incident list", "metrics"])
      expect(await stage.llmops(...command.split(" "))).toBe(0);
    expect(await stage.llmops("incident", "show", id)).toBe(1);
    expect(stage.world.terminal.screen).toMatch(/damaged: line 2/);
  });

  it("of a newer version is shown, and production is not changed for it", async () => {
    const stage = play({ files: { ...spike.files, "answers.yaml": "cause: traffic\n" } });
    await stage.llmops(...start, "--answers", "answers.yaml");
    const [{ id, events }] = (await timelines(stage)) as [Awaited<ReturnType<typeof timelines>>[number]];
    const newer = { ...events.at(-1)!, v: 99, seq: events.length + 1, type: "hologram" };
    await stage.world.files.append(`${folder(stage)}/${id}/timeline.jsonl`, `${JSON.stringify(newer)}\n`);
    expect(await stage.llmops(...clamp(512))).toBe(3);
    expect(stage.writes).toEqual([]);
    expect(stage.world.terminal.screen).toMatch(/newer llmops/);
  });
});

describe("text from outside", () => {
  it("reaches the screen harmless, also as a live value", async () => {
    const stage = play();
    stage.live["support.reply"]!["model"] = "big\u009b31m\u202egpt";
    const swap = "mitigate model-switch --scope route=support.reply --reason x --yes --wait none --with model=small";
    expect(await stage.llmops(...swap.split(" "))).toBe(0);
    stage.live["support.reply"]!["model"] = "evil\u001b]52;c;x\u0007";
    expect(await stage.llmops("mitigation", "undo", "m1", "--yes")).toBe(5);
    // oxlint-disable-next-line no-control-regex
    expect(stage.world.terminal.screen).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});

const stays = `  - id: stays
    title: Does it stay so?
    when: { home: undone }
    wait: { until: { burn: healthy }, within: 15m }
`;

describe("a proof", () => {
  it("is none where nothing was to be stopped", async () => {
    const stage = play({ figures: [["llm_requests_total", () => 0], ...spike.figures!] });
    const kill = "mitigate kill-switch --scope route=support.reply --reason unsafe --yes --json";
    expect(await stage.llmops(...kill.split(" "))).toBe(1);
    expect(JSON.parse(stage.world.terminal.output)).toMatchObject({
      state: "applied",
      inEffect: { verdict: "unknown", why: expect.stringContaining("0 before") as string },
    });
  });

  it("of a kill switch stays one when it is asked for again much later", async () => {
    let off = Infinity;
    const answers = (at: number) => (at >= off ? 0 : 2.8);
    const stage = play({ figures: [["llm_requests_total", answers], ...spike.figures!] });
    const kill = "mitigate kill-switch --scope route=support.reply --reason unsafe --yes --json".split(" ");
    off = stage.world.clock.now();
    expect(await stage.llmops(...kill)).toBe(0);
    await stage.world.clock.advance(3 * 3_600_000);
    expect(await stage.llmops(...kill)).toBe(0);
    expect(stage.writes).toHaveLength(1);
  });

  it("that it stays so takes no reading from before the last change", async () => {
    const longer = runbook.replace("follow_ups:", `${stays}follow_ups:`);
    const stage = play({ files: { ...spike.files, "runbooks/spike.yaml": longer } });
    expect(await stage.llmops(...start, "--answers", "answers.yaml")).toBe(0);
    const [{ events, incident }] = (await timelines(stage)) as [Awaited<ReturnType<typeof timelines>>[number]];
    expect(incident.outcomes.get("spike/stays")).toBe("reached");
    const at = (step: string, type: string) => events.findLast((e) => e.step === step && e.type === type)!.at;
    expect(at("spike/stays", "step-ended") - at("spike/home", "read-back")).toBeGreaterThanOrEqual(60_000);
  });

  it("asks nobody's eyes while it is only too early to read", async () => {
    const stage = play({
      typed: [
        { menu: "What drives the cost?", value: "inflation" },
        { line: "Type y to apply", text: "y" },
        { menu: "Is it done?", value: "done" },
        { line: "Type y to apply", text: "y" },
      ],
      files: { ...spike.files, "runbooks/spike.yaml": runbook.replace("follow_ups:", `${stays}follow_ups:`) },
    });
    expect(await stage.llmops(...start)).toBe(0);
    stage.world.verify();
  });

  it("of what was so already since a moment ago is waited for, not denied", async () => {
    const stage = play();
    expect(await stage.llmops(...clamp(512))).toBe(0);
    const again = clamp(512).filter((word) => word !== "none" && word !== "--wait");
    expect(await stage.llmops(...again, "--json")).toBe(0);
    expect(stage.writes).toHaveLength(1);
  });
});

describe("llmops watch", () => {
  it("promises nothing once it is gone", async () => {
    const stage = play();
    void stage.world.clock.sleep(40_000).then(() => stage.world.interrupt());
    expect(await stage.llmops("watch")).toBe(130);
    expect(await stage.typing().llmops(...clamp(512), "--dry-run")).toBe(0);
    const later = stage.typing();
    await later.llmops(...clamp(512), "--dry-run");
    expect(later.world.terminal.screen).toContain("by hand as below: llmops watch is not running");
  });
});
