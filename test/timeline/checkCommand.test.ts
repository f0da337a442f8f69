import { describe, expect, it } from "vitest";
import { harmlessJson } from "../../src/harmless.ts";
import { parse } from "../../src/program.ts";
import { run } from "../../src/run.ts";
import { headOf, stamp, start } from "../../src/timeline/chain.ts";
import { fact, type Event } from "../../src/timeline/event.ts";
import { fakeWorld } from "../fake/world.ts";
import { applied, clamp, noon, opened } from "./told.ts";

const [id, other] = ["INC-1121-abcd", "INC-1121-zzzz"];
const fileOf = (incident: string) => `.llmops/incidents/${incident}/timeline.jsonl`;
const author = { by: "dana", host: "box" };
const begin = (incident: string, ...more: Parameters<typeof stamp>[0]) =>
  stamp([opened, ...more], incident, start, noon, author);
const textOf = (events: readonly Event[]) => events.map((event) => `${harmlessJson(event)}\n`).join("");

async function llmops(files: Record<string, string>, ...argv: string[]) {
  const world = fakeWorld({ files: { "llmops.yaml": "", ...files } });
  const asked = parse(argv);
  if ("print" in asked) throw new Error(asked.print);
  const code = await run(asked, world);
  const { output, screen } = world.terminal;
  return { code, output, screen, world };
}

const notes = ["one", "two", "three"].map((text) => fact("noted", { text }));
const good = begin(id, ...notes);
const spoiled = textOf(good).replace('"two"', '"twa"');
const head = headOf(good).hash;

describe("llmops incident check", () => {
  it("says calmly that a record is whole, and what only a head kept elsewhere can show", async () => {
    const { code, output } = await llmops({ [fileOf(id)]: textOf(good) }, "incident", "check");
    expect(code).toBe(0);
    expect(output).toBe(
      [
        `✓ ${id}: 4 records, each as it was written.`,
        `  head ${head}`,
        "  Against a head that was kept elsewhere: --expect-head HASH. Without one, a cut",
        "  end cannot be seen.",
        "",
      ].join("\n"),
    );
  });

  it("C03: names the first bad record and what before it holds, exit 1", async () => {
    const { code, output } = await llmops({ [fileOf(id)]: spoiled }, "incident", "check", "abcd");
    expect(code).toBe(1);
    expect(output).toContain(`! ${id}: record 3 is not as it was written: its content is another.`);
    expect(output).toContain("Records 1 to 2, before it, hold.");
    expect(output).not.toMatch(/✓|verified|as it was written\.$/m);
  });

  it("C05, C06: with --expect-head says whether that head is its last record, an earlier one, or none", async () => {
    const files = { [fileOf(id)]: textOf(good) };
    const check = (hash: string) => llmops(files, "incident", "check", id, "--expect-head", hash);
    expect(await check(head)).toMatchObject({ code: 0, output: expect.stringContaining("is its last record") });
    const earlier = await check(headOf(good.slice(0, 3)).hash);
    expect(earlier).toMatchObject({
      code: 0,
      output: expect.stringContaining("is record 3: one record was added since"),
    });
    const none = await check("0".repeat(64));
    expect(none).toMatchObject({
      code: 1,
      output: expect.stringContaining("is not here: the record was cut or written anew"),
    });
    expect(none.output).not.toContain("✗ INC");
    expect(await check("9c1f")).toMatchObject({ code: 2 });
  });

  it("C01: warns of an end that was cut off, with its place", async () => {
    const { code, output } = await llmops({ [fileOf(id)]: `${textOf(good)}{"v":1` }, "incident", "check");
    expect(code).toBe(1);
    expect(output.replace(/\s+/g, " ")).toContain(
      `line 5 is cut off after 6 bytes, at byte ${textOf(good).length} of the file`,
    );
    expect(output).toContain("All 4 whole records hold.");
  });

  it("tells programs all of it", async () => {
    const { code, output } = await llmops(
      { [fileOf(id)]: spoiled },
      "incident",
      "check",
      id,
      "--json",
      "--expect-head",
      head,
    );
    expect(code).toBe(1);
    expect(JSON.parse(output)).toMatchObject({
      incident: id,
      sound: false,
      records: 4,
      good: 2,
      findings: [{ line: 3, seq: 3, what: "changed" }],
      expected: { head, is: "the head" },
    });
  });

  it("C09: names what is in the file when nothing of it is a record", async () => {
    const { code, output } = await llmops({ [fileOf(id)]: "\u001b[31mgarbage\n" }, "incident", "check", id);
    expect(code).toBe(1);
    expect(output).toContain("line 1 is not JSON");
    expect(output).not.toContain("\u001b");
  });

  it("says in its help what a chain cannot prove", () => {
    const asked = parse(["incident", "check", "--help"]);
    expect("print" in asked && asked.print.replace(/\s+/g, " ")).toContain(
      "A chain proves nothing against somebody who writes all of it anew, or cuts its end off",
    );
  });
});

describe("a damaged record beside a good one", () => {
  const files = { [fileOf(id)]: "garbage\n", [fileOf(other)]: textOf(begin(other, ...applied(clamp()))) };

  it.each(["incident list", "mitigation list", "", "metrics"])(
    "C03: is named by `llmops %s`, and the good one is there",
    async (words) => {
      const argv = words.split(" ").filter(Boolean);
      const { code, output, screen } = await llmops(files, ...argv);
      expect(code).toBe(0);
      expect(screen).toContain(`! The record of ${id} is damaged: line 1 is not JSON`);
      expect(screen).toContain(`llmops incident check ${id}`);
      const shown: Record<string, string> = { metrics: "llmops_live_changes 1", mitigation: `${other.slice(-4)}/m1` };
      expect(output).toContain(shown[argv[0] ?? ""] ?? other);
    },
  );

  it("C03: is shown with what is wrong, exit 1, and its postmortem says so", async () => {
    const shown = await llmops({ [fileOf(id)]: spoiled }, "incident", "show", id);
    expect(shown.code).toBe(1);
    expect(shown.screen).toContain("The record is damaged: record 3 is not as it was written");
    const { output } = await llmops({ [fileOf(id)]: spoiled }, "postmortem", id);
    expect(output).toContain("The record is damaged: record 3 is not as it was written");
    expect(output).toContain("(this noted is not as it was written, and not believed)");
    expect(output).toContain(`llmops incident check ${id} --expect-head`);
  });

  it("C03: is not taken back by the watcher: a person decides", async () => {
    const ends = { ends: { at: noon, how: "undo", by: "llmops watch" } } as const;
    const due = begin(id, fact("noted", { text: "two" }), ...applied(clamp(), ends));
    const { code, screen, world } = await llmops(
      { [fileOf(id)]: textOf(due).replace('"two"', '"twa"') },
      "watch",
      "--once",
    );
    expect(code).toBe(1);
    expect(screen.replace(/\s+/g, " ")).toContain("not taken back by itself: the record of INC-1121-abcd is damaged");
    expect(world.requests).toEqual([]);
  });
});

describe("E01: a clock that went back", () => {
  const moved = begin(id, ...notes, ...applied(clamp())).map((event, i) => ({
    ...event,
    at: noon + i * 60_000 - (i > 2 ? 7_200_000 : 0),
  }));
  const restamped = relink(moved);

  it("leaves the order of the records, is told by show, check and the postmortem, and gives no negative duration", async () => {
    const files = { [fileOf(id)]: textOf(restamped) };
    const told = "The clock moved back 1h 59m between #3 and #4: durations across that place are not to be trusted.";
    for (const argv of [["incident", "show", "--timeline"], ["incident", "check"], ["postmortem"]]) {
      const { code, output } = await llmops(files, ...argv, id);
      expect(code, output).toBe(0);
      expect(output.replace(/\s+/g, " ")).toContain(told);
      expect(output).not.toMatch(/(?<![\w-])-\d+ ?(ms|s|m|h|d)\b/);
    }
    const { output } = await llmops(files, "incident", "show", id, "--timeline");
    expect([...output.matchAll(/^ {2}#(\d+)/gm)].map(([, seq]) => Number(seq))).toEqual(
      restamped.map(({ seq }) => seq),
    );
    const { output: metrics } = await llmops(files, "metrics");
    expect(metrics).not.toMatch(/ -\d/);
  });
});

describe("E08: times", () => {
  it("of one millisecond on a hundred records leave their order, and times beyond the calendar are said", async () => {
    const hundred = begin(id, ...Array.from({ length: 100 }, (_, i) => fact("noted", { text: `note ${i}` })));
    const { output } = await llmops({ [fileOf(id)]: textOf(hundred) }, "incident", "show", id, "--timeline");
    const order = [...output.matchAll(/note: note (\d+)/g)].map(([, i]) => Number(i));
    expect(order).toEqual(Array.from({ length: 100 }, (_, i) => i));
    for (const [at, said] of [
      [Date.UTC(2038, 0, 19, 3, 14, 8), "2038-01-19 03:14:08"],
      [Date.UTC(9999, 11, 31, 23, 59, 59), "9999-12-31 23:59:59"],
      [1e300, "(no date) (no time)"],
      [-1, "(no date) (no time)"],
    ] as const) {
      const later = relink(begin(id, ...notes).map((event) => ({ ...event, at })));
      for (const argv of [
        ["incident", "show", id, "--timeline"],
        ["incident", "list"],
        ["incident", "list", "--json"],
        ["postmortem", id],
        [],
      ]) {
        const shown = await llmops({ [fileOf(id)]: textOf(later) }, ...argv);
        expect(shown.code, shown.screen).toBe(0);
      }
      const { output: told } = await llmops({ [fileOf(id)]: textOf(later) }, "incident", "show", id, "--timeline");
      expect(told).toContain(said);
    }
  });
});

/** The same events with other times, linked as they would have been. */
function relink(events: readonly Event[]): Event[] {
  const linked: Event[] = [];
  for (const event of events) linked.push({ ...event, prev: headOf(linked).hash });
  return linked;
}
