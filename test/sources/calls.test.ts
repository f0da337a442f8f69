import { chmodSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { Interrupted } from "../../src/errors.ts";
import { calls, open } from "../../src/sources/calls.ts";
import type { Query, Sample, Source } from "../../src/sources/source.ts";
import { callsStage, end, good, lines } from "./callsFake.ts";

const stage = callsStage();
afterEach(stage.clear);
const source = stage.open;
const minute = 60_000;

type Call = Record<string, unknown>;
/** a successful call, `before` ms before `end` */
function call(before: number, more: Call = {}): Call {
  return {
    timestamp: new Date(end - before).toISOString(),
    route: "a",
    status: "success",
    latency_ms: 1000,
    cost_usd: 0.5,
    ...more,
  };
}

function ask(sql: string, more: Partial<Extract<Query, { sql: string }>> = {}): Query {
  return { sql, scope: {}, windowMs: 5 * minute, ...more };
}

async function value(on: Source, sql: string, more: Parameters<typeof ask>[1] = {}): Promise<number | undefined> {
  const samples: Sample[] = good(await on.instant(ask(sql, more), end));
  expect(samples.length).toBeLessThanOrEqual(1);
  return samples[0]?.value;
}

describe("one figure", () => {
  it("counts what is after the start of the window and not after its end", async () => {
    const { source: on } = source({ "a.jsonl": lines(call(5 * minute), call(5 * minute - 1), call(0), call(-1)) });
    expect(await value(on, "count(*)")).toBe(2);
  });

  it("knows fields, nested fields, the weight of a sampled record and the window", async () => {
    const { source: on } = source({
      "a.jsonl": lines(
        call(1, { sample_rate: 0.1, token_usage: { prompt: 3, completion: 7 }, error: null }),
        call(2, { status: "error", error: { type: "timeout", http_status: 504 }, cache_hit: true }),
        call(3, { sample_rate: 0 }),
      ),
    });
    expect(await value(on, "sum(w)")).toBe(12);
    expect(await value(on, "sum(w) FILTER (WHERE status = 'error') / sum(w)")).toBeCloseTo(1 / 12);
    expect(await value(on, "sum(token_usage.completion)")).toBe(7);
    expect(await value(on, "max(error.http_status)")).toBe(504);
    expect(await value(on, "count(*) / window_s")).toBe(0.01);
    expect(await value(on, "count_if('é' = 'é') / window_s + 0 * \"window_s\"")).toBe(0.01);
    expect(await value(on, "avg(latency_ms) / 1e3 -- seconds")).toBe(1);
    expect(await value(on, "count_if(cache_hit)")).toBe(1);
  });

  it("is narrowed to a scope whatever the value holds", async () => {
    const odd = `x' OR "1"=1; -- $from`;
    const { source: on } = source({ "a.jsonl": lines(call(1, { user_id: odd }), call(2, { user_id: "u" }), call(3)) });
    expect(await value(on, "count(*)", { scope: { user: odd } })).toBe(1);
    expect(await value(on, "count(*)", { scope: { user: "u", route: "a" } })).toBe(1);
    expect(await value(on, "count(*)", { scope: { user: "u", route: "b" } })).toBe(0);
  });

  it("is split by a dimension, calls without one under the empty name", async () => {
    const { source: on } = source({
      "a.jsonl": lines(call(1, { user_id: "u1" }), call(2, { user_id: "u2" }), call(3, { user_id: "u1" }), call(4)),
    });
    expect(good(await on.instant(ask("sum(cost_usd)", { by: "user" }), end))).toEqual([
      { labels: { user: "" }, value: 0.5 },
      { labels: { user: "u1" }, value: 1 },
      { labels: { user: "u2" }, value: 0.5 },
    ]);
  });

  it("is no data without any call, and what is true of no calls where others call", async () => {
    const { source: on } = source({ "a.jsonl": lines(call(1)) });
    const elsewhere = { scope: { route: "b" } };
    expect(await value(on, "count(*)", elsewhere)).toBe(0);
    expect(await value(on, "coalesce(sum(cost_usd), 0)", elsewhere)).toBe(0);
    expect(await value(on, "sum(w) FILTER (WHERE status = 'error') / sum(w)", elsewhere)).toBeUndefined();
    expect(await value(on, "0.0 * count(*) / count(*)", elsewhere)).toBeUndefined();
    expect(good(await on.instant(ask("count(*)"), end + 10 * minute))).toEqual([]);
    expect(good(await on.instant(ask("count(*)", { by: "route" }), end + 10 * minute))).toEqual([]);
  });
});

describe("a range", () => {
  /** the same by hand */
  function expected(
    times: number[],
    from: number,
    to: number,
    resolution: number,
    windowMs: number,
  ): { at: number; value: number }[] {
    const points = [];
    for (let at = from; at <= to; at += resolution) {
      const n = times.filter((t) => t > at - windowMs && t <= at).length;
      if (n > 0) points.push({ at, value: n });
    }
    return points;
  }

  it("is right for windows shorter than, as long as and longer than the steps", async () => {
    let seed = 11;
    const random = (n: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
    const times = Array.from({ length: 300 }, () => end - random(40) * random(3) * minute - random(4) * 15_000);
    const { source: on } = source({ "a.jsonl": lines(...times.map((t) => call(end - t))) });
    for (const [resolution, windowMs] of [
      [60_000, 20_000],
      [60_000, 60_000],
      [60_000, 300_000],
      [7_000, 100_000],
      [90_000, 100_000],
    ] as const) {
      const from = end - 30 * minute - 1;
      const [series] = good(await on.range(ask("count(*)", { windowMs }), from, end, resolution));
      expect(series!.points, `${resolution} ${windowMs}`).toEqual(expected(times, from, end, resolution, windowMs));
    }
  });

  it("says nothing for steps without calls, and 0 for a name or a scope that did not call", async () => {
    const { source: on } = source({
      "a.jsonl": lines(call(9 * minute, { route: "a" }), call(0, { route: "a" }), call(0, { route: "b" })),
    });
    const tumbling = { windowMs: minute };
    const a = [
      { at: end - 9 * minute, value: 1 },
      { at: end, value: 1 },
    ];
    const b = [
      { at: end - 9 * minute, value: 0 },
      { at: end, value: 1 },
    ];
    expect(good(await on.range(ask("count(*)", { ...tumbling, by: "route" }), end - 10 * minute, end, minute))).toEqual(
      [
        { labels: { route: "a" }, points: a },
        { labels: { route: "b" }, points: b },
      ],
    );
    expect(
      good(await on.range(ask("count(*)", { ...tumbling, scope: { route: "b" } }), end - 10 * minute, end, minute)),
    ).toEqual([{ labels: {}, points: b }]);
    expect(
      good(
        await on.range(ask("avg(cost_usd)", { ...tumbling, scope: { route: "b" } }), end - 10 * minute, end, minute),
      ),
    ).toEqual([{ labels: {}, points: [{ at: end, value: 0.5 }] }]);
  });
});

describe("a burst", () => {
  it("is answered by one reading, each question for itself", async () => {
    const { source: on, folder } = source({
      "a.jsonl": lines(call(1, { route: "a" }), call(2, { route: "b" }), call(24 * 60 * minute + 1)),
    });
    const yesterday = end - 24 * 60 * minute;
    const answers = await Promise.all([
      on.instant(ask("count(*)"), end),
      on.instant(ask("sum(cost_usd)"), end),
      on.instant(ask("count(*)", { by: "route" }), end),
      on.instant(ask("count(*)", { scope: { route: "b" } }), end),
      on.instant(ask("count(*)"), yesterday),
      on.instant(ask("count(*) FROM calls"), end),
      on.instant(ask("sum(regexp_matches(route, '(')::INT)"), end),
      on.range(ask("count(*)"), end - minute, end, minute),
    ]);
    const said = answers.map((answer) =>
      "error" in answer
        ? answer.error
        : answer.data.map((it) => ("value" in it ? it.value : it.points.map((p) => p.value))),
    );
    expect(said).toEqual([
      [2],
      [1],
      [1, 1],
      [1],
      [1],
      expect.stringContaining("is no SQL expression"),
      expect.stringMatching(/^"sum\(regexp_matches.* /),
      [[2]],
    ]);
    expect(readdirSync(folder)).toEqual(["a.jsonl"]);
  });

  it("opens the files once", async () => {
    const { world, folder } = source({ "a.jsonl": lines(call(1)) });
    let loads = 0;
    const on = open(
      calls.schema.parse({ files: "*.jsonl" }),
      world,
      folder,
      () => (loads++, import("@duckdb/node-api")),
    );
    const both = await Promise.all(["count(*)", "sum(cost_usd)"].map((sql) => on.instant(ask(sql), end)));
    expect(both.map((it) => good(it)[0]!.value)).toEqual([1, 0.5]);
    expect(loads).toBe(1);
  });

  it("sees what was written since the last one", async () => {
    const { source: on, folder } = source({ "a.jsonl": lines(call(1)) });
    expect(await value(on, "count(*)")).toBe(1);
    writeFileSync(join(folder, "a.jsonl"), lines(call(1), call(2)));
    writeFileSync(join(folder, "b.jsonl"), lines(call(3)));
    expect(await value(on, "count(*)")).toBe(3);
  });
});

describe("files", () => {
  it("may be several, gzip, in folders, empty, and named in any way", async () => {
    const { source: on } = source(
      {
        "2026/a [1].jsonl": lines(call(1)),
        "2026/it's.jsonl": lines(call(2)),
        "old/b.jsonl.gz": gzipSync(lines(call(3))),
        "empty.jsonl": "",
        "other.txt": lines(call(4)),
      },
      { files: ["**/*.jsonl", "old/*.gz"] },
    );
    expect(await value(on, "count(*)")).toBe(3);
  });

  it("may spell their fields differently", async () => {
    const record = {
      at: (end - 5) / 1000,
      who: { id: "u1", "full name": "x" },
      usage: { out: 7, in: 3 },
      price: "0.25",
      ok: "error",
      rate: 0.5,
    };
    const fields = {
      timestamp: "at",
      user_id: "who.id",
      tenant: "who.full name",
      "token_usage.completion": "usage.out",
      "token_usage.prompt": "usage.in",
      cost_usd: "price",
      status: "ok",
      "error.type": "ok",
      sample_rate: "rate",
    };
    const { source: on } = source({ "a.jsonl": lines(record) }, { fields });
    expect(await value(on, "sum(cost_usd)", { scope: { user: "u1", tenant: "x" } })).toBe(0.25);
    expect(await value(on, "sum(token_usage.completion - token_usage.prompt)")).toBe(4);
    expect(await value(on, "count_if(status = 'error' AND error.type = 'error') + sum(w)")).toBe(3);
    expect(calls.schema.safeParse({ files: "x", fields: { cost: "y" } }).error?.issues[0]?.message).toMatch(
      /no field cost/,
    );
  });

  it("H03: may hold anything where a figure was expected: it is read right or left out, and no key is special", async () => {
    const at = end - 1000;
    const odd = [
      `{"timestamp": ${at}, "cost_usd": "2", "tenant": "{\\"a\\": 1}"}`,
      `{"timestamp": ${at}, "cost_usd": null, "tenant": null}`,
      `{"timestamp": ${at}, "cost_usd": [1], "tenant": ["x"]}`,
      `{"timestamp": ${at}, "cost_usd": {"a": 1}, "tenant": "__proto__"}`,
      `{"timestamp": ${at}, "cost_usd": 3, "__proto__": {"tenant": "evil"}, "constructor": {"prototype": {"tenant": "evil"}}}`,
      `{"timestamp": ${at}, "cost_usd": 5, "a.b": "dotted", "a": {"b": "nested"}}`,
    ].join("\n");
    const { source: on } = source({ "a.jsonl": `${odd}\n` });
    expect(await value(on, "sum(cost_usd)")).toBe(10);
    expect(await value(on, "count(*)", { scope: { tenant: "evil" } })).toBe(0);
    expect(await value(on, "count(*)", { scope: { tenant: "__proto__" } })).toBe(1);
    expect(await value(on, "count(*)", { scope: { tenant: '{"a": 1}' } })).toBe(1);
    expect(({} as Record<string, unknown>)["tenant"]).toBeUndefined();
    const { source: mapped } = source({ "a.jsonl": `${odd}\n` }, { fields: { tenant: "a.b" } });
    expect(await value(mapped, "count(*)", { scope: { tenant: "nested" } })).toBe(1);
  });

  it("E06: may tell time as RFC 3339 in any zone and with nine digits, seconds, milli-, micro- or nanoseconds", async () => {
    const at = end - 1000;
    const times = [
      "2026-11-21T02:59:59Z",
      "2026-11-21T04:59:59+02:00",
      "2026-11-20T22:59:59.000-0400",
      "2026-11-21t02:59:59z",
      at,
      at / 1000,
      String(at / 1000),
      at / 1000 + 0.5,
      "2026-11-21T02:59:59.123456789Z",
      at * 1e3,
      `${at}000000`,
      // long ago, and not yet: of no window that ends now
      0,
      1,
      "1970-01-01T00:00:00Z",
      "2099-01-01T00:00:00Z",
    ];
    const { source: on } = source({ "a.jsonl": lines(...times.map((timestamp) => ({ timestamp }))) });
    const answer = await on.instant(ask("count(*)", { windowMs: 2000 }), end);
    expect(answer).toMatchObject({ data: [{ value: times.length - 4 }], warnings: [] });
  });

  it("E07: is told when a time has no zone", async () => {
    const { source: on } = source({
      "a.jsonl": lines({ timestamp: "2026-11-21T02:59:59" }, { timestamp: "2026-11-21 02:59:59.5" }),
    });
    expect(await on.instant(ask("count(*)"), end)).toMatchObject({
      data: [{ value: 2 }],
      warnings: ["some records name no time zone: taken as UTC"],
    });
  });

  it("is told how many lines could not be read, apart from a last one that is being written", async () => {
    const torn = JSON.stringify(call(1)).slice(0, 40);
    const { source: on } = source({
      "a.jsonl":
        lines(call(1), "{broken", "", "null", "[1]", JSON.stringify({ route: "a" }), call(2, { latency_ms: "slow" })) +
        torn,
      "b.jsonl": lines(call(3)) + torn,
      "c.jsonl": lines(torn, call(4)),
    });
    const several = await Promise.all([
      on.instant(ask("count(*)"), end),
      on.instant(ask("count(*)", { by: "route" }), end),
    ]);
    for (const answer of several)
      expect(answer).toMatchObject({ data: [{ value: 4 }], warnings: ["5 lines could not be read"] });
    const { source: writing } = source({ "a.jsonl": lines(call(1)) + torn });
    expect(await writing.instant(ask("count(*)"), end)).toMatchObject({ data: [{ value: 1 }], warnings: [] });
  });
});

describe("check", () => {
  it("says how old the newest record is", async () => {
    const { source: on } = source({ "a.jsonl": lines(call(12_000), call(90_000)), "b.jsonl": "" });
    expect(await on.check()).toMatchObject({ ok: true, say: "2 files, newest record 12s old" });
  });

  it.each([
    [{}, false, /^no file matches .*\*\.jsonl$/],
    [{ "a.jsonl": "" }, true, /^1 file, no record yet$/],
    [{ "a.jsonl": "time,route\n1,a\n" }, false, /^1 file, and no line is a call record \(JSON with a timestamp\)$/],
    [{ "a.jsonl": lines(call(-minute)) }, true, /^1 file, newest record 1m 00s in the future$/],
  ])("of %j", async (files, ok, say) => {
    const reach = await source(files).source.check();
    expect(reach).toMatchObject({ ok, say: expect.stringMatching(say) });
  });
});

describe("what goes wrong is said", () => {
  it.each([
    ["count(*", "is no SQL expression"],
    ["", "is no SQL expression"],
    ["count(*); DROP TABLE calls", "is no SQL expression"],
    ["count(*)) FROM calls; SELECT (1", "is more than one SQL expression"],
    ["1) FROM calls WHERE (1 = 1", "is no SQL expression"],
    ["count(*)) FROM calls UNION SELECT (1", "is more than one SQL expression"],
    ["count(*)), max(getenv('HOME')", "is more than one SQL expression"],
    ["(SELECT count(*) FROM read_text('/etc/passwd'))", "it holds a SELECT of its own"],
    ["count(*) + (SELECT 1)", "it holds a SELECT of its own"],
    ["count_if(EXISTS(FROM glob('/*')))", "it holds a SELECT of its own"],
    ["count_if(route IN (SELECT content FROM read_text('/etc/passwd')))", "it holds a SELECT of its own"],
    ["max(current_setting('memory_limit'))", "the function current_setting is not allowed"],
    ["max(getenv('HOME'))", "the function getenv is not allowed"],
    ["max(length(repeat('x', 1000000000)))", "the function repeat is not allowed"],
    ["count(*), sum(w)", "the function row is not allowed"],
    ["sum(w) OVER ()", "window aggregate is not allowed"],
    ["max($1)", "is not allowed"],
    ["max(list_transform([1], lambda x: x))", "is not allowed"],
    ["*", "star is not allowed"],
    ["latency_ms", "is no aggregate"],
    ["1", "is no aggregate"],
    ["sum(w) + latency_ms", "does not fit a call record"],
    ["sum(route)", "does not fit a call record"],
    ["sum(sum(w))", "does not fit a call record"],
    ["sum(cost)", "a call record has no field cost"],
    ["sum(latency)", "has no field latency"],
    ["sum(kept.w)", "has no field kept.w"],
    ["averag(w)", "the function averag is not allowed"],
    ["max(route)", "failed"],
  ])("%s", async (sql, why) => {
    const { source: on } = source({ "a.jsonl": lines(call(1)) });
    const answer = await on.instant(ask(sql), end);
    expect(answer).toEqual({ error: expect.stringContaining(why), ms: expect.any(Number) });
    expect(Object.values(answer).join()).not.toMatch(/Error:|\n|LINE 1/);
  });

  it("no file, a file that may not be read, steps without end, PromQL", async () => {
    const { source: none } = source({});
    expect(await none.instant(ask("count(*)"), end)).toMatchObject({
      error: expect.stringMatching(/^no file matches/),
    });
    const { source: on, folder } = source({ "a.jsonl": lines(call(1)) });
    expect(await on.range(ask("count(*)"), 0, end, 1000)).toMatchObject({
      error: expect.stringContaining("more than 11000 steps"),
    });
    expect(await on.instant({ promql: "up" }, end)).toMatchObject({ error: expect.stringContaining("SQL") });
    if (process.getuid?.() === 0) return;
    chmodSync(join(folder, "a.jsonl"), 0);
    expect(await on.instant(ask("count(*)"), end)).toMatchObject({
      error: expect.stringMatching(/^cannot read .*a\.jsonl: permission denied/),
    });
  });

  it("no DuckDB for this platform", async () => {
    const { world, folder } = source({ "a.jsonl": lines(call(1)) });
    const on = open(calls.schema.parse({ files: "*.jsonl" }), world, folder, () =>
      Promise.reject(new Error("Cannot find module 'duckdb.node'\n    at stack")),
    );
    const say = "this platform has no DuckDB build; the calls source needs it; everything else works";
    expect(await on.check()).toMatchObject({ ok: false, say });
    expect(await on.instant(ask("count(*)"), end)).toMatchObject({ error: say });
  });

  it("an interruption", async () => {
    const { source: on, world } = source({ "a.jsonl": lines(...Array.from({ length: 1000 }, (_, i) => call(i))) });
    const asked = on.range(ask("median(latency_ms)", { windowMs: 100 * minute }), end - 1000 * minute, end, 6000);
    world.interrupt();
    expect(await asked).toMatchObject({ error: "interrupted" });
    expect(world.interrupted.reason).toBeInstanceOf(Interrupted);
  });
});
