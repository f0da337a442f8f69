import { describe, expect, it } from "vitest";
import { loki } from "../../src/sources/loki.ts";
import type { Answer, Line, Range } from "../../src/sources/source.ts";
import { fakeWorld, type FakeAnswer, type FakeOptions } from "../fake/world.ts";
import { dataOf, readRecorded, replay, saidBy } from "./recorded.ts";

const recorded = readRecorded("loki");
const at = 1_795_257_240_000;
const selector = '{app="llm-gateway", env="prod"} | json | status="error"';
const figure = { logql: `sum(count_over_time(${selector} [5m]))` };

function openWith(routes: FakeOptions["routes"], settings: object = {}, options: FakeOptions = {}) {
  const world = fakeWorld({ ...options, ...(routes === undefined ? {} : { routes }) });
  const set = loki.schema.parse({ url: "http://logs.test:3100", errors: selector, ...settings });
  return { world, source: loki.open(set, world, "/home/dana/shop") };
}

const range: Range = { scope: {}, from: at - 900_000, to: at, limit: 5 };

async function linesOf(answer: FakeAnswer): Promise<Answer<Line[]>> {
  return openWith(() => answer).source.errors!(range);
}

describe("figures", () => {
  it.each([
    [
      "query-instant-vector-errors-by-model",
      [
        ["gpt-4-1106-preview", 24],
        ["gpt-4o-mini", 2],
      ],
    ],
    [
      "query-instant-vector-p95-latency-by-model",
      [
        ["claude-3-haiku", 2040.4],
        ["gpt-4-1106-preview", 30_000],
        ["gpt-4o-mini", 21_653.09999999998],
      ],
    ],
    [
      "query-instant-metric-broken-json-filtered",
      [
        ["gpt-4-1106-preview", 1],
        ["gpt-4o-mini", 1],
      ],
    ],
    ["query-instant-vector-no-labels", [[undefined, 179]]],
    ["query-instant-vector-constant", [[undefined, 0]]],
    ["query-instant-vector-division-by-zero-is-nan", [[undefined, Number.NaN]]],
    ["query-instant-scalar-literal-odd-timestamp", [[undefined, 2]]],
    ["query-instant-vector-empty", []],
  ])("now: %s", async (name, wanted) => {
    const { source } = openWith(replay(recorded, [name]));
    const logql = saidBy({ url: recorded[name]!.path }).said["query"]!;
    const samples = dataOf(await source.instant({ logql }, at));
    expect(samples.map(({ labels, value }) => [labels["model"], value])).toEqual(wanted);
  });

  it("over time are asked at multiples of the step, as Loki evaluates them whatever it is asked", async () => {
    const name = "query-range-matrix-errors-by-model";
    const { source, world } = openWith(() => recorded[name]!);
    const logql = `sum by (model) (count_over_time(${selector} [5m]))`;
    const [from, to] = [1_795_253_640_000, 1_795_257_240_000];
    const series = dataOf(await source.range({ logql }, from, to, 300_000));
    expect(saidBy(world.requests[0]!)).toEqual({
      path: "/loki/api/v1/query_range",
      said: {
        query: `sum by (model) (count_over_time(${selector} [5m] offset 1m))`,
        start: "1795253700000000000",
        end: "1795257300000000000",
        step: "300",
      },
    });
    const [haiku, preview] = series;
    expect(haiku).toMatchObject({ labels: { model: "claude-3-haiku" }, points: [{ at: 1_795_254_240_000, value: 1 }] });
    // the last reading stands for the end of what was asked, as the reader of a verdict expects
    expect(preview!.points.at(-1)).toEqual({ at: to, value: 7 });
    expect(preview!.points).toHaveLength(8);
  });

  it("over time of a range that fits the step are asked as they are", async () => {
    const { source, world } = openWith(() => recorded["query-range-matrix-empty"]!);
    expect(dataOf(await source.range(figure, 1_795_253_700_000, 1_795_257_300_000, 300_000))).toEqual([]);
    expect(saidBy(world.requests[0]!).said).toMatchObject({ query: figure.logql, start: "1795253700000000000" });
  });

  it("carry tenant, credentials and headers, and are posted", async () => {
    const settings = { tenant: "llm-prod", basic: { user: "42", password: { env: "PW" } }, headers: { "X-A": "b" } };
    const { source, world } = openWith(() => recorded["query-instant-vector-empty"]!, settings, {
      env: { PW: "geheim" },
    });
    await source.instant(figure, at);
    expect(world.requests[0]).toMatchObject({
      method: "POST",
      url: "http://logs.test:3100/loki/api/v1/query",
      headers: { "x-scope-orgid": "llm-prod", authorization: `Basic ${btoa("42:geheim")}`, "x-a": "b" },
    });
  });

  it("G03: warnings are handed on", async () => {
    const body = JSON.stringify({
      status: "success",
      warnings: ["max series \u001b[2J"],
      data: { resultType: "vector", result: [] },
    });
    expect(await openWith(() => ({ body })).source.instant(figure, at)).toMatchObject({
      warnings: ["max series \\u001b[2J"],
    });
  });
});

describe("errors", () => {
  it("are the newest lines, merged from their streams", async () => {
    const { source } = openWith(replay(recorded, ["query-range-logs-json-errors-backward-limit-5"]));
    const lines = dataOf(await source.errors!(range));
    expect(lines.map((line) => line.at)).toEqual([
      1_795_257_217_710, 1_795_257_177_743, 1_795_257_167_193, 1_795_257_127_135, 1_795_257_117_889,
    ]);
    expect(lines[0]).toMatchObject({ labels: { model: "gpt-4-1106-preview", error_type: "provider_overloaded" } });
    expect(JSON.parse(lines[0]!.text)).toMatchObject({ trace_id: "65ac5957b80707e8" });
  });

  it("of a wrong tenant are none", async () => {
    const name = "tenant-200-other-tenant-empty";
    const { source } = openWith(() => recorded[name]!, { tenant: "other-team" });
    expect(dataOf(await source.errors!(range))).toEqual([]);
  });

  it("that Loki could not parse stay, and are counted", async () => {
    const answer = await linesOf(recorded["query-range-logs-broken-json"]!);
    expect(answer).toMatchObject({ warnings: ["3 lines could not be parsed"] });
    expect(dataOf(answer)).toHaveLength(5);
    expect(await linesOf(recorded["query-range-logs-broken-json-filtered-out"]!)).toMatchObject({ warnings: [] });
  });

  it("are in order to the nanosecond", async () => {
    const values = [2, 3, 1].map((last) => [`179525721771000000${last}`, `line ${last}`]);
    const row = (value: string[], i: number) => ({ stream: { i: String(i) }, values: [value] });
    const body = JSON.stringify({ status: "success", data: { resultType: "streams", result: values.map(row) } });
    expect(dataOf(await linesOf({ body })).map(({ text }) => text)).toEqual(["line 3", "line 2", "line 1"]);
  });

  it("keep what an entry carries itself", async () => {
    for (const name of ["query-range-logs-structured-metadata", "query-range-logs-structured-metadata-categorized"])
      expect(dataOf(await linesOf(recorded[name]!))[0]).toEqual({
        at: 1_795_257_230_262,
        text: "agent step finished tool=refund tokens=19780",
        labels: expect.objectContaining({ app: "llm-agent", trace_id: "dd3f018ec8dbb1ac" }) as object,
      });
  });

  it("are narrowed to the scope where the lines have it", async () => {
    const labels = { env: "env", model: { field: "model" }, user: { metadata: "user_id" } };
    const { source, world } = openWith(() => recorded["query-range-logs-empty"]!, { labels });
    await source.errors!({ ...range, scope: { env: "staging", model: 'gpt"} |= "', user: "u" } });
    expect(saidBy(world.requests[0]!).said["query"]).toBe(
      '{app="llm-gateway", env="prod",env="staging"} | user_id="u" | json | model="gpt\\"} |= \\"" | status="error"',
    );
    expect(await source.errors!({ ...range, scope: { tenant: "acme" } })).toMatchObject({
      error:
        "cannot be narrowed to tenant acme: nobody said how the lines spell tenant, put it into labels of the source",
    });
    expect(world.requests).toHaveLength(1);
  });

  it("are as many as the server gives, when more were asked for", async () => {
    const { source, world } = openWith((request) =>
      saidBy(request).said["limit"] === "5000"
        ? recorded["query-range-logs-forward-limit-3"]!
        : { ...recorded["error-400-limit-too-large"]! },
    );
    expect(await source.errors!({ ...range, limit: 999_999 })).toMatchObject({ data: expect.any(Array) as unknown });
    expect(world.requests.map((request) => saidBy(request).said["limit"])).toEqual(["999999", "5000"]);
  });

  it("are not offered where nobody said which lines they are", () => {
    expect(openWith(undefined, { errors: undefined }).source.errors).toBeUndefined();
  });
});

const host = "logs.test:3100";

describe("G04: what Loki refuses is said in words", () => {
  const sentences: Record<string, string> = {
    "error-400-bad-start-time": `${host} refused the query: could not parse 'start' parameter: strconv.ParseInt: parsing "yesterday": invalid syntax`,
    "error-400-end-before-start": `${host} refused the query: end timestamp must not be before or equal to start time`,
    "error-400-instant-log-query": `${host} refused the query: it gives log lines, it must count or sum them`,
    "error-400-limit-not-a-number": `${host} refused the query: strconv.Atoi: parsing "many": invalid syntax`,
    "error-400-limit-too-large": `${host} refused the query: max entries limit per query exceeded, limit > max_entries_limit_per_query (999999 > 5000)`,
    "error-400-metric-pipeline-broken-json": `${host} refused the query: a line could not be parsed (JSONParserErr); put | __error__="" behind the parser to leave such lines out`,
    "error-400-missing-query": `${host} refused the query: syntax error: unexpected $end`,
    "error-400-parse-empty-matcher": `${host} refused the query: queries require at least one regexp or equality matcher that does not have an empty-compatible value. For instance, app=~".*" does not meet this requirement, but app=~".+" will`,
    "error-400-parse-unclosed-selector": `${host} refused the query: parse error at line 1, col 19: syntax error: unexpected $end, expecting } or ,`,
    "error-400-parse-unexpected-token": `${host} refused the query: parse error at line 1, col 37: syntax error: unexpected $end`,
    "error-400-range-too-long": `${host} refused the query: the query time range exceeds the limit (query length: 1440h0m0s, limit: 30d1h); try a shorter range`,
    "error-400-too-many-points": `${host} refused the query: exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter; try a shorter range`,
    "error-400-unknown-function": `${host} refused the query: parse error at line 1, col 1: syntax error: unexpected IDENTIFIER`,
    "error-404-wrong-path": `${host} has no query API below / (404: "404 page not found"): check the path in url, /loki/api/v1 is added to it`,
    "limit-error-429-too-many-outstanding": `${host} answered 429: its queue is full (too many outstanding requests), try again in a moment, tried 3 times`,
    "limit-error-max-bytes-read": `${host} refused the query: the query would read too many bytes (query: 218 KiB, limit: 1.0 KiB); consider adding more specific stream selectors or reduce the time range of the query`,
    "limit-error-max-series": `${host} refused the query: it gives more than 2 series; narrow the scope or split by something with fewer values`,
    "limit-error-query-timeout": `${host} gave up: the query took too long; try a shorter window or a narrower scope`,
    "ready-error-503-starting": `${host} is not ready (503: "Ingester not ready: waiting for 15s after being ready"): try again in a moment, tried 3 times`,
    "tenant-error-401-no-org-id": `${host} answered 401: it keeps tenants apart, set tenant on this source`,
  };

  it("every refusal that was recorded", () => {
    const refusals = Object.keys(recorded).filter((name) => recorded[name]!.status >= 400);
    expect(Object.keys(sentences).sort()).toEqual(refusals.sort());
  });

  it.each(Object.entries(sentences))("%s", async (name, error) => {
    expect(await openWith(() => recorded[name]!).source.instant(figure, at)).toMatchObject({ error });
    // the fewer lines that would do are asked for, and refused the same way here
    expect(await linesOf(recorded[name]!)).toMatchObject({ error });
  });

  const odd: [string, FakeAnswer, string][] = [
    [
      "a login page",
      { body: "<!DOCTYPE html><title>Sign in\u001b[2J</title>" },
      `${host} answered a web page ("Sign in\\u001b[2J") instead of JSON: is / the right path in url, and not a login page?`,
    ],
    [
      "a login page that refuses",
      { status: 401, body: "<html>" },
      `${host} answered 401: it wants credentials: set bearer or basic on this source`,
    ],
    ["403", { status: 403, body: "no" }, `${host} answered 403: these credentials may not query`],
    [
      "a panic",
      { status: 500, body: "rpc error: code = Unknown\u001b" },
      `${host} could not answer: rpc error: code = Unknown\\u001b`,
    ],
    [
      "502",
      { status: 502, body: "<title>Bad Gateway</title>" },
      `${host} is not ready (502: "<title>Bad Gateway</title>"): try again in a moment, tried 3 times`,
    ],
    [
      "a redirect",
      { status: 302, headers: { location: "https://sso.test/" } },
      `${host} answered 302, redirecting to https://sso.test/: put the final address into url`,
    ],
    ["half an answer", { body: '{"status":"succ' }, `${host} answered "{"status":"succ" instead of JSON`],
    [
      "a stream of nonsense",
      { body: '{"status":"success","data":{"resultType":"streams","result":[{"stream":{},"values":[["soon","x"]]}]}}' },
      `${host} answered JSON that is no answer to a query`,
    ],
    ["silence", { takesMs: 60_000 }, `${host}: no answer within 10s`],
  ];
  it.each(odd)("%s", async (_, answer, error) => {
    expect(await openWith(() => answer).source.instant(figure, at)).toMatchObject({ error });
  });

  it("lines where figures were asked, and figures where lines were", async () => {
    expect(await openWith(() => recorded["query-range-logs-empty"]!).source.instant(figure, at)).toMatchObject({
      error: `${host} answered log lines: the query must count or sum them`,
    });
    expect(await linesOf(recorded["query-instant-vector-empty"]!)).toMatchObject({
      error: `${host} answered numbers where log lines were asked`,
    });
  });
});

describe("check", () => {
  const routes =
    (labels: FakeAnswer, newest: FakeAnswer = {}, ready: FakeAnswer = recorded["ready"]!): FakeOptions["routes"] =>
    ({ url }) =>
      url.includes("/ready")
        ? ready
        : url.includes("/labels")
          ? labels
          : url.includes("/query_range")
            ? newest
            : undefined;
  const now = { now: new Date(at).toISOString() };

  it("tells how old the newest line is", async () => {
    const newest = recorded["query-range-logs-no-parser-limit-3"]!;
    const { source, world } = openWith(routes(recorded["labels"]!, newest), {}, now);
    expect(await source.check()).toMatchObject({
      ok: true,
      say: expect.stringMatching(/^\d+ ms, newest line 22s old$/) as string,
    });
    expect(saidBy(world.requests[2]!).said).toMatchObject({ query: '{service_name=~".+"}', limit: "1" });
  });

  it("tells a tenant without a line, a missing tenant, and a Loki that starts", async () => {
    expect(await openWith(routes(recorded["tenant-labels-other-tenant-empty"]!), {}, now).source.check()).toMatchObject(
      {
        ok: true,
        say: expect.stringContaining("no line in the last hour: is the tenant right?") as string,
      },
    );
    expect(await openWith(routes(recorded["tenant-error-401-no-org-id"]!), {}, now).source.check()).toMatchObject({
      ok: false,
      say: `${host} answered 401: it keeps tenants apart, set tenant on this source`,
    });
    const starting = routes({}, {}, recorded["ready-error-503-starting"]);
    expect(await openWith(starting, {}, now).source.check()).toMatchObject({
      ok: false,
      say: `${host} is not ready: Ingester not ready: waiting for 15s after being ready`,
    });
  });

  it("asks on where a gateway hides /ready", async () => {
    const hidden = routes(recorded["labels"]!, recorded["query-range-logs-no-parser-limit-3"], {
      status: 404,
      body: "no",
    });
    expect(await openWith(hidden, {}, now).source.check()).toMatchObject({ ok: true });
  });
});

describe("settings", () => {
  it.each([
    ['{app="a"', "the { is not closed"],
    ['sum(rate({app="a"}[5m]))', "it counts lines, it must give them"],
  ])("errors: %s is told where it is used, and by doctor, and nothing is asked", async (errors, why) => {
    const { source } = openWith(undefined, { errors });
    const say = `errors: of this source is no LogQL that selects lines: ${why}`;
    expect(await source.check()).toMatchObject({ ok: false, say: expect.stringContaining(say) });
    const answer = await source.errors!({ scope: {}, from: 0, to: 1000, limit: 5 });
    expect(answer).toMatchObject({ error: expect.stringContaining(say) });
  });

  it.each([
    [{ labels: { env: "a-b" } }, "expected a label name of Loki"],
    [{ labels: { env: { header: "x" } } }, ""],
  ])("refuse %j", (set, why) => {
    const { success, error } = loki.schema.safeParse({ url: "http://x", ...set });
    expect(success).toBe(false);
    expect(JSON.stringify(error?.issues)).toContain(why);
  });
});
