import { describe, expect, it } from "vitest";
import { measure, type MeasureAsk, type MeasureFrom } from "../../src/gather/measure.ts";
import type { EvidenceAsk } from "../../src/signals/evidence.ts";
import type { Answer, Query, Sample, Series, Source } from "../../src/sources/source.ts";
import type { Healthy } from "../../src/timeline/verdict.ts";
import { fakeClock } from "../fake/clock.ts";
import { shippedStack } from "../signals/stacks.ts";

const at = Date.parse("2026-11-21T03:12:00Z");
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const seed = shippedStack("seed");
const below20: Healthy = { kind: "bound", bound: { operator: "<", number: 20 } };

interface Asked {
  query: string;
  from: number;
  to: number;
  resolution: number;
}

interface Behaviour {
  /** the value of each series at a time; null: no point */
  at?: (time: number, query: string) => { labels?: Record<string, string>; value: number | null }[];
  fails?: (time: number, query: string) => string | undefined;
  warnings?: string[];
  match?: Record<string, string>;
}

function fakeSource({ at: valueAt = () => [], fails = () => undefined, warnings = [], match }: Behaviour) {
  const asked: Asked[] = [];
  const textOf = (query: Query) => ("promql" in query ? query.promql : "sql" in query ? query.sql : "");
  async function range(query: Query, from: number, to: number, resolution: number): Promise<Answer<Series[]>> {
    asked.push({ query: textOf(query), from, to, resolution });
    const error = fails(to, textOf(query));
    if (error !== undefined) return { error, ms: 1 };
    const series = new Map<string, Series>();
    for (let time = from; time <= to; time += resolution) {
      for (const { labels = {}, value } of valueAt(time, textOf(query))) {
        const one = series.get(JSON.stringify(labels)) ?? { labels, points: [] };
        if (value !== null) one.points.push({ at: time, value });
        series.set(JSON.stringify(labels), one);
      }
    }
    return { data: [...series.values()].filter((s) => s.points.length > 0), warnings, ms: 1 };
  }
  const source: Source = {
    kind: "fake",
    ...(match === undefined ? {} : { match }),
    range,
    async instant(query, time): Promise<Answer<Sample[]>> {
      const answer = await range(query, time, time, 1);
      return "error" in answer
        ? answer
        : { ...answer, data: answer.data.map(({ labels, points }) => ({ labels, value: points[0]!.value })) };
    },
    async check() {
      return { ok: true, say: "1 ms", ms: 1 };
    },
    async close() {},
  };
  return { source, asked };
}

function setUp(behaviour: Behaviour, more: Partial<MeasureFrom> = {}) {
  const { source, asked } = fakeSource(behaviour);
  const from: MeasureFrom = {
    sources: [{ name: "metrics", language: "promql", open: () => source }],
    stackFor: () => seed,
    objectives: {},
    changes: [],
    windowMs: 5 * minute,
    clock: fakeClock(at),
    ...more,
  };
  const ask = (ask: EvidenceAsk | string, rest: Partial<MeasureAsk> = {}) =>
    measure({ id: "e", ask: typeof ask === "string" ? { ask: { signal: ask } } : ask, scope: {}, at, ...rest }, from);
  return { ask, asked };
}

/** yesterday around 14, today 14 until 20 minutes ago, then 131 */
const spike: Behaviour["at"] = (time) => [
  { value: time < at - hour - 1 ? 13 + (Math.floor(time / (5 * minute)) % 3) : time > at - 20 * minute ? 131.2 : 14 },
];

describe("one figure", () => {
  it("is told with what is usual, the last hour and the query as it was sent", async () => {
    const { ask, asked } = setUp({ at: spike });
    const m = await ask("cost_per_hour", { scope: { tenant: "acme" } });
    expect(m).toMatchObject({
      id: "e",
      label: "cost per hour",
      signal: "cost_per_hour",
      source: "metrics",
      unit: "usd/h",
      windowMs: 5 * minute,
      at,
      query: 'sum(rate(llm_token_cost_dollars{tenant="acme"}[5m])) * 3600',
      value: 131.2,
      verdict: "unhealthy",
      outcome: "unhealthy",
      healthy: "inside the usual range",
      usual: { of: "yesterday", samples: 13, median: 14 },
    });
    expect(m.why).toMatch(/^above the usual \$\d/);
    expect(m.trend).toHaveLength(10);
    expect(m.trend!.slice(0, 6)).toEqual(Array(6).fill(14));
    expect(asked.map(({ from, to, resolution }) => [from - at, to - at, resolution])).toEqual([
      [-hour, 0, 5 * minute],
      [-hour - day, -day, 5 * minute],
    ]);
    expect(JSON.parse(JSON.stringify(m))).toEqual(m);
  });

  it("is judged by the ask, else the project's objective, else the catalogue's, else what is usual", async () => {
    const low = setUp(
      { at: () => [{ value: 0.02 }] },
      { objectives: { error_rate: { kind: "bound", bound: { operator: "<", number: 0.01 } } } },
    );
    expect(await low.ask("error_rate")).toMatchObject({ verdict: "unhealthy", healthy: "< 1%", why: "2% is not < 1%" });
    expect(await low.ask({ ask: { signal: "error_rate" }, healthy: below20 })).toMatchObject({ verdict: "healthy" });
    expect(await setUp({ at: () => [{ value: 0.02 }] }).ask("error_rate")).toMatchObject({
      verdict: "healthy",
      healthy: "< 5%",
    });
    expect(await setUp({ at: () => [{ value: 0.02 }] }).ask("flagged_rate")).toMatchObject({
      verdict: "healthy",
      healthy: "inside the usual range",
    });
  });

  it("G01, G02: is no data, in words, when there is none", async () => {
    expect(await setUp({}).ask("cost_per_hour")).toMatchObject({
      verdict: "no-data",
      why: "no series in 5m",
      outcome: "no-data",
    });
    const stopped = setUp({ at: (time) => [{ value: time > at - 10 * minute ? null : 3 }] });
    const m = await stopped.ask({ ask: { signal: "cost_per_hour" }, healthy: below20 });
    expect(m).toMatchObject({ verdict: "no-data", why: "nothing in the last 5m" });
    expect(m.value).toBeUndefined();
    expect(await setUp({ at: () => [{ value: Number.NaN }] }).ask("error_rate")).toMatchObject({
      verdict: "no-data",
      why: "not a number",
    });
    const endless = await setUp({ at: () => [{ value: Infinity }] }).ask({
      ask: { signal: "cost_per_hour" },
      healthy: below20,
    });
    expect(endless).toMatchObject({ verdict: "no-data", why: "unlimited" });
    expect(JSON.parse(JSON.stringify(endless))).toEqual(endless);
  });

  it("has a value but no verdict when nothing is usual yet; a bound needs no past", async () => {
    const fresh = setUp({ at: (time) => [{ value: time > at - 8 * minute ? 3 : null }] });
    expect(await fresh.ask("cost_per_hour")).toMatchObject({
      verdict: "no-data",
      value: 3,
      why: "no history to compare with",
    });
    expect(await fresh.ask({ ask: { signal: "cost_per_hour" }, healthy: below20 })).toMatchObject({
      verdict: "healthy",
      value: 3,
    });
  });

  it("falls back to the hour before when yesterday cannot be read, and says so", async () => {
    const { ask } = setUp({ at: spike, fails: (time) => (time < at - 2 * hour ? "metrics: too old" : undefined) });
    expect(await ask("cost_per_hour")).toMatchObject({
      verdict: "unhealthy",
      usual: { of: "the hour before" },
      warnings: ["yesterday could not be read: metrics: too old"],
    });
  });

  it("G03: carries warnings, made harmless", async () => {
    const { ask } = setUp({ at: spike, warnings: ["partial \u001b[2J data"] });
    expect((await ask("cost_per_hour")).warnings).toEqual(["partial \\u001b[2J data"]);
  });

  it("adds the source's own matchers", async () => {
    const { ask } = setUp({ match: { job: "llm" } });
    expect((await ask("request_rate")).query).toBe('sum(rate(llm_requests_total{job="llm"}[5m]))');
  });
});

describe("what goes wrong", () => {
  it.each([
    ["eror_rate", {}, "error", "there is no signal eror_rate, did you mean error_rate?"],
    [
      "timeout_rate",
      {},
      "no-data",
      expect.stringMatching(/^timeout_rate is not available on stack seed; instead: call records, /) as string,
    ],
    [
      "cost_per_hour",
      { scope: { user: "u" } },
      "error",
      "cannot be narrowed to user u: llm_token_cost_dollars has no label for user on stack seed",
    ],
    [
      { ask: { signal: "cost_per_hour" }, by: "user" },
      {},
      "error",
      "cannot be split by user: llm_token_cost_dollars has no label for user on stack seed",
    ],
    [{ ask: { promql: "sum(" } }, {}, "error", "the expression cannot be read: the ( is not closed"],
    [{ ask: { sql: "count(*)" } }, {}, "no-data", "no source is set up that understands SQL"],
    [{ ask: { logql: "{}" } }, {}, "no-data", "no source is set up that understands LogQL"],
    [{ ask: { changesMs: day } }, {}, "no-data", "nothing here tells what was changed"],
    [
      { ask: { signal: "cost_per_hour" }, source: "metrik" },
      {},
      "error",
      "there is no source metrik, did you mean metrics?",
    ],
  ] as [EvidenceAsk | string, Partial<MeasureAsk>, string, string][])("%j %j", async (asked, rest, verdict, why) => {
    const { ask, asked: sent } = setUp({ at: spike });
    expect(await ask(asked, rest)).toMatchObject({ verdict, outcome: verdict, why });
    expect(sent).toEqual([]);
  });

  it("G04: is an error with the source's own words", async () => {
    const { ask } = setUp({ fails: () => "metrics: no answer within 10s" });
    expect(await ask("cost_per_hour")).toMatchObject({
      verdict: "error",
      why: "metrics: no answer within 10s",
      label: "cost per hour",
    });
  });

  it("never throws", async () => {
    const throwing = {
      name: "m",
      language: "promql" as const,
      open: () => {
        throw new Error("bug\u001b[2J");
      },
    };
    expect(await setUp({}, { sources: [throwing] }).ask("cost_per_hour")).toMatchObject({
      verdict: "error",
      why: "bug\\u001b[2J",
    });
    const late = setUp({
      at: () => {
        throw new Error("late");
      },
    });
    expect(await late.ask("cost_per_hour")).toMatchObject({ verdict: "error", why: "late" });
  });

  it("has no source at all", async () => {
    expect(await setUp({}, { sources: [] }).ask("cost_per_hour")).toMatchObject({
      verdict: "no-data",
      why: "no source is set up",
    });
    expect(
      await setUp({ at: spike }, { stackFor: () => undefined }).ask({ ask: { promql: "sum(x)" }, healthy: below20 }),
    ).toMatchObject({ verdict: "unhealthy", label: "sum(x)" });
  });

  it("asks the first source that can answer", async () => {
    const calls = fakeSource({ at: () => [{ labels: { user: "u1" }, value: 1 }] });
    const metrics = fakeSource({ at: spike });
    const sql = shippedStack("seed");
    const { ask } = setUp(
      {},
      {
        sources: [
          { name: "metrics", language: "promql", open: () => metrics.source },
          { name: "calls", language: "sql", open: () => calls.source },
        ],
        stackFor: (name) =>
          name === "metrics"
            ? seed
            : {
                ...sql,
                name: "calls",
                language: "sql",
                queries: new Map([
                  ["cost_per_hour", { ...sql.queries.get("cost_per_hour")!, language: "sql", text: "sum(cost_usd)" }],
                ]),
              },
      },
    );
    expect(await ask("cost_per_hour")).toMatchObject({ source: "metrics" });
    expect(await ask({ ask: { signal: "cost_per_hour" }, by: "user" })).toMatchObject({
      source: "calls",
      outcome: "concentrated",
      query: "sum(cost_usd) by user over 5m",
    });
    expect(await ask("refusal_rate")).toMatchObject({
      verdict: "no-data",
      why: expect.stringMatching(/^refusal_rate is not available on stack seed; instead: logs, /) as string,
    });
  });
});

describe("after a change", () => {
  it("the window does not reach before it", async () => {
    const { ask, asked } = setUp({ at: spike });
    expect(await ask("cost_per_hour", { sinceMs: at - 75_000 })).toMatchObject({
      windowMs: 75_000,
      query: "sum(rate(llm_token_cost_dollars[1m15s])) * 3600",
      value: 131.2,
    });
    expect(asked[0]).toMatchObject({ to: at, resolution: 75_000, from: at - 48 * 75_000 });
    expect(await ask("cost_per_hour", { sinceMs: at - hour })).toMatchObject({ windowMs: 5 * minute });
  });
  it("nothing is claimed from less than a fifth of it", async () => {
    const { ask, asked } = setUp({ at: spike });
    expect(await ask("cost_per_hour", { sinceMs: at - 12_000 })).toMatchObject({
      verdict: "no-data",
      why: "only 12s since the change",
    });
    expect(await ask("cost_per_hour", { sinceMs: at + 5000 })).toMatchObject({
      verdict: "no-data",
      why: "only 0 ms since the change",
    });
    expect(asked).toEqual([]);
  });
  it("an expression of the author's keeps its own windows unless they are too long", async () => {
    const { ask } = setUp({ at: spike });
    const own = { ask: { promql: "sum(rate(x[1m])) / sum(rate(x[10m]))" }, healthy: below20 };
    expect(await ask(own)).toMatchObject({ query: own.ask.promql, windowMs: 10 * minute });
    expect(await ask(own, { sinceMs: at - 4 * minute })).toMatchObject({
      query: "sum(rate(x[4m])) / sum(rate(x[4m]))",
      windowMs: 4 * minute,
    });
  });
});

describe("for", () => {
  const lasting: Healthy = { ...below20, forMs: 10 * minute };
  const ask = (behaviour: Behaviour, rest: Partial<MeasureAsk> = {}) =>
    setUp(behaviour).ask({ ask: { signal: "cost_per_hour" }, healthy: lasting }, rest);

  it("all readings of the time say the same", async () => {
    expect(await ask({ at: () => [{ value: 3 }] })).toMatchObject({
      verdict: "healthy",
      healthy: "< $20, for 10m",
      why: "$3.00 is < $20",
    });
    expect(await ask({ at: spike })).toMatchObject({ verdict: "unhealthy" });
  });
  it("else neither is claimed", async () => {
    const since = (minutes: number): Behaviour => ({
      at: (time) => [{ value: time > at - minutes * minute ? 131 : 3 }],
    });
    expect(await ask(since(4))).toMatchObject({
      verdict: "no-data",
      value: 131,
      why: "$131 is not < $20, but not lasting yet: 4 of 11 readings",
    });
    const holes = await ask({
      at: (time) => [{ value: time > at - 3 * minute || time < at - 12 * minute ? 3 : null }],
    });
    expect(holes).toMatchObject({
      verdict: "no-data",
      why: "$3.00 is < $20, but only 3 of 11 readings exist of the time asked for",
    });
    expect(await ask({ at: spike }, { sinceMs: at - 6 * minute })).toMatchObject({
      verdict: "no-data",
      why: "only 6m 00s since the change",
    });
  });
});

describe("several series without being asked for", () => {
  it("are unhealthy if one is, the worst first", async () => {
    const { ask } = setUp({
      at: () => [
        { labels: { provider: "a" }, value: 0.01 },
        { labels: { provider: "b" }, value: 0.4 },
        { labels: { provider: "c" }, value: Number.NaN },
        { labels: { provider: "d" }, value: 0.2 },
      ],
    });
    expect(await ask("provider_error_rate")).toMatchObject({
      verdict: "unhealthy",
      value: 0.4,
      why: "b: 40% is not < 10%",
      partCount: 4,
      parts: [
        { name: "b", value: 0.4, verdict: "unhealthy" },
        { name: "d", value: 0.2, verdict: "unhealthy" },
        { name: "a", value: 0.01, verdict: "healthy" },
      ],
    });
  });
  it("are no data only when all are", async () => {
    const { ask } = setUp({
      at: () => [
        { labels: { provider: "a" }, value: Number.NaN },
        { labels: { provider: "b" }, value: 0.01 },
      ],
    });
    expect(await ask("provider_error_rate")).toMatchObject({ verdict: "healthy", value: 0.01 });
  });
  it("each have their own past", async () => {
    const usualOf = { a: 10, b: 100 };
    const { ask } = setUp({
      at: (time) => (["a", "b"] as const).map((pod) => ({ labels: { pod }, value: time === at ? 100 : usualOf[pod] })),
    });
    expect(await ask({ ask: { promql: "sum by (pod) (x)" } })).toMatchObject({
      verdict: "unhealthy",
      why: "a: above the usual 8-12",
    });
  });
  it("G05: 10,000 of them: the 20 worst and a count", async () => {
    const { ask } = setUp({
      at: () =>
        Array.from({ length: 10_000 }, (_, i) => ({ labels: { pod: `p${i}`, zone: "" }, value: (i * 7919) % 10_000 })),
    });
    const m = await ask({ ask: { promql: "x" }, healthy: below20 });
    expect(m).toMatchObject({ verdict: "unhealthy", value: 9999, partCount: 10_000 });
    expect(m.parts!.map((part) => part.value)).toEqual(Array.from({ length: 20 }, (_, i) => 9999 - i));
  });
});

describe("by", () => {
  const by = (
    signal: string,
    dimension: "route" | "model" | "provider",
    parts: Record<string, number>,
    whole = 1,
    healthy?: Healthy,
  ) =>
    setUp({
      at: (_, query) =>
        query.includes(dimension)
          ? Object.entries(parts).map(([name, value]) => ({ labels: { [dimension]: name }, value }))
          : [{ value: whole }],
    }).ask({ ask: { signal }, by: dimension, ...(healthy === undefined ? {} : { healthy }) });

  it("what adds up is concentrated when one has more than half", async () => {
    expect(await by("cost_per_hour", "route", { a: 94, b: 4, c: 2 }, 100)).toMatchObject({
      outcome: "concentrated",
      value: 100,
      why: "a has 94%",
      by: "route",
      partCount: 3,
      query: "sum by (route) (rate(llm_token_cost_dollars[5m])) * 3600",
      parts: [
        { name: "a", share: 0.94 },
        { name: "b", share: 0.04 },
        { name: "c", share: 0.02 },
      ],
    });
    expect(await by("cost_per_hour", "route", { a: 50, b: 50 })).toMatchObject({
      outcome: "spread",
      why: "a has 50%, no more than half",
    });
    expect(await by("cost_per_hour", "route", { a: 0, b: 0 })).toMatchObject({ outcome: "spread", why: "all are $0" });
    expect(await by("cost_per_hour", "route", { "": 3 })).toMatchObject({
      outcome: "concentrated",
      parts: [{ name: "(none)" }],
    });
  });

  it("a ratio is concentrated when one is unhealthy and the rest is not", async () => {
    expect(await by("error_rate", "route", { a: 0.01, b: 0.6, c: 0 })).toMatchObject({
      outcome: "concentrated",
      why: "only b is unhealthy: 60%",
      parts: [{ name: "b", verdict: "unhealthy" }, { name: "a" }, { name: "c" }],
    });
    expect(await by("error_rate", "route", { a: 0.5, b: 0.6, c: 0 })).toMatchObject({
      outcome: "spread",
      why: "2 of 3 unhealthy",
    });
    expect(await by("error_rate", "route", { a: 0.01, b: 0.02 })).toMatchObject({
      outcome: "spread",
      why: "none of 2 unhealthy",
    });
    expect(
      await by("cache_hit_rate", "route", { a: 0.9, b: 0.1 }, 0.5, {
        kind: "bound",
        bound: { operator: ">", number: 0.3 },
      }),
    ).toMatchObject({ outcome: "concentrated", parts: [{ name: "b" }, { name: "a" }] });
  });

  it("parts are compared with their own past, else with what is usual for all", async () => {
    const past: Record<string, number> = { slow: 4, fast: 0.5 };
    const { ask } = setUp({
      at: (time, query) =>
        query.includes("route")
          ? [
              ...(time === at ? [{ labels: { route: "fresh" }, value: 3.9 }] : []),
              { labels: { route: "slow" }, value: 4 },
              { labels: { route: "fast" }, value: time === at ? 3.9 : past["fast"]! },
            ]
          : [{ value: 4 }],
    });
    expect(await ask({ ask: { signal: "latency_p50" }, by: "route" })).toMatchObject({
      outcome: "concentrated",
      why: "only fast is unhealthy: 3.9 s",
      partCount: 3,
    });
  });

  it("is no data without parts and an error when the split fails", async () => {
    expect(await by("cost_per_hour", "route", {}, 5)).toMatchObject({
      outcome: "no-data",
      verdict: "no-data",
      why: "no series in 5m",
      parts: [],
      partCount: 0,
    });
    const { ask } = setUp({
      at: spike,
      fails: (_, query) => (query.includes("route") ? "metrics: too many series" : undefined),
    });
    expect(await ask({ ask: { signal: "cost_per_hour" }, by: "route" })).toMatchObject({
      outcome: "error",
      verdict: "error",
      why: "metrics: too many series",
      value: 131.2,
    });
  });

  it("joins series of the same value: sums add, of ratios the worst counts", async () => {
    const two = (value: number) => [
      { labels: { provider: "x", zone: "1" }, value },
      { labels: { provider: "x", zone: "2" }, value: value / 2 },
      { labels: { provider: "y", zone: "1" }, value: 0.01 },
    ];
    const split: Behaviour = { at: (_, query) => (query.includes("provider") ? two(0.4) : [{ value: 1 }]) };
    expect((await setUp(split).ask({ ask: { signal: "provider_error_rate" }, by: "provider" })).parts).toMatchObject([
      { name: "x", value: 0.4 },
      { name: "y" },
    ]);
  });

  it("G05: 10,000 parts: the 20 largest and a count", async () => {
    const parts = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`u${i}`, (i * 7919) % 10_000]));
    const m = await by("cost_per_hour", "route", parts);
    expect(m).toMatchObject({ outcome: "spread", partCount: 10_000 });
    expect(m.parts!.map((part) => part.value)).toEqual(Array.from({ length: 20 }, (_, i) => 9999 - i));
  });

  it("a hostile value stays out of the reasons", async () => {
    const m = await by("cost_per_hour", "route", { "\u001b]0;x\u0007": 9 });
    expect(m.why).toBe("\\u001b]0;x\\u0007 has 100%");
  });
});
