import { describe, expect, it } from "vitest";
import { checkValue } from "../../src/schema/schema.ts";
import { langfuse } from "../../src/sources/langfuse.ts";
import { callRules, type Query, type Range } from "../../src/sources/source.ts";
import type { Scope } from "../../src/timeline/scope.ts";
import { fakeWorld, type Exchange, type FakeAnswer } from "../fake/world.ts";
import { fakeLangfuse, type FakeObservation, type FakeScore } from "./langfuseFake.ts";

const at = Date.parse("2026-11-21T03:00:00Z");
const minute = 60_000;
const settings = {
  url: "https://langfuse.test",
  public_key: "pk-lf-1",
  secret_key: { env: "SECRET" },
  dimensions: { tenant: "metadata.tenant" },
  scores: {
    groundedness_score: "groundedness",
    thumbs_down_rate: { score: "user-feedback", below: 0.5 },
    flagged_rate: { score: "toxicity", above: 0.8 },
    refusal_rate: { score: "refusal", is: true },
    format_failure_rate: { score: "format", is: "broken" },
  },
};

function stage(observations: FakeObservation[] = [], scores: FakeScore[] = [], version?: string, more: object = {}) {
  const fake = fakeLangfuse(observations, scores, version);
  const world = fakeWorld({ now: "2026-11-21T03:00:00Z", routes: fake.routes, env: { SECRET: "sk-lf-secret" } });
  const { value, mistakes } = checkValue(langfuse.schema, { ...settings, ...more });
  expect(mistakes).toEqual([]);
  return { source: langfuse.open(value!, world, "/"), world, requests: fake.requests };
}
/** one exchange, scripted */
function answering(answer: FakeAnswer) {
  const world = fakeWorld({ routes: () => answer, env: { SECRET: "sk-lf-secret" } });
  return langfuse.open(checkValue(langfuse.schema, settings).value!, world, "/");
}
const ask = (signal: string, scope: Scope = {}, more: object = {}): Query => ({
  signal,
  scope,
  windowMs: 5 * minute,
  ...more,
});

let ids = 0;
const generation = (before: number, more: Partial<FakeObservation> = {}): FakeObservation => ({
  id: `o${ids++}`,
  at: at - before,
  traceName: "support.reply",
  providedModelName: "large",
  latency: 1,
  timeToFirstToken: 0.2,
  totalCost: 0.5,
  usageDetails: { input: 100, output: 10 },
  ...more,
});
const calls = [
  generation(1000),
  generation(2000, {
    latency: 3,
    usageDetails: { input: 300, output: 30 },
    userId: "u1",
    metadata: { tenant: "acme" },
  }),
  generation(3000, {
    level: "ERROR",
    statusMessage: "timeout",
    totalCost: 0,
    traceName: "search",
    providedModelName: "small",
  }),
  generation(4000, { type: "SPAN", latency: 99, totalCost: 99, level: "ERROR", statusMessage: "index is gone" }),
  generation(4 * minute, { traceName: "search", latency: 2 }),
  generation(6 * minute, { latency: 50, totalCost: 50 }),
];

describe("signals of the traces", () => {
  it.each<[string, Scope, number | undefined]>([
    ["request_rate", {}, 4 / 300],
    ["error_rate", {}, 0.25],
    ["error_rate", { route: "support.reply" }, 0],
    ["latency_p50", {}, 1.5],
    ["latency_p95", {}, 2 + 0.85],
    ["latency_p99", {}, 2 + 0.97],
    ["ttft_p95", {}, 0.2],
    ["cost_per_hour", {}, 1.5 * 12],
    ["cost_per_request", {}, 1.5 / 4],
    ["tokens_in_rate", {}, 600 / 300],
    ["tokens_out_rate", {}, 60 / 300],
    ["tokens_in_avg", {}, 150],
    ["tokens_out_avg", {}, 15],
    ["tokens_in_p95", {}, 100 + 0.85 * 200],
    ["tokens_out_p95", {}, 10 + 0.85 * 20],
    ["cost_per_hour", { route: "search", model: "large" }, 0.5 * 12],
    ["request_rate", { user: "u1" }, 1 / 300],
    ["request_rate", { tenant: "acme" }, 1 / 300],
    ["request_rate", { route: "none" }, undefined],
    ["latency_p95", { route: "none" }, undefined],
  ])("%s %j", async (signal, scope, wanted) => {
    const answer = await stage(calls).source.instant(ask(signal, scope), at);
    if (wanted === undefined) expect(answer).toMatchObject({ data: [], warnings: [] });
    else
      expect(answer).toMatchObject({
        data: [{ labels: {}, value: expect.closeTo(wanted, 9) as number }],
        warnings: [],
      });
  });

  it("are split by what Langfuse groups by", async () => {
    const { source } = stage(calls);
    expect(await source.instant(ask("error_rate", {}, { by: "route" }), at)).toMatchObject({
      data: [
        { labels: { route: "support.reply" }, value: 0 },
        { labels: { route: "search" }, value: 0.5 },
      ],
    });
    expect(await source.instant(ask("cost_per_hour", {}, { by: "model" }), at)).toMatchObject({
      data: [
        { labels: { model: "large" }, value: 18 },
        { labels: { model: "small" }, value: 0 },
      ],
    });
  });

  it("what cannot be narrowed or split is refused, never ignored", async () => {
    const { source, requests } = stage(calls);
    for (const [query, why] of [
      [
        ask("cost_per_hour", { region: "eu" }),
        "cost_per_hour cannot be narrowed to region: put the field that has it into dimensions of this source",
      ],
      [ask("groundedness_score", { tenant: "acme" }), "groundedness_score cannot be narrowed to tenant"],
      [
        ask("cost_per_hour", {}, { by: "user" }),
        "cost_per_hour cannot be split by user: Langfuse does not group by userId, only narrow to one",
      ],
      [ask("cost_per_hour", {}, { by: "tenant" }), "cost_per_hour cannot be split by tenant"],
      [ask("constructor"), "constructor is not among the signals of this source"],
    ] as const)
      expect(await source.instant(query, at)).toMatchObject({ error: expect.stringContaining(why) as string });
    expect(requests).toEqual([]);
    expect(source.signals!.get("cost_per_hour")).toEqual(["route", "tenant", "user", "model", "env"]);
    expect(source.signals!.get("groundedness_score")).toEqual(["route", "user", "model", "env"]);
  });
});

describe("scores as signals", () => {
  const score = (name: string, value: FakeScore["value"], more: Partial<FakeScore> = {}): FakeScore => ({
    at: at - minute,
    name,
    value,
    traceName: "support.reply",
    ...more,
  });
  const scores = [
    score("groundedness", 0.9),
    score("groundedness", 0.6, { observationModelName: "small" }),
    score("groundedness", 0, { at: at - 6 * minute }),
    score("user-feedback", 1),
    score("user-feedback", 0),
    score("user-feedback", 0, { traceName: "search" }),
    score("user-feedback", 1, { traceName: "search" }),
    score("toxicity", 0.81),
    score("toxicity", 0.8),
    score("refusal", true),
    score("refusal", false),
    score("refusal", false),
    score("refusal", false),
    score("format", "broken"),
    score("format", "ok"),
  ];
  it.each<[string, Scope, number | undefined]>([
    ["groundedness_score", {}, 0.75],
    ["groundedness_score", { model: "small" }, 0.6],
    ["groundedness_score", { route: "search" }, undefined],
    ["thumbs_down_rate", {}, 0.5],
    ["thumbs_down_rate", { route: "search" }, 0.5],
    ["flagged_rate", {}, 0.5],
    ["refusal_rate", {}, 0.25],
    ["format_failure_rate", {}, 0.5],
  ])("%s %j", async (signal, scope, wanted) => {
    const answer = await stage([], scores).source.instant(ask(signal, scope), at);
    expect(answer).toMatchObject({
      data: wanted === undefined ? [] : [{ value: expect.closeTo(wanted, 9) as number }],
    });
  });

  it("by route", async () => {
    expect(await stage([], scores).source.instant(ask("thumbs_down_rate", {}, { by: "route" }), at)).toMatchObject({
      data: [
        { labels: { route: "support.reply" }, value: 0.5 },
        { labels: { route: "search" }, value: 0.5 },
      ],
    });
  });
});

describe("the past", () => {
  const many = Array.from({ length: 240 }, (_, i) =>
    generation(i * 15_000 + 1, { latency: i < 20 ? 4 : 1, totalCost: 0.1 }),
  );

  it("is put together from minutes, the last reading is exact, steps without calls are left out", async () => {
    const { source } = stage([...many.slice(0, 20), ...many.slice(40)]);
    const answer = await source.range(ask("cost_per_hour"), at - 20 * minute, at, 5 * minute);
    if ("error" in answer) throw new Error(answer.error);
    const { points } = answer.data[0]!;
    expect(points.map((point) => (point.at - at) / minute)).toEqual([-20, -15, -10, 0]);
    for (const { value } of points) expect(value).toBeCloseTo(20 * 0.1 * 12, 9);
  });

  it("percentiles of the past are near, now they are exact", async () => {
    const { source } = stage(many);
    const answer = await source.range(ask("latency_p95"), at - 10 * minute, at, 5 * minute);
    expect(answer).toMatchObject({ data: [{ points: [{ value: 1 }, { value: 1 }, { at, value: 4 }] }] });
  });

  it("a burst of signals is few requests", async () => {
    const { source, requests } = stage(many);
    const names = [
      "request_rate",
      "latency_p50",
      "latency_p95",
      "latency_p99",
      "ttft_p95",
      "cost_per_hour",
      "tokens_in_rate",
      "tokens_out_avg",
    ];
    const day = 24 * 60 * minute;
    await Promise.all(
      names.flatMap((name) => [
        source.range(ask(name), at - 60 * minute, at, 5 * minute),
        source.range(ask(name), at - day - 60 * minute, at - day, 5 * minute),
      ]),
    );
    expect(requests).toHaveLength(4);
    await source.instant(ask("request_rate"), at);
    expect(requests).toHaveLength(5);
  });
});

describe("single calls", () => {
  const hour: Range = { scope: {}, from: at - 60 * minute, to: at, limit: 3 };
  const observations = [
    ...calls,
    generation(10 * minute, {
      id: "dear",
      totalCost: 7,
      latency: 0.1,
      input: [{ role: "user", content: "Hi" }],
      output: "Ho",
      traceId: "t9",
      promptName: "reply",
      promptVersion: 14,
      userId: "u9",
      environment: "prod",
      usageDetails: { input: 1, output: 2 },
    }),
    generation(11 * minute, { id: "unpriced", totalCost: undefined as never, latency: 77 }),
    generation(2 * 60 * minute, { id: "old", totalCost: 1000 }),
  ];

  it("by rule, with their texts", async () => {
    const { source, requests } = stage(observations);
    const answer = await source.calls!("expensive", { ...hour, limit: 2 });
    expect(answer).toMatchObject({ data: [{ costUsd: 50 }, { id: "dear" }], warnings: [] });
    expect("data" in answer && answer.data[1]).toEqual({
      id: "dear",
      trace: "t9",
      at: at - 10 * minute,
      scope: { route: "support.reply", model: "large", user: "u9", env: "prod" },
      status: "success",
      latencyMs: 100,
      tokensIn: 1,
      tokensOut: 2,
      costUsd: 7,
      promptVersion: "reply 14",
      prompt: '[{"role":"user","content":"Hi"}]',
      response: "Ho",
    });
    expect(requests).toHaveLength(2);
    expect(await source.calls!("slow", hour)).toMatchObject({
      data: [{ id: "unpriced" }, { latencyMs: 50_000 }, { latencyMs: 3000 }],
    });
    expect(await source.calls!("failed", hour)).toMatchObject({
      data: [{ status: "error", error: "timeout", scope: { route: "search" } }],
    });
    expect(await source.calls!("failed", { ...hour, scope: { tenant: "acme" } })).toMatchObject({ data: [] });
  });

  it("flagged are those that a score with a limit speaks against", async () => {
    const scores: FakeScore[] = [
      { at: at - minute, name: "user-feedback", value: 0, traceId: "t9" },
      { at: at - minute, name: "user-feedback", value: 1, traceId: "other" },
    ];
    expect(await stage(observations, scores).source.calls!("flagged", hour)).toMatchObject({ data: [{ id: "dear" }] });
    expect(await stage(observations, []).source.calls!("flagged", hour)).toMatchObject({ data: [] });
    expect(
      await stage(observations, [], undefined, { scores: { groundedness_score: "g" } }).source.calls!("flagged", hour),
    ).toMatchObject({
      error: "no score of this source says which calls are bad: give one a limit (below, above)",
    });
  });

  it("random: the same each time, from all parts of the time", async () => {
    const many = Array.from({ length: 900 }, (_, i) =>
      generation(1 + Math.floor((i * i * 59 * minute) / 810_000), { id: `r${i}` }),
    );
    const draw = async (list: FakeObservation[]) => {
      const answer = await stage(list).source.calls!("random", { ...hour, limit: 20 });
      return "data" in answer ? answer.data : [];
    };
    const drawn = await draw(many);
    expect(new Set(drawn.map(({ id }) => id)).size).toBe(20);
    expect(await draw(many.toReversed())).toEqual(drawn);
    const fifths = [0, 1, 2, 3, 4].map(
      (n) => drawn.filter(({ at: when }) => Math.floor((when - hour.from) / (12 * minute)) === n).length,
    );
    expect(Math.max(...fifths) - Math.min(...fifths)).toBeLessThanOrEqual(1);
  });

  it("H01: what lies beyond the pages that are read is said, and a cursor that leads nowhere ends", async () => {
    const many = Array.from({ length: 3200 }, (_, i) => generation(i + 1));
    const { source, requests } = stage(many);
    expect(await source.calls!("slow", hour)).toMatchObject({
      warnings: ["only the newest 3000 calls were looked at, there are more"],
    });
    expect(requests.filter(({ path }) => path.endsWith("/observations"))).toHaveLength(4);
    const row = { id: "x", startTime: new Date(at).toISOString() };
    const stuck = answering({ body: JSON.stringify({ data: [row, { id: 1 }, null], meta: { cursor: "same" } }) });
    expect(await stuck.errors!({ ...hour, limit: 5000 })).toMatchObject({
      data: [{}, {}],
      warnings: ["2 observations could not be read"],
    });
  });

  it("errors are the status messages, of tools and retrieval too", async () => {
    const silent = generation(5000, { id: "silent", level: "ERROR", statusMessage: null });
    const { source } = stage([...observations, silent]);
    expect(await source.errors!(hour)).toMatchObject({
      data: [
        { at: at - 3000, text: "timeout", labels: { route: "search", model: "small" } },
        { text: "index is gone" },
        { text: "failed, and no error is recorded", labels: { call: "silent" } },
      ],
    });
    expect(await source.errors!({ ...hour, limit: 1 })).toMatchObject({
      data: [{ text: "timeout" }],
      warnings: ["only the newest 1 calls were looked at, there are more"],
    });
  });

  it("texts that cannot be had are missed, and the calls are told", async () => {
    const fake = fakeLangfuse(observations, []);
    const world = fakeWorld({
      env: { SECRET: "sk-lf-secret" },
      routes: (request) =>
        request.url.includes("io") && request.url.includes("any+of") ? { status: 500 } : fake.routes(request),
    });
    const source = langfuse.open(checkValue(langfuse.schema, settings).value!, world, "/");
    expect(await source.calls!("expensive", { ...hour, limit: 1 })).toMatchObject({
      data: [{ costUsd: 50 }],
      warnings: [expect.stringMatching(/^the texts could not be read: langfuse\.test is not ready \(500/)],
    });
  });
});

describe("what goes wrong is said in plain words", () => {
  const wrong = async (answer: FakeAnswer) =>
    ((await answering(answer).instant(ask("request_rate"), at)) as { error: string }).error;
  it.each<[string, FakeAnswer, string]>([
    ["F18: refused keys", { status: 401 }, "langfuse.test answered 401: it refused the credentials"],
    [
      "its own words",
      { status: 400, body: '{"message":"Invalid dimension x\\u001b[2J","error":"InvalidRequestError"}' },
      "langfuse.test answered 400: Invalid dimension x\\u001b[2J",
    ],
    [
      "F02: a login page",
      { body: "<html><title>Sign in</title>" },
      'langfuse.test answered a web page ("Sign in") instead of JSON: is / the right path in url, and not a login page?',
    ],
    ["something else", { body: '{"metrics":[]}' }, "langfuse.test answered no list of metrics"],
    [
      "F16: a redirect",
      { status: 307, headers: { location: "https://evil.test" } },
      "langfuse.test answered 307, redirecting to https://evil.test: put the final address into url",
    ],
  ])("%s", async (_, answer, why) => {
    expect(await wrong(answer)).toBe(why);
  });

  it("F07: too many requests, for longer than is waited", async () => {
    expect(await wrong({ status: 429, headers: { "retry-after": "99999" } })).toBe(
      "langfuse.test answered 429: too many requests, try again in a moment",
    );
  });

  it("rows that cannot be read are counted, and a full table is marked", async () => {
    const row = (more: object) => ({ count_count: "1", avg_value: 0.5, ...more });
    const data = [
      row({ traceName: "a" }),
      row({ traceName: null }),
      row({ traceName: { x: 1 } }),
      row({ avg_value: "high" }),
      7,
      { traceName: "b" },
    ];
    const answer = await answering({ body: JSON.stringify({ data }) }).instant(
      ask("groundedness_score", {}, { by: "route" }),
      at,
    );
    expect(answer).toMatchObject({
      data: [
        { labels: { route: "a" }, value: 0.5 },
        { labels: { route: "" }, value: 0.5 },
      ],
      warnings: ["4 rows could not be read"],
    });
    const full = Array.from({ length: 1000 }, (_, i) => row({ traceName: `r${i}` }));
    expect(
      await answering({ body: JSON.stringify({ data: full }) }).instant(
        ask("groundedness_score", {}, { by: "route" }),
        at,
      ),
    ).toMatchObject({
      warnings: ["only 1000 rows were answered, there may be more"],
    });
  });

  it("a server without version 2 is asked in version 1 from then on, and has no single calls to give", async () => {
    const { source, requests } = stage(calls, [], "3.99.0");
    expect(await source.instant(ask("request_rate"), at)).toMatchObject({
      data: [{ value: expect.closeTo(4 / 300, 9) as number }],
    });
    expect(await source.instant(ask("error_rate"), at)).toMatchObject({ data: [{ value: 0.25 }] });
    expect(requests.map(({ path }) => path)).toEqual([
      "/api/public/v2/metrics",
      ...Array(3).fill("/api/public/metrics"),
    ]);
    for (const rule of callRules.filter((it) => it !== "flagged"))
      expect(await source.calls!(rule, { scope: {}, from: 0, to: at, limit: 3 })).toMatchObject({
        error: "langfuse.test has no /api/public/v2/observations: single calls need Langfuse 4 or its cloud",
      });
  });

  it("K01: the secret key is nowhere to be seen", async () => {
    const exchanges: Exchange[] = [];
    const world = fakeWorld({
      exchanges,
      env: { SECRET: "sk-lf-secret" },
      routes: () => ({ status: 500, body: "Basic cGstbGYtMTpzay1sZi1zZWNyZXQ= sk-lf-secret" }),
    });
    const source = langfuse.open(checkValue(langfuse.schema, settings).value!, world, "/");
    const said = JSON.stringify(await source.instant(ask("request_rate"), at));
    expect(world.secrets.hide(said)).not.toMatch(/sk-lf-secret|cGstbGYtMTpzay1sZi1zZWNyZXQ/);
  });
});

describe("check", () => {
  it("names the version, and proves the keys by a question", async () => {
    expect(await stage(calls).source.check()).toMatchObject({ ok: true, say: "0 ms, Langfuse 4.16.0" });
    expect(await stage().source.check()).toMatchObject({
      ok: true,
      say: "0 ms, Langfuse 4.16.0, no call in the last 5 minutes",
    });
    expect(await stage([], [], undefined, { public_key: "pk-other" }).source.check()).toMatchObject({
      ok: false,
      say: "langfuse.test answered 401: it refused the credentials",
    });
  });
});
