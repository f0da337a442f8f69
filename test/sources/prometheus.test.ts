import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { prometheus } from "../../src/sources/prometheus.ts";
import { fakeWorld, type FakeAnswer, type FakeOptions } from "../fake/world.ts";

type Recorded = Record<string, { status: number; headers: Record<string, string>; body: string }>;
/** answers of real servers: "prometheus/…" of 3.5.3, "victoriametrics/…" of 1.79.5 */
const recorded = JSON.parse(readFileSync(new URL("fixtures/prometheus.json", import.meta.url), "utf8")) as Recorded;

const at = Date.parse("2026-11-21T10:35:15Z");
const up = { promql: "up" };

function openWith(
  answer: FakeAnswer | ((body: URLSearchParams) => FakeAnswer),
  settings: object = {},
  options: FakeOptions = {},
) {
  const world = fakeWorld({
    ...options,
    routes: ({ body }) => (typeof answer === "function" ? answer(new URLSearchParams(body)) : answer),
  });
  const set = prometheus.schema.parse({ url: "http://metrics.test:9090", ...settings });
  return { world, source: prometheus.open(set, world, "/home/dana/shop") };
}

async function errorOf(answer: FakeAnswer, settings: object = {}): Promise<string> {
  const { source } = openWith(answer, settings);
  const result = await source.instant(up, at);
  return "error" in result ? result.error : JSON.stringify(result);
}

const ok = (data: object, more: object = {}) => ({ body: JSON.stringify({ status: "success", data, ...more }) });

describe("requests", () => {
  it("are POSTed forms with the time, the deadline and nothing in the URL", async () => {
    const { source, world } = openWith(recorded["prometheus/query-vector"]!);
    await source.instant({ promql: "sum(x) # ü & = +" }, at + 5);
    const request = world.requests[0]!;
    expect(request).toMatchObject({ method: "POST", url: "http://metrics.test:9090/api/v1/query", deadlineMs: 10_000 });
    expect(request.headers).toEqual({
      "content-type": "application/x-www-form-urlencoded",
      accept: "application/json",
    });
    expect(Object.fromEntries(new URLSearchParams(request.body))).toEqual({
      query: "sum(x) # ü & = +",
      time: "1795257315.005",
      timeout: "10s",
    });
  });

  it("name both ends and the step of a range", async () => {
    const { source, world } = openWith(recorded["prometheus/query-range-empty"]!);
    await source.range(up, at - 3_600_000, at, 20_500);
    expect(world.requests[0]!.url).toBe("http://metrics.test:9090/api/v1/query_range");
    expect(Object.fromEntries(new URLSearchParams(world.requests[0]!.body))).toMatchObject({
      start: "1795253715",
      end: "1795257315",
      step: "20.5",
    });
  });

  it.each([
    ["http://m.test/prometheus", "http://m.test/prometheus/api/v1/query"],
    ["http://m.test/prometheus/", "http://m.test/prometheus/api/v1/query"],
    ["https://g.test/api/datasources/proxy/uid/abc", "https://g.test/api/datasources/proxy/uid/abc/api/v1/query"],
    ["http://t.test?dedup=true&partial_response=true", "http://t.test/api/v1/query?dedup=true&partial_response=true"],
  ])("keep the path and the query of %s", async (url, sent) => {
    const { source, world } = openWith(ok({ resultType: "vector", result: [] }), { url });
    await source.instant(up, at);
    expect(world.requests[0]!.url).toBe(sent);
  });

  it("carry what the settings ask for, secrets resolved once and only when needed", async () => {
    const settings = {
      basic: { user: "42", password: { env: "PW" } },
      tenant: "team-a",
      headers: { "X-Extra": { command: ["print-token"] } },
      ca: "ca.pem",
      deadline: "3s",
    };
    const runs = [{ argv: ["print-token"], result: { stdout: "t0ken\n" } }];
    const { source, world } = openWith(ok({ resultType: "vector", result: [] }), settings, {
      env: { PW: "geheim" },
      runs,
    });
    await Promise.all([source.instant(up, at), source.instant(up, at)]);
    world.verify();
    const { headers, ca, deadlineMs } = world.requests[1]!;
    expect({ ca, deadlineMs }).toEqual({ ca: "/home/dana/shop/ca.pem", deadlineMs: 3000 });
    expect(headers).toMatchObject({
      authorization: `Basic ${btoa("42:geheim")}`,
      "x-scope-orgid": "team-a",
      "x-extra": "t0ken",
    });
  });

  it("ask for the token anew after it was refused", async () => {
    const runs = [
      { argv: ["token"], result: { stdout: "old" } },
      { argv: ["token"], result: { stdout: "new" } },
    ];
    const routes: FakeOptions["routes"] = ({ headers }) =>
      headers?.["authorization"] === "Bearer new"
        ? ok({ resultType: "vector", result: [] })
        : recorded["prometheus/error-401-no-credentials"]!;
    const world = fakeWorld({ runs, routes });
    const source = prometheus.open(
      prometheus.schema.parse({ url: "http://m.test", bearer: { command: ["token"] } }),
      world,
      "/",
    );
    expect(await source.instant(up, at)).toMatchObject({ error: "m.test answered 401: it refused the credentials" });
    expect(await source.instant(up, at)).toMatchObject({ data: [] });
    world.verify();
  });

  it("are not made when a secret is missing", async () => {
    const { source, world } = openWith({}, { bearer: { env: "NOT_SET" } });
    expect(await source.instant(up, at)).toMatchObject({ error: expect.stringContaining("NOT_SET") as string });
    expect(world.requests).toEqual([]);
  });

  it("are at most 20 at a time, in order, and all are answered", async () => {
    let running = 0;
    let most = 0;
    const world = fakeWorld();
    world.http = async () => {
      most = Math.max(most, ++running);
      await world.clock.sleep(300);
      running--;
      return {
        status: 200,
        headers: {},
        trailers: {},
        body: JSON.stringify({ status: "success", data: { resultType: "vector", result: [] } }),
        ms: 300,
      };
    };
    const source = prometheus.open(prometheus.schema.parse({ url: "http://m.test" }), world, "/");
    const answers = await Promise.all(Array.from({ length: 50 }, () => source.instant(up, at)));
    expect(answers.every((a) => "data" in a)).toBe(true);
    expect({ most, took: world.clock.monotonic() }).toEqual({ most: 20, took: 900 });
  });
});

describe("answers", () => {
  it("G07: vector, with labels", async () => {
    const { source } = openWith(recorded["prometheus/query-vector"]!);
    const answer = await source.instant(up, at);
    expect("data" in answer && answer.data[0]).toEqual({ labels: { tenant: "globex" }, value: 0.8999999999999999 });
  });

  it("G01, G02, G07: scalar, +Inf, NaN, an empty string and nothing at all", async () => {
    expect(await openWith(recorded["prometheus/query-scalar"]!).source.instant(up, at)).toMatchObject({
      data: [{ labels: {}, value: 30.2 - 4e-15 }],
    });
    expect(await openWith(recorded["prometheus/query-vector-plus-inf"]!).source.instant(up, at)).toMatchObject({
      data: [{ value: Infinity }],
    });
    expect(await openWith(recorded["victoriametrics/query-scalar-plus-inf"]!).source.instant(up, at)).toMatchObject({
      data: [{ value: Infinity }],
    });
    expect(
      await openWith(recorded["prometheus/query-vector-empty-unknown-metric"]!).source.instant(up, at),
    ).toMatchObject({ data: [] });
    expect(await openWith(recorded["victoriametrics/query-scalar-nan-is-empty"]!).source.instant(up, at)).toMatchObject(
      { data: [] },
    );
    const odd = ok({
      resultType: "vector",
      result: [
        { metric: {}, value: [1, ""] },
        { metric: {}, value: [1, "-Inf"] },
        { metric: {}, value: [1, "NaN"] },
      ],
    });
    expect(await openWith(odd).source.instant(up, at)).toMatchObject({
      data: [{ value: Number.NaN }, { value: -Infinity }, { value: Number.NaN }],
    });
  });

  it("G02, G07: matrix, NaN included, times in ms", async () => {
    const { source } = openWith(recorded["prometheus/query-range-matrix-nan-values"]!);
    const answer = await source.range(up, at - 1_800_000, at, 300_000);
    if ("error" in answer) throw new Error(answer.error);
    expect(answer.data.map((s) => s.labels["model"])).toEqual(["gpt-4-1106-preview", "gpt-4o-mini", "llama-3-70b"]);
    expect(answer.data[0]!.points.at(-1)).toEqual({ at, value: 0.6 });
    expect(answer.data[2]!.points.map((p) => p.value)).toEqual(Array(7).fill(Number.NaN));
  });

  it("G03: warnings and infos are handed on", async () => {
    expect(
      await openWith(recorded["prometheus/query-warnings-remote-read-failed"]!).source.instant(up, at),
    ).toMatchObject({
      warnings: [expect.stringContaining("remote_read: error sending request")],
    });
    expect(await openWith(recorded["prometheus/query-info-rate-of-gauge"]!).source.instant(up, at)).toMatchObject({
      warnings: [expect.stringContaining("metric might not be a counter")],
    });
  });

  it.each([
    ["prometheus/query-string", "metrics.test:9090 answered a text: the query must give numbers"],
    [
      "prometheus/query-matrix-instant-range-selector",
      "metrics.test:9090 answered a range of values: put rate(), avg_over_time() or the like around the query",
    ],
    [
      "prometheus/error-400-parse",
      'metrics.test:9090 refused the query: 1:15: parse error: unexpected "(" in grouping opts, expected "," or ")"',
    ],
    [
      "prometheus/error-422-too-many-samples",
      "metrics.test:9090 could not answer: query processing would load too many samples into memory in query execution",
    ],
    [
      "prometheus/error-503-timeout",
      "metrics.test:9090 gave up: query timed out in expression evaluation; try a shorter window or a narrower scope",
    ],
    [
      "prometheus/error-401-no-credentials",
      "metrics.test:9090 answered 401: it wants credentials: set bearer or basic on this source",
    ],
    [
      "victoriametrics/error-401-no-credentials",
      "metrics.test:9090 answered 401: it wants credentials: set bearer or basic on this source",
    ],
    [
      "prometheus/error-404-wrong-path",
      'metrics.test:9090 has no query API below / (404: "404 page not found"): check the path in url, some live at / and others at /prometheus',
    ],
    [
      "prometheus/starting-query-503",
      'metrics.test:9090 is not ready (503: "Service Unavailable"): try again in a moment, tried 3 times',
    ],
    ["victoriametrics/query-string", '{"data":[],"warnings":[],"ms":0}'],
  ])("G04, G07: %s", async (name, text) => {
    expect(await errorOf(recorded[name]!)).toBe(text);
  });

  it("of VictoriaMetrics say what its parser did not like, shortened", async () => {
    expect(await errorOf(recorded["victoriametrics/error-422-parse"]!)).toMatch(
      /^metrics\.test:9090 could not answer: error when executing query=.*want/,
    );
    const long = await errorOf(recorded["victoriametrics/error-422-too-many-series"]!);
    expect(long.length).toBeLessThan(400);
  });

  const odd: [string, FakeAnswer, string][] = [
    [
      "a login page",
      { body: "<!DOCTYPE html><html><head><title>Sign in\u001b[2J</title>" },
      'metrics.test:9090 answered a web page ("Sign in\\u001b[2J") instead of JSON: is / the right path in url, and not a login page?',
    ],
    [
      "a text",
      { body: "OK" },
      'metrics.test:9090 answered "OK" instead of JSON: is / the right path in url, and not a login page?',
    ],
    [
      "nothing",
      { body: "" },
      "metrics.test:9090 answered nothing instead of JSON: is / the right path in url, and not a login page?",
    ],
    ["half an answer", { body: '{"status":"succ' }, 'metrics.test:9090 answered "{"status":"succ" instead of JSON'],
    ["other JSON", { body: "{}" }, "metrics.test:9090 answered JSON that is no answer to a query"],
    ["a list", { body: "[]" }, "metrics.test:9090 answered JSON that is no answer to a query"],
    [
      "a vector of nonsense",
      ok({ resultType: "vector", result: [7] }),
      "metrics.test:9090 answered JSON that is no answer to a query",
    ],
    [
      "an error with 200",
      { body: '{"status":"error","errorType":"internal","error":"disk\\u001b[31m full"}' },
      "metrics.test:9090 could not answer: disk\\u001b[31m full",
    ],
    [
      "native histograms",
      ok({ resultType: "vector", result: [{ metric: {}, histogram: [1, {}] }] }),
      "metrics.test:9090 answered native histograms: put histogram_quantile() or histogram_sum() around the query",
    ],
    [
      "log lines",
      ok({ resultType: "streams", result: [] }),
      "metrics.test:9090 answered log lines: the query must count or sum them",
    ],
    ["403", { status: 403, body: "no" }, "metrics.test:9090 answered 403: these credentials may not query"],
    ["429", { status: 429 }, "metrics.test:9090 answered 429: too many requests, try again in a moment, tried 3 times"],
    [
      "a redirect",
      { status: 302, headers: { location: "https://sso.test/login" } },
      "metrics.test:9090 answered 302, redirecting to https://sso.test/login: put the final address into url",
    ],
    [
      "502 from a proxy",
      { status: 502, body: "<html><title>502 Bad Gateway</title></html>" },
      'metrics.test:9090 is not ready (502: a web page ("502 Bad Gateway")): try again in a moment, tried 3 times',
    ],
    [
      "data with an error status",
      { status: 500, ...ok({ resultType: "vector", result: [] }) },
      "metrics.test:9090 answered 500 with data, which is not trusted",
    ],
    [
      "a refused connection",
      { failed: "nothing listens on metrics.test:9090 (connection refused)" },
      "nothing listens on metrics.test:9090 (connection refused)",
    ],
    ["a broken connection", { failed: "the connection broke" }, "metrics.test:9090: the connection broke"],
    ["silence", { takesMs: 60_000 }, "metrics.test:9090: no answer within 10s"],
  ];
  it.each(odd)("G04, G07: %s", async (_, answer, text) => {
    expect(await errorOf(answer)).toBe(text);
  });
});

describe("check", () => {
  it("says how long it took, or why not", async () => {
    const good = openWith({ ...ok({ resultType: "scalar", result: [1, "1"] }), takesMs: 41 });
    expect(await good.source.check()).toEqual({ ok: true, say: "41 ms", ms: 41 });
    const bad = openWith(recorded["prometheus/starting-query-503"]!);
    expect(await bad.source.check()).toMatchObject({
      ok: false,
      say: expect.stringContaining("is not ready") as string,
    });
  });
});

describe("settings", () => {
  it.each(["ftp://x", "metrics", "http://user:pw@x", ""])("refuse the address %j", (url) => {
    expect(prometheus.schema.safeParse({ url }).success).toBe(false);
  });
  it("have an editor schema", () => {
    expect(z.toJSONSchema(prometheus.schema, { io: "input" })).toMatchObject({ required: ["url"] });
  });
});
