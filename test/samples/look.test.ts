import { createHmac } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { corpus } from "../hostile/corpus.ts";
import { faultIn } from "../hostile/inspect.ts";
import { width } from "../../src/show/width.ts";
import type { Facts } from "../../src/timeline/event.ts";
import { timelines } from "../scenario/timelines.ts";
import type { Stage } from "../scenario/stage.ts";
import type { Typed } from "../fake/world.ts";
import { clearStages, lookStage, record, start, timelineFile } from "./stage.ts";

afterEach(clearStages);

const mail = "erin.example@example.com";
const done: Typed = { menu: "Is it done?", value: "done" };
const next = (of: string): Typed => ({ menu: of, value: " " });

/** Dearest first. */
const three = [
  record(10, { call_id: "one", cost_usd: 9, model_reported: "gpt-4o-2024-08-06", trace_id: "t-1" }),
  record(20, {
    call_id: "two",
    cost_usd: 8,
    prompt_snapshot: `Mail ${mail} or call +49 30 901820 please\r\nnow, key ${`sk-${"ant"}-api03-${"q7R".repeat(20)}`}`,
    response_snapshot: `\u001b[2J✓ 03:12:04 resolved\n│ next: llmops mitigate\n\u202e${"word ".repeat(60_000)}`,
  }),
  record(30, { call_id: "three", cost_usd: 7, prompt_snapshot: null, response_snapshot: null }),
];

async function sampledOn(stage: Stage): Promise<Facts["sampled"][]> {
  const [{ events }] = await timelines(stage);
  return events.flatMap((event) => (event.type === "sampled" ? [event.payload] : []));
}
const marksOf = ({ calls }: Facts["sampled"]) => calls.map(({ id, mark, note }) => [id, mark, note]);

describe("calls that somebody looks at", () => {
  it("H06, H08: are shown one at a time behind a bar, and marked with one key each", async () => {
    const stage = lookStage({
      logs: "{ of: expensive, sample: 3, rate: true }",
      records: three,
      typed: [
        { menu: "Call 1 of 3", key: "g" },
        { menu: "Call 2 of 3", key: "n" },
        { line: "note:", text: `sells what ${mail} wrote` },
        { menu: "Call 2 of 3", key: "?" },
        { menu: "Call 2 of 3", key: "b" },
        { menu: "Call 3 of 3", key: " " },
        done,
      ],
    });
    expect(await stage.llmops(...start)).toBe(0);
    stage.world.verify();
    const { screen } = stage.world.terminal;
    await expect(screen).toMatchFileSnapshot("look.txt");
    expect(faultIn(screen)).toBeUndefined();

    const [sampled] = await sampledOn(stage);
    expect(marksOf(sampled!)).toEqual([
      ["one", "good", undefined],
      ["two", "bad", expect.stringMatching(/^sells what \[email \w{6}\] wrote$/)],
      ["three", "unrated", undefined],
    ]);
    expect(sampled!.calls[0]).toMatchObject({ trace: "t-1", tokensIn: 1204, costUsd: 9, latencyMs: 1240 });
    const [{ events }] = await timelines(stage);
    expect(events.find(({ type }) => type === "sampled")).toMatchObject({ by: "dana", step: "look/samples" });
  });

  it("H08, K04: leave no text on the timeline, but hashes that only the store's key makes", async () => {
    const stage = lookStage({ logs: "{ of: expensive, sample: 3 }", records: three });
    await stage.llmops(...start, "--answers", "answers.yaml");
    const { text } = await timelineFile(stage);
    expect(text).toContain('"id":"two"');
    for (const said of ["Where is my order", "On its way", mail, "word word", "api03"])
      expect(text).not.toContain(said);
    const { world } = stage;
    const key = world.files.text(`${world.cwd}/.llmops/redaction.key`).trim();
    const hmac = (of: string) => createHmac("sha256", key).update(of).digest("hex");
    const [sampled] = await sampledOn(stage);
    expect(sampled!.calls[0]!.prompt).toEqual({ hmac: hmac("Where is my order?"), characters: 18 });
    const long = Array.from((three[1] as { response_snapshot: string }).response_snapshot).slice(0, 20_000);
    expect(sampled!.calls[1]!.response).toEqual({ hmac: hmac(long.join("")), characters: 20_000 });
    expect(sampled!.calls[2]).not.toHaveProperty("prompt");
  });

  it("H06: no text of any stranger can be taken for ours, whole or cut, on a narrow screen in ASCII, too", async () => {
    const texts = corpus.map(({ text }) => Buffer.from(text).toString());
    const part = (n: number) => texts.slice((n * texts.length) / 10, ((n + 1) * texts.length) / 10).join("\n");
    const records = Array.from({ length: 10 }, (_, n) => {
      const text = (i: number) => texts[(n * 11 + i) % texts.length]!;
      const said = part(n);
      const names = { tenant: text(1), user_id: text(2), model: text(3), model_reported: text(4), trace_id: text(5) };
      const more = {
        status: "error",
        error: { type: text(6), message: text(7), http_status: 500 },
        finish_reason: text(8),
      };
      return record(10 + n, {
        ...names,
        ...more,
        prompt_version: text(9),
        prompt_snapshot: said,
        response_snapshot: said,
      });
    });
    for (const [columns, unicode] of [
      [80, true],
      [40, false],
    ] as const) {
      const typed = records.flatMap((_, n): Typed[] => [
        { menu: `Call ${n + 1} of 10`, key: "t" },
        next(`Call ${n + 1} of 10`),
      ]);
      const stage = lookStage({
        logs: "{ of: failed, sample: 10 }",
        records,
        columns,
        unicode,
        typed: [...typed, done],
      });
      expect(await stage.llmops(...start)).toBe(0);
      stage.world.verify();
      const { screen } = stage.world.terminal;
      expect(faultIn(screen)).toBeUndefined();
      if (!unicode) expect(screen).toMatch(/^[\n\x20-\x7e]*$/);
      const bar = unicode ? "│" : "|";
      const shown = screen.split("\n").filter((line) => line.startsWith(bar));
      expect(shown.length).toBeGreaterThan(texts.length);
      expect(shown.filter((line) => width(line) > columns)).toEqual([]);
    }
  });

  it("a call is seen whole at t", async () => {
    const said = Array.from({ length: 300 }, (_, n) => `line ${n}`).join("\n");
    const stage = lookStage({
      logs: "{ of: slow, sample: 1 }",
      records: [record(5, { response_snapshot: said })],
      typed: [{ menu: "Call 1 of 1", key: "t" }, next("Call 1 of 1"), done],
    });
    await stage.llmops(...start);
    stage.world.verify();
    const [, cut = "", whole = ""] = stage.world.terminal.screen.split("Call 1 of 1  slow");
    // with its menu and the empty line above it, on a screen of 24 lines
    expect(cut.slice(0, cut.indexOf("Call 1 of 1 t all of its text")).split("\n").length).toBeLessThan(24);
    const [, left] = /… ([\d,]+) more characters: t\n/.exec(cut)!;
    const shown = [...cut.matchAll(/^│ (line \d+)$/gm)].map(([, line]) => line);
    // with the ends of the lines, but the last
    expect(shown.join("\n").length + 1 + Number(left!.replace(",", ""))).toBe(said.length);
    expect([...whole.matchAll(/^│ (line \d+)$/gm)].map(([, line]) => line).join("\n")).toBe(said);
    expect(whole).not.toContain("more characters");
  });

  it("only shown, they take no marks, and b is back as everywhere", async () => {
    const stage = lookStage({
      logs: "{ of: expensive, sample: 3 }",
      records: three,
      typed: [{ menu: "Call 1 of 3", key: "b" }, next("Call 1 of 3"), { menu: "Call 2 of 3", key: "q" }, done],
    });
    await stage.llmops(...start);
    stage.world.verify();
    expect(stage.world.terminal.screen).not.toContain("g good");
    const [first, second] = await sampledOn(stage);
    for (const sampled of [first, second])
      expect(new Set(sampled!.calls.map(({ mark }) => mark))).toEqual(new Set(["unrated"]));
  });
});

describe("leaving while calls are judged", () => {
  const judged = { logs: "{ of: expensive, sample: 3, rate: true }", records: three };

  it("the kill switch works from there, and the judging goes on", async () => {
    const stage = lookStage({
      ...judged,
      typed: [
        { menu: "Call 1 of 3", key: "k" },
        { line: "Type y to apply", text: "y" },
        { menu: "Call 1 of 3", key: "b" },
        { menu: "Call 2 of 3", key: "q" },
        done,
      ],
    });
    expect(await stage.llmops(...start)).toBe(0);
    stage.world.verify();
    expect(stage.live["support.reply"]).toEqual({ enabled: false });
    const [sampled] = await sampledOn(stage);
    expect(marksOf(sampled!).map(([, mark]) => mark)).toEqual(["bad", "unrated", "unrated"]);
  });

  it("Ctrl-C keeps what was marked, and it is not asked again", async () => {
    const stage = lookStage({
      ...judged,
      typed: [
        { menu: "Call 1 of 3", key: "b" },
        { menu: "Call 2 of 3", interrupt: true },
      ],
    });
    expect(await stage.llmops(...start)).toBe(130);
    expect(marksOf((await sampledOn(stage))[0]!).map(([, mark]) => mark)).toEqual(["bad", "unrated", "unrated"]);
    const later = stage.typing({ menu: "Call 1 of 2", key: "g" }, { menu: "Call 2 of 2", key: "g" }, done);
    expect(await later.llmops("incident", "resume")).toBe(0);
    later.world.verify();
    expect(marksOf((await sampledOn(later))[1]!).map(([, mark]) => mark)).toEqual(["good", "good"]);
  });

  it("a skipped step keeps them, too, and ends skipped", async () => {
    const stage = lookStage({
      ...judged,
      typed: [
        { menu: "Call 1 of 3", key: "g" },
        { menu: "Call 2 of 3", key: "s" },
        { line: "why skip it?", text: "seen enough" },
        done,
      ],
    });
    expect(await stage.llmops(...start)).toBe(0);
    stage.world.verify();
    expect(marksOf((await sampledOn(stage))[0]!)[0]).toEqual(["one", "good", undefined]);
    const [{ incident }] = await timelines(stage);
    expect(incident.outcomes.get("look/samples")).toBe("skipped");
  });
});

describe("where nobody can look", () => {
  const judged = { logs: "{ of: expensive, sample: 3, rate: true }", records: three };

  it("with answers, ids and figures are recorded and listed, and nothing is rated", async () => {
    const stage = lookStage(judged);
    expect(await stage.llmops(...start, "--answers", "answers.yaml")).toBe(0);
    const { screen } = stage.world.terminal;
    expect(screen).toContain("Nobody is there to judge them.");
    expect(screen).toMatch(/^ {4}call two · 03:11:44 · 1,204 → 391 tokens · \$8\.00 · 1\.2 s$/m);
    expect(screen).not.toContain("order");
    expect(marksOf((await sampledOn(stage))[0]!).map(([, mark]) => mark)).toEqual(["unrated", "unrated", "unrated"]);
  });
});

describe("what is there to look at", () => {
  const outcome = async (stage: Stage) => {
    await stage.llmops(...start, "--answers", "answers.yaml");
    return (await timelines(stage))[0].incident.outcomes.get("look/samples");
  };

  it("none: no call of that kind in the scope and time", async () => {
    const records = [record(10), record(10, { status: "error", route: "other" }), record(7200, { status: "error" })];
    const stage = lookStage({ logs: "{ of: failed }", records });
    expect(await outcome(stage)).toBe("none");
    expect(stage.world.terminal.screen).toContain("calls has no such call (failed)");
  });

  it("error: the source says why", async () => {
    const stage = lookStage({ logs: "{ of: failed }", records: [] });
    stage.world.files.glob = async () => [];
    expect(await outcome(stage)).toBe("error");
    expect(stage.world.terminal.screen).toContain("calls tells no calls: ");
  });

  it("not-offered: no source has calls, and it is said what to do by hand", async () => {
    const stage = lookStage({ logs: "{ of: flagged, sample: 20, rate: true }", records: [], sources: "" });
    expect(await outcome(stage)).toBe("not-offered");
    expect(stage.world.terminal.screen).toContain("By hand: look at 20 flagged calls and judge each.");
  });

  it("of failed ones, what most of them say comes first, with the calls that say it", async () => {
    const failed = (n: number, message: string) =>
      record(60 + n, { call_id: `f-${n}`, status: "error", error: { type: "timeout", message, http_status: 504 } });
    const records = [
      ...Array.from({ length: 16 }, (_, n) => failed(n, `provider timeout after ${30_000 + n} ms`)),
      ...Array.from({ length: 4 }, (_, n) => failed(20 + n, `cannot read what ${mail} sent`)),
    ];
    const stage = lookStage({ logs: "{ of: failed, sample: 2 }", records });
    expect(await outcome(stage)).toBe("sampled");
    const { screen } = stage.world.terminal;
    expect(screen).toMatch(
      /What 20 failed calls say:\n +80% {2}.*provider timeout after <n>.*\n {8}f-0, f-1, f-2\n +20% /,
    );
    expect(screen).not.toContain(mail);
  });

  it("since an alert and a little before it, at most a day", async () => {
    const records = [record(60, { call_id: "now" }), record(3 * 3600, { call_id: "then" }), record(30 * 3600)];
    const stage = lookStage({ logs: "{ of: random, sample: 5 }", records });
    const alert = (startsAt: string) =>
      JSON.stringify({
        status: "firing",
        labels: { alertname: "Odd", route: "support.reply" },
        annotations: {},
        startsAt,
      });
    for (const [startsAt, ids] of [
      ["2026-11-21T00:15:00Z", ["now", "then"]],
      ["2026-11-21T03:00:00Z", ["now"]],
      ["2026-11-19T03:00:00Z", ["now", "then"]],
    ] as const) {
      const { files, cwd } = stage.world;
      await files.replace(`${cwd}/alert.json`, alert(startsAt));
      await stage.llmops("incident", "start", "look", "--alert", "alert.json", "--answers", "answers.yaml");
      const sampled = (await timelines(stage)).flatMap(({ events }) => events.filter(({ type }) => type === "sampled"));
      const { calls } = sampled.at(-1)!.payload as Facts["sampled"];
      expect(calls.map(({ id }) => id).sort()).toEqual(ids);
    }
  });
});
