import { describe, expect, it } from "vitest";
import type { Asked } from "../../src/commands/command.ts";
import { parse } from "../../src/program.ts";
import { run } from "../../src/run.ts";
import { width } from "../../src/show/width.ts";
import { fakeWorld, type FakeOptions } from "../fake/world.ts";
import { answerFrom, type Store } from "../signal/metrics.ts";

const sources = `
sources:
  metrics: { prometheus: { url: "http://metrics.test", match: { job: llm }, deadline: 1s } }
  logs: { loki: { url: "http://logs.test", deadline: 1s } }
  lines: { victorialogs: { url: "http://lines.test", deadline: 1s } }
  evals: { http: { url: "http://evals.test", signals: { groundedness_score: { at: /scores, pointer: /value } } } }
`;

const minutesTo = (at: number) => (Date.parse("2026-11-21T03:12:04Z") - at) / 60_000;

/** Three routes; one has a gap, one turns into no number. */
const routes: Store = (_, at) => {
  const ago = minutesTo(at);
  const wave = Math.sin(ago / 8);
  return [
    { labels: { job: "llm", route: "support.reply" }, value: 12 + 8 * wave },
    ...(ago > 20 && ago < 35 ? [] : [{ labels: { job: "llm", route: "search.answer" }, value: 5 }]),
    { labels: { job: "llm", route: "chat.free" }, value: ago > 50 ? "NaN" : ago > 45 ? "+Inf" : 2 - wave },
  ];
};

async function llmops(argv: string[], more: FakeOptions & { store?: Store } = {}) {
  const { store = routes, ...options } = more;
  const world = fakeWorld({
    files: { "llmops.yaml": sources },
    routes: (request) => answerFrom(store, request),
    ...options,
  });
  const code = await run(parse(["query", ...argv]) as Exclude<Asked, { print: string }>, world);
  world.verify();
  const said = world.terminal.screen.replaceAll(/\s+/g, " ");
  return { code, out: world.terminal.output, err: world.terminal.screen, said, requests: world.requests };
}

const expr = "sum by (job, route) (rate(llm_requests_total[5m]))";

describe("llmops query", () => {
  it.each([
    ["now", [expr]],
    ["range", [expr, "--range", "1h"]],
    ["chart", [expr, "--chart"]],
    ["one", ["llm_up", "--chart", "--range", "30m"]],
  ])("%s reads well at 80 and 40 columns, in ASCII and without colour", async (name, argv) => {
    const store: Store =
      name === "one" ? (_, at) => [{ labels: { __name__: "llm_up" }, value: Math.cos(minutesTo(at) / 4) }] : routes;
    for (const [variant, set] of [
      ["80", {}],
      ["40", { columns: 40 }],
      ["ascii", { unicode: false }],
    ] as const) {
      const { code, out, err } = await llmops(["metrics", ...argv], { store, ...set });
      expect([code, err]).toEqual([0, ""]);
      for (const line of out.split("\n")) expect(width(line)).toBeLessThanOrEqual("columns" in set ? 40 : 80);
      // oxlint-disable-next-line no-control-regex
      if (variant === "ascii") expect(out).toMatch(/^[\x00-\x7f]*$/);
      await expect(out).toMatchFileSnapshot(`${name}.${variant}.txt`);
    }
    const [plain, coloured] = [
      await llmops(["metrics", ...argv], { store }),
      await llmops(["metrics", ...argv], { store, colour: true }),
    ];
    expect(coloured.out.replaceAll(/<\/?(dim|bold|red|yellow|green|cyan)>/g, "")).toBe(plain.out);
  });

  it("asks with the matchers of the source, at one time, and says what was sent", async () => {
    const { requests, out } = await llmops(["metrics", "sum(rate(llm_requests_total[5m]))"]);
    const form = new URLSearchParams(requests[0]!.body);
    expect(requests).toHaveLength(1);
    expect(form.get("query")).toBe('sum(rate(llm_requests_total{job="llm"}[5m]))');
    expect(Number(form.get("time"))).toBe(Date.parse("2026-11-21T03:12:04Z") / 1000);
    expect(out).toContain('llm_requests_total{job="llm"}');
  });

  it.each([
    ["1h", undefined, 60],
    ["6h", undefined, 600],
    ["30m", "10s", 10],
    ["50m", "20m", 1200],
  ])("over %s in steps of %s", async (range, step, seconds) => {
    const { requests } = await llmops([
      "metrics",
      expr,
      "--range",
      range,
      ...(step === undefined ? [] : ["--step", step]),
    ]);
    const form = new URLSearchParams(requests[0]!.body);
    expect(Number(form.get("step"))).toBe(seconds);
    expect((Number(form.get("end")) - Number(form.get("start"))) % seconds).toBe(0);
    expect(Number(form.get("end"))).toBe(Date.parse("2026-11-21T03:12:04Z") / 1000);
  });

  it("gives programs one object; what is no finite number is a text", async () => {
    const store: Store = () => [
      { labels: { a: "x" }, value: 1.5 },
      { labels: { a: "y" }, value: "NaN" },
      { labels: { a: "z" }, value: "-Inf" },
    ];
    const { out } = await llmops(["metrics", "up", "--json"], { store });
    expect(JSON.parse(out)).toEqual({
      source: "metrics",
      query: 'up{job="llm"}',
      at: "2026-11-21T03:12:04.000Z",
      series: [
        { labels: { a: "x" }, value: 1.5 },
        { labels: { a: "y" }, value: "NaN" },
        { labels: { a: "z" }, value: "-Inf" },
      ],
      warnings: [],
      tookMs: 0,
    });
    const range = JSON.parse((await llmops(["metrics", "up", "--range", "2m", "--json"], { store })).out) as object;
    expect(range).toMatchObject({
      from: "2026-11-21T03:10:04.000Z",
      to: "2026-11-21T03:12:04.000Z",
      stepMs: 5000,
      series: [{ labels: { a: "x" } }, {}, {}],
    });
    expect((range as { series: { points: unknown[] }[] }).series[2]!.points[0]).toEqual([
      "2026-11-21T03:10:04.000Z",
      "-Inf",
    ]);
  });

  it("gives spreadsheets a row for each value", async () => {
    const { out } = await llmops(["metrics", "up", "--range", "2m", "--step", "1m", "--csv"], {
      store: () => [{ labels: { route: "a,b", model: "x" }, value: 3 }, { value: "NaN" }],
    });
    expect(out).toBe(
      [
        "time,value,model,route",
        '2026-11-21T03:10:04.000Z,3,x,"a,b"',
        '2026-11-21T03:11:04.000Z,3,x,"a,b"',
        '2026-11-21T03:12:04.000Z,3,x,"a,b"',
        "2026-11-21T03:10:04.000Z,NaN,,",
        "2026-11-21T03:11:04.000Z,NaN,,",
        "2026-11-21T03:12:04.000Z,NaN,,",
        "",
      ].join("\r\n"),
    );
  });

  it.each([
    [
      "metrics",
      "sum(rate(llm_requests_total[5m])",
      "This is no PromQL: the ( is not closed",
      "sum(rate(llm_requests_total[5m])",
      3,
    ],
    ["metrics", "sum(rat(x[5m]))", "there is no function rat, did you mean rate?", "sum(rat(x[5m]))", 4],
    ["metrics", 'sum(x)\n  by (a) / sum("y', "the string that starts with", '  by (a) / sum("y', 15],
    ["logs", '{app="x"} |= "a" | json | route==', "This is no LogQL", '{app="x"} |= "a" | json | route==', 33],
  ])("points at a mistake of %s in %j before anything is sent", async (source, text, what, shown, column) => {
    const { code, err, said, out, requests } = await llmops([source, text]);
    expect([code, out, requests]).toEqual([2, "", []]);
    expect(said).toContain(what);
    const lines = err.split("\n");
    const at = lines.findIndex((line) => line.trimEnd() === `    ${shown}`.trimEnd());
    expect(lines[at + 1]).toMatch(new RegExp(`^ {${4 + column}}\\^~*$`));
  });

  it("points into a long line, too", async () => {
    const { err } = await llmops(["metrics", `${"a + ".repeat(60)}sum(rat(x[5m])) ${"+ b ".repeat(60)}`], {
      columns: 60,
    });
    const lines = err.split("\n");
    const caret = lines.findIndex((line) => /^ *\^~~$/.test(line));
    expect(lines[caret - 1]!.slice(lines[caret]!.indexOf("^"))).toMatch(/^rat\(/);
    for (const line of lines) expect(width(line)).toBeLessThanOrEqual(60);
  });

  it.each([
    ["logs", '{app="x"} |= "timeout"', 'sum(count_over_time({app="x"} |= "timeout" [5m]))'],
    ["lines", '{app="x"} timeout', '_time:5m {app="x"} timeout | stats count()'],
  ])("says that log lines are not shown here: %s", async (source, text, counted) => {
    const { code, said, requests } = await llmops([source, text]);
    expect([code, requests]).toEqual([2, []]);
    expect(said).toContain("log lines, which are not shown here");
    expect(said).toContain(counted);
  });

  it.each([
    [["metrix", "up"], 'no source "metrix", did you mean metrics?'],
    [["evals", "groundednes_score"], 'computes no signal "groundednes_score", did you mean groundedness_score?'],
    [["metrics", "up", "--range", "soon"], "--range soon is no duration"],
    [["metrics", "up", "--step", "1m"], "--step is of a --range."],
    [["metrics", "up", "--range", "1m", "--step", "1h"], "--step 1h is longer than the range, 1m."],
    [["metrics", "up", "--range", "30d", "--step", "1s"], "2,592,001 points of each series"],
    [["metrics", "up", "--csv", "--json"], "Only one of --chart, --csv and --json"],
  ])("%j is a wrong use", async (argv, what) => {
    const { code, said, out, requests } = await llmops(argv);
    expect([code, requests]).toEqual([2, []]);
    expect(argv.includes("--json") ? out : said).toContain(what);
  });

  it("a source that computes signals is asked for one by name", async () => {
    const { code, out } = await llmops(["evals", "groundedness_score"], {
      routes: () => ({ body: '{"value": 0.81}' }),
    });
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^ {2}groundedness_score over 5m$[^]*^ +0\.81 +\(no labels\)$/m),
    ]);
  });

  it("no answer is 3, in the words of the source; nothing at all is an answer", async () => {
    const down = await llmops(["metrics", "up"], { routes: () => ({ failed: "nothing listens on metrics.test" }) });
    expect([down.code, down.out]).toEqual([3, ""]);
    expect(down.said).toContain("metrics gave no answer: nothing listens on metrics.test");
    for (const flags of [[], ["--range", "1h"], ["--chart"]]) {
      const nothing = await llmops(["metrics", "up", ...flags], { store: () => [] });
      expect([nothing.code, nothing.out]).toEqual([0, expect.stringContaining("no series")]);
    }
  });

  it("says that an answer may be partial, to programs apart from the data", async () => {
    const body = JSON.stringify({
      status: "success",
      warnings: ["store-2 did not\u001b[31m answer"],
      data: { resultType: "vector", result: [{ metric: {}, value: [1, "7"] }] },
    });
    const partial = { routes: () => ({ body }) };
    expect((await llmops(["metrics", "up"], partial)).out).toContain(
      "? The answer may be partial: store-2 did not\\u001b[31m",
    );
    const csv = await llmops(["metrics", "up", "--csv"], partial);
    expect(csv.out).not.toContain("partial");
    expect(csv.err).toContain("? The answer may be partial: store-2 did not\\u001b[31m answer");
  });

  it("shows no more than a screen can hold, and says how many there are", async () => {
    const many: Store = () => Array.from({ length: 1234 }, (_, i) => ({ labels: { n: `${i}` }, value: i }));
    const { out } = await llmops(["metrics", "up"], { store: many });
    expect(out).toContain("1,184 more: --csv or --json has them all");
    expect(out.split("\n").length).toBeLessThan(60);
    const chart = await llmops(["metrics", "up", "--chart"], { store: many });
    expect(chart.out).toContain("1,228 more series are not drawn: narrow the expression.");
  });

  it("J01: whatever labels hold stays harmless on every way out", async () => {
    const evil = "x\u001b[2J\u009b1m\u001b]52;c;aGk=\u0007\r\n  9,999  {route=\u202e";
    const bad: Record<string, string> = { route: evil, "bad\u001bname": "=HYPERLINK(1)" };
    const hostile: Store = () => [
      { labels: bad, value: 1 },
      { labels: { route: "ok" }, value: 2 },
    ];
    for (const flags of [[], ["--range", "1h"], ["--chart"], ["--csv"], ["--json"]]) {
      const { code, out, err } = await llmops(["metrics", "up", ...flags], { store: hostile });
      expect(code).toBe(0);
      // oxlint-disable-next-line no-control-regex
      expect((out + err).replaceAll("\r\n", "\n")).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      expect(out).toContain("\\u001b");
      if (flags[0] !== "--csv") expect(out).not.toMatch(/^ +9,999 /m);
    }
  });
});
