import { describe, expect, it } from "vitest";
import { sayValue } from "../../src/timeline/value.ts";
import { setStage, type Set, type Stage } from "./stage.ts";
import { spike } from "./spike.ts";
import { cutAfter, timelines } from "./timelines.ts";

const play = (more: Partial<Set> = {}) => setStage({ ...spike, ...more });
const clamp = (tokens: number, ...more: string[]) => [
  ..."mitigate token-clamp --scope route=support.reply --reason cost --yes --wait none --with".split(" "),
  `max_tokens=${tokens}`,
  ...more,
];
const cap = ({ live }: Stage) => live["support.reply"]!["max_tokens"];
const shown = ({ world }: Stage) => world.terminal.screen.replaceAll(/\s+/g, " ");
const later = (stage: Stage, minutes: number) => stage.world.clock.advance(minutes * 60_000);

/** One change after the other on one lever, each of an incident of its own, which stands for another person. */
async function pile(stage: Stage, ...caps: number[]): Promise<string[]> {
  for (const tokens of caps) {
    await later(stage, 1);
    expect(await stage.llmops(...clamp(tokens))).toBe(0);
  }
  return (await timelines(stage)).map(({ id }) => id);
}
const undo = (stage: Stage, incident: string, ...more: string[]) =>
  stage.llmops("mitigation", "undo", "m1", "--yes", "--incident", incident, ...more);
const states = async (stage: Stage) =>
  (await timelines(stage)).map(({ incident }) => incident.changes[0]!.ended?.how ?? incident.changes[0]!.state);

describe("D02: two incidents on one lever", () => {
  it("the second plan says what is live beneath it", async () => {
    const stage = play();
    const [a] = await pile(stage, 512, 256);
    expect(shown(stage)).toContain(`m1 of ${a} is live on this lever`);
  });

  it("the first one's rollback never puts its own value over the second one's", async () => {
    const stage = play();
    const [a, b] = await pile(stage, 512, 256);
    expect(await undo(stage, a!)).toBe(0);
    expect(cap(stage)).toBe(256);
    expect(stage.writes).toHaveLength(2);
    expect(await states(stage)).toEqual(["superseded", "applied"]);
    expect(await undo(stage, b!)).toBe(0);
    expect(cap(stage)).toBe(4096);
  });

  it("a value that is nobody's is left to a person: found, ours and live are shown", async () => {
    const stage = play();
    const [a] = await pile(stage, 512);
    stage.live["support.reply"]!["max_tokens"] = 256;
    expect(await undo(stage, a!)).toBe(5);
    expect(shown(stage)).toMatch(/is 256: neither ours \(512\) nor what we found \(4096\)/);
    expect(cap(stage)).toBe(256);
    expect(stage.writes).toHaveLength(1);
  });

  it("and what the person decides is on the record: left as it is, it is no longer ours and no longer due", async () => {
    const stage = play();
    const [a] = await pile(stage, 512);
    stage.live["support.reply"]!["max_tokens"] = 256;
    const there = stage.typing({ menu: "Somebody changed it since", value: "leave" });
    expect(await there.llmops("mitigation", "undo", "m1", "--incident", a!)).toBe(4);
    expect(cap(stage)).toBe(256);
    const [{ events }] = await timelines(stage);
    expect(events.findLast(({ type }) => type === "answered")?.payload).toMatchObject({ choice: "leave" });
    expect(await states(stage)).toEqual(["replaced-by-others"]);
    await later(stage, 60);
    expect(await stage.llmops("watch", "--once")).toBe(0);
    expect(stage.writes).toHaveLength(1);
    expect(await stage.llmops("mitigation", "list")).toBe(0);
    expect(stage.world.terminal.output).toContain("Nothing is changed");
  });

  it("a clock that went back between them does not turn them round", async () => {
    const stage = play();
    await stage.llmops(...clamp(512));
    const { clock } = stage.world;
    const real = clock.now.bind(clock);
    clock.now = () => real() - 2 * 3_600_000;
    await stage.llmops(...clamp(256));
    clock.now = real;
    const all = await timelines(stage);
    const [first, second] = [512, 256].map(
      (tokens) => all.find(({ incident }) => sayValue(incident.changes[0]!.change.after) === String(tokens))!.id,
    );
    expect(await undo(stage, first!)).toBe(0);
    expect(cap(stage)).toBe(256);
    expect(await undo(stage, second!)).toBe(0);
    expect(cap(stage)).toBe(4096);
  });
});

describe("D10: out of order on one lever, three deep", () => {
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ];
  it.each(orders)("ended in the order %i, %i, %i never leaves a value that nobody chose", async (...order) => {
    const stage = play();
    const caps = [2048, 1024, 512];
    const ids = await pile(stage, ...caps);
    const open = new Set([0, 1, 2]);
    for (const one of order) {
      expect(await undo(stage, ids[one]!)).toBe(0);
      open.delete(one);
      // the topmost that is live decides; without any it is what was there before
      const top = Math.max(-1, ...open);
      expect(cap(stage)).toBe(top === -1 ? 4096 : caps[top]);
    }
    stage.writes.forEach(({ body }) =>
      expect([4096, ...caps]).toContain((JSON.parse(body) as { max_tokens: number }).max_tokens),
    );
    expect(await stage.llmops("mitigation", "list")).toBe(0);
    expect(stage.world.terminal.output).toContain("Nothing is changed");
  });
});

describe("an undo", () => {
  it("is not undone: what it took away comes back as a change of its own, and the command is said", async () => {
    const stage = play();
    const [a] = await pile(stage, 512);
    expect(await undo(stage, a!)).toBe(0);
    expect(await stage.llmops("mitigation", "undo", "m2", "--yes", "--incident", a!)).toBe(2);
    expect(shown(stage)).toContain("llmops mitigate token-clamp --scope route=support.reply");
    expect(cap(stage)).toBe(4096);
    expect(stage.writes).toHaveLength(2);
  });

  it("A06: in doubt is settled by the next one, and never sent twice", async () => {
    for (const arrived of [true, false]) {
      const stage = play();
      const [a] = await pile(stage, 512);
      expect(await undo(stage, a!)).toBe(0);
      await cutAfter(stage, a!, "intended");
      if (!arrived) stage.live["support.reply"]!["max_tokens"] = 512;
      expect(await stage.llmops("mitigation", "undo", "m2", "--yes", "--incident", a!)).toBe(2);
      expect(await undo(stage, a!)).toBe(0);
      expect(cap(stage)).toBe(4096);
      expect(stage.writes).toHaveLength(arrived ? 2 : 3);
      expect(await states(stage)).toEqual(["undone"]);
    }
  });

  it("of what was in doubt and turned out to be nobody's claims nothing and writes nothing", async () => {
    const stage = play();
    const [a] = await pile(stage, 512);
    await cutAfter(stage, a!, "intended");
    stage.live["support.reply"]!["max_tokens"] = 777;
    expect(await undo(stage, a!)).toBe(5);
    expect(shown(stage)).toContain("max_tokens of route support.reply on gateway was 4096");
    expect(cap(stage)).toBe(777);
    expect(stage.writes).toHaveLength(1);
  });

  it("where the key is gone says what was there, and stays open", async () => {
    const stage = play();
    const [a] = await pile(stage, 512);
    delete stage.live["support.reply"];
    expect(await undo(stage, a!)).toBe(3);
    expect(shown(stage)).toContain("max_tokens of route support.reply on gateway was 4096");
    expect(await states(stage)).toEqual(["applied"]);
  });

  it("C08: is refused before the question where a newer version wrote", async () => {
    const stage = play({
      files: { ...spike.files, "answers.yaml": "cause: inflation\nclamp: apply\nmended: not-done\n" },
    });
    await stage.llmops("incident", "start", "--alert", "alert.json", "--answers", "answers.yaml");
    const [{ id, events }] = await timelines(stage);
    const newer = { ...events.at(-1)!, v: 99, seq: events.length + 1, type: "hologram" };
    const file = `${stage.world.cwd}/.llmops/incidents/${id}/timeline.jsonl`;
    await stage.world.files.append(file, `${JSON.stringify(newer)}\n`);
    const there = stage.typing();
    expect(await there.llmops("mitigation", "undo", "m1")).toBe(3);
    expect(shown(there)).toContain("newer llmops");
    there.world.verify();
    expect(stage.writes).toHaveLength(1);
  });
});

describe("a plan", () => {
  it("D04, D03: that is stale is refused with what is live now; planned again it starts from that", async () => {
    const stage = play({ typed: [{ line: "Type y to apply", text: "y" }] });
    const { terminal } = stage.world;
    const line = terminal.line.bind(terminal);
    terminal.line = async (question) => {
      stage.live["support.reply"]!["max_tokens"] = 2048;
      return line(question);
    };
    const asked = clamp(512).filter((word) => word !== "--yes");
    expect(await stage.llmops(...asked)).toBe(5);
    expect(stage.writes).toEqual([]);
    expect(shown(stage)).toMatch(/read 4096, wanted 512, live is 2048/);
    const anew = play({ routes: stage.live });
    expect(await anew.llmops(...clamp(512))).toBe(0);
    expect(shown(anew)).toContain("- max_tokens 2048 + max_tokens 512");
  });

  it("A03: on a lever in doubt settles that first, in the incident where it was made, and sends nothing again", async () => {
    const stage = play();
    const [a] = await pile(stage, 512);
    await cutAfter(stage, a!, "intended");
    expect(await stage.llmops(...clamp(256))).toBe(0);
    const [first, second] = await timelines(stage);
    expect(first.events.at(-1)).toMatchObject({ type: "settled", payload: { as: "applied" } });
    expect(second!.incident.changes[0]!.change.before).toEqual({ is: 512 });
    expect(second!.incident.changes[0]!.plan.reads[0]!.beneath).toEqual([
      { incident: a, change: "m1", after: { is: 512 } },
    ]);
    expect(stage.writes).toHaveLength(2);
    expect(await undo(stage, second!.id)).toBe(0);
    expect(cap(stage)).toBe(512);
    expect(await undo(stage, a!)).toBe(0);
    expect(cap(stage)).toBe(4096);
  });

  it("A02: of what never left says so only once it cannot arrive any more", async () => {
    const stage = play();
    const [a] = await pile(stage, 512);
    await cutAfter(stage, a!, "intended");
    stage.live["support.reply"]!["max_tokens"] = 4096;
    const began = stage.world.clock.now();
    expect(await stage.llmops(...clamp(256))).toBe(0);
    const [first] = await timelines(stage);
    const settled = first.events.at(-1)!;
    expect(settled).toMatchObject({ type: "settled", payload: { as: "not-applied" } });
    const intended = first.incident.changes[0]!;
    expect(settled.at - Math.min(began, intended.intendedAt)).toBeGreaterThanOrEqual(intended.deadlineMs);
    expect(cap(stage)).toBe(256);
  });

  it("is none for an incident that is closed", async () => {
    const stage = play({ files: { ...spike.files, "answers.yaml": "cause: traffic\n" } });
    await stage.llmops("incident", "start", "--alert", "alert.json", "--answers", "answers.yaml");
    expect(await stage.llmops("incident", "resolve")).toBe(0);
    expect(await stage.llmops("incident", "close")).toBe(0);
    const [{ id, events }] = await timelines(stage);
    expect(await stage.llmops(...clamp(512, "--incident", id))).toBe(2);
    expect(shown(stage)).toContain("leave --incident out");
    expect((await timelines(stage))[0].events).toHaveLength(events.length);
    expect(stage.writes).toEqual([]);
  });
});

describe("an end", () => {
  it("beneath a later change writes nothing, claims nothing, and the later end leads to what was there first", async () => {
    const stage = play();
    await stage.llmops(...clamp(512, "--for", "10m"));
    await later(stage, 1);
    await stage.llmops(...clamp(256, "--for", "60m"));
    await later(stage, 15);
    const told = shown(stage).length;
    expect(await stage.llmops("watch", "--once")).toBe(0);
    expect(await states(stage)).toEqual(["superseded", "applied"]);
    expect(cap(stage)).toBe(256);
    expect(stage.writes).toHaveLength(2);
    expect(shown(stage).slice(told)).not.toMatch(/is taken back|was taken back|undone/);
    await later(stage, 60);
    expect(await stage.llmops("watch", "--once")).toBe(0);
    expect(cap(stage)).toBe(4096);
    expect(await states(stage)).toEqual(["superseded", "undone"]);
  });

  it("of both at once takes the pile down from its top", async () => {
    const stage = play();
    await stage.llmops(...clamp(512, "--for", "10m"));
    await later(stage, 1);
    await stage.llmops(...clamp(256, "--for", "10m"));
    await later(stage, 30);
    expect(await stage.llmops("watch", "--once")).toBe(0);
    expect(cap(stage)).toBe(4096);
    expect(stage.writes.map(({ body }) => (JSON.parse(body) as { max_tokens: number }).max_tokens)).toEqual([
      512, 256, 512, 4096,
    ]);
  });

  it("that is due while the target is down stays due, is reported once, and is done when it answers", async () => {
    const stage = play();
    await stage.llmops(...clamp(512, "--for", "10m"));
    await later(stage, 11);
    const { http } = stage.world;
    let down = true;
    stage.world.http = async (request) =>
      down && request.url.includes("gateway.test")
        ? { failed: "nothing listens on gateway.test:8080", sent: false, ms: 1 }
        : http(request);
    expect(await stage.llmops("watch", "--once")).toBe(1);
    expect(await states(stage)).toEqual(["applied"]);
    expect(await stage.llmops("mitigation", "list")).toBe(0);
    expect(stage.world.terminal.output).toContain("OVERDUE");
    const told = stage.world.terminal.screen.length;
    void stage.world.clock.sleep(61_000).then(() => (down = false));
    void stage.world.clock.sleep(91_000).then(() => stage.world.interrupt());
    expect(await stage.llmops("watch")).toBe(130);
    const since = stage.world.terminal.screen.slice(told);
    expect(since.match(/nothing listens/g)).toHaveLength(1);
    expect(since).toMatch(/stays due/);
    expect(cap(stage)).toBe(4096);
    expect(await states(stage)).toEqual(["undone"]);
  });

  it("whose write nobody answered is settled by reading, never sent again by itself", async () => {
    for (const arrives of [true, false]) {
      const stage = play();
      await stage.llmops(...clamp(512, "--for", "10m"));
      await later(stage, 11);
      const [{ id }] = await timelines(stage);
      expect(await stage.llmops("watch", "--once")).toBe(0);
      if (!arrives) stage.live["support.reply"]!["max_tokens"] = 512;
      await cutAfter(stage, id, "intended");
      expect(await stage.llmops("watch", "--once")).toBe(0);
      expect(cap(stage)).toBe(arrives ? 4096 : 512);
      expect(await states(stage)).toEqual([arrives ? "undone" : "applied"]);
      expect(await stage.llmops("watch", "--once")).toBe(0);
      expect(stage.writes).toHaveLength(2);
      if (!arrives) expect(shown(stage)).toContain("its time is over and it is still on");
    }
  });
});
