import { describe, expect, it } from "vitest";
import type { Answer, Line, Range } from "../../src/sources/source.ts";
import { victorialogs } from "../../src/sources/victorialogs.ts";
import type { HttpRequest } from "../../src/world/http.ts";
import { fakeWorld, type FakeAnswer, type FakeOptions } from "../fake/world.ts";
import { dataOf, readRecorded, replay, saidBy } from "./recorded.ts";

const recorded = readRecorded("victorialogs");
const at = 1_795_257_240_000;
const selector = '{app="llm-gateway",env="prod"} status:="error"';
const figure = { logsql: `_time:5m AND (${selector}) | stats by (model) count() as errors` };

function openWith(routes: FakeOptions["routes"], settings: object = {}) {
  const world = fakeWorld({ now: new Date(at).toISOString(), ...(routes === undefined ? {} : { routes }) });
  const set = victorialogs.schema.parse({ url: "http://logs.test:9428", errors: selector, ...settings });
  return { world, source: victorialogs.open(set, world, "/home/dana/shop") };
}

const range: Range = { scope: {}, from: at - 900_000, to: at, limit: 5 };

async function linesOf(answer: FakeAnswer): Promise<Answer<Line[]>> {
  return openWith(() => answer).source.errors!(range);
}

describe("figures", () => {
  it("now: the question as it is, at its time, for the tenant that is meant", async () => {
    const { source, world } = openWith(() => recorded["stats-query-errors-by-model"]!, { tenant: { account: 7 } });
    const samples = dataOf(await source.instant(figure, at));
    expect(samples.map(({ labels, value }) => [labels["model"], value])).toEqual([
      ["gpt-4-1106-preview", 24],
      ["gpt-4o-mini", 2],
    ]);
    expect(world.requests[0]).toMatchObject({ method: "POST", headers: { accountid: "7", projectid: "0" } });
    expect(saidBy(world.requests[0]!)).toEqual({
      path: "/select/logsql/stats_query",
      said: { query: figure.logsql, time: "2026-11-21T10:34:00.000Z", timeout: "10s" },
    });
  });

  it("G01: a count of nothing is 0, every other figure of nothing is none", async () => {
    const now = async (name: string) =>
      dataOf(await openWith(() => recorded[name]!).source.instant(figure, at)).map(({ value }) => value);
    expect(await now("stats-query-no-match-count-is-zero")).toEqual([0]);
    expect(await now("stats-query-no-match-by-model")).toEqual([]);
    expect(await now("stats-query-quantile-without-values")).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  it("over time: one question where the server begins its steps where it is asked to", async () => {
    const [from, to] = [at - 600_000, at];
    const rows = [
      [from - 300_000, "1"],
      [from, "2"],
      [to - 300_000, "3"],
    ].map(([ms, value]) => [Number(ms) / 1000, value]);
    const body = JSON.stringify({
      status: "success",
      data: { resultType: "matrix", result: [{ metric: { model: "m" }, values: rows }] },
    });
    const { source, world } = openWith(() => ({ body }));
    const [series] = dataOf(await source.range(figure, from, to, 300_000));
    // each step is told with its end
    expect(series!.points).toEqual([
      { at: from, value: 1 },
      { at: from + 300_000, value: 2 },
      { at: to, value: 3 },
    ]);
    expect(saidBy(world.requests[0]!)).toEqual({
      path: "/select/logsql/stats_query_range",
      said: {
        query: figure.logsql.replace("_time:5m", "_time:15m"),
        start: "2026-11-21T10:19:00.000Z",
        end: "2026-11-21T10:34:00.000Z",
        time: "2026-11-21T10:34:00.000Z",
        step: "5m",
        offset: "4m",
        timeout: "10s",
      },
    });
    expect(world.requests).toHaveLength(1);
  });

  it("over time: one window after the other where the server begins them elsewhere", async () => {
    const { source, world } = openWith((request) =>
      request.url.endsWith("_range")
        ? recorded["stats-query-range-errors-by-model"]!
        : recorded["stats-query-errors-by-model"]!,
    );
    for (const asked of [4, 3]) {
      world.requests.length = 0;
      const [series, mini] = dataOf(await source.range(figure, at - 600_000, at, 300_000));
      expect(series!.points).toEqual([at - 600_000, at - 300_000, at].map((time) => ({ at: time, value: 24 })));
      expect(mini!.labels["model"]).toBe("gpt-4o-mini");
      expect(world.requests).toHaveLength(asked);
    }
    expect(world.requests.map((request) => saidBy(request).said["time"])).toEqual([
      "2026-11-21T10:24:00.000Z",
      "2026-11-21T10:29:00.000Z",
      "2026-11-21T10:34:00.000Z",
    ]);
  });

  it("over time: overlapping windows are asked for one by one, but not hundreds of them", async () => {
    const { source, world } = openWith(() => recorded["stats-query-no-labels"]!);
    expect(dataOf(await source.range(figure, at - 60_000, at, 15_000))[0]!.points).toHaveLength(5);
    expect(await source.range(figure, at - 3_600_000, at, 15_000)).toMatchObject({
      error: "logs.test:9428 would have to be asked 241 times: take a longer window",
    });
    expect(world.requests).toHaveLength(5);
  });

  it.each([
    [selector, "the query gives log lines: count or sum them with | stats"],
    ["error | stats count()", "the query has no window: begin it with _time:5m"],
  ])("nothing is asked for %s", async (logsql, error) => {
    const { source, world } = openWith(undefined);
    expect(await source.instant({ logsql }, at)).toMatchObject({ error });
    expect(await source.range({ logsql }, at, at, 1000)).toMatchObject({ error });
    expect(world.requests).toEqual([]);
  });
});

describe("errors", () => {
  it("are the newest lines", async () => {
    const { source } = openWith(replay(recorded, ["query-errors-newest-first-limit-5"], ["timeout"]));
    const lines = dataOf(await source.errors!(range));
    expect(lines.map((line) => line.at)).toEqual([
      1_795_257_217_710, 1_795_257_177_743, 1_795_257_167_193, 1_795_257_127_135, 1_795_257_117_889,
    ]);
    expect(lines[0]!.text).toBe("llm_completion");
    expect(lines[0]!.labels).toMatchObject({ "error.message": "upstream overloaded", model: "gpt-4-1106-preview" });
    expect(Object.keys(lines[0]!.labels).filter((name) => name.startsWith("_"))).toEqual([]);
  });

  it("without a message are their fields", async () => {
    const [line] = dataOf(await linesOf(recorded["query-fields-pipe"]!));
    expect(JSON.parse(line!.text)).toMatchObject({ "error.type": "provider_overloaded" });
  });

  it("are none where nothing, not even a line break, comes back", async () => {
    expect(await linesOf(recorded["query-empty"]!)).toMatchObject({ data: [], warnings: [] });
  });

  it("that cannot be read are counted, the others stay", async () => {
    const { body } = recorded["query-errors-newest-first-limit-5"]!;
    const broken = `${body}{"_time":"2026-11\n[1]\n{"_msg":"no time"}\n`;
    const answer = await linesOf({ body: broken });
    expect(dataOf(answer)).toHaveLength(5);
    expect(answer).toMatchObject({ warnings: ["3 lines of the answer could not be read"] });
    expect(await linesOf({ body: '{"a":1}' })).toMatchObject({
      error: 'logs.test:9428 answered "{"a":1}" instead of log lines',
    });
  });

  it("G10: are narrowed to the scope, whatever its names are", async () => {
    const { source, world } = openWith(() => recorded["query-empty"]!, { labels: { model: "gen_ai.model" } });
    await source.errors!({ ...range, scope: { model: 'x" OR * | delete "' } });
    expect(saidBy(world.requests[0]!).said["query"]).toBe(
      `gen_ai.model:="x\\" OR * | delete \\"" AND (${selector}) | sort by (_time desc) limit 5`,
    );
    expect(await source.errors!({ ...range, scope: { env: "prod" } })).toMatchObject({
      error: "cannot be narrowed to env prod: nobody said how the lines spell env, put it into labels of the source",
    });
    expect(world.requests).toHaveLength(1);
  });
});

const host = "logs.test:9428";

describe("G04: what VictoriaLogs refuses is said in words", () => {
  const sentences: Record<string, string> = {
    "auth-error-401-no-credentials": `${host} answered 401: it wants credentials: set bearer or basic on this source`,
    "error-400-bad-limit": `${host} refused the query: cannot parse integer "limit"="many": strconv.Atoi: parsing "many": invalid syntax`,
    "error-400-bad-start": `${host} refused the query: cannot parse start=yesterday: cannot parse duration "yesterday"`,
    "error-400-bad-tenant": `${host} refused the tenant: account and project are whole numbers from 0 to 4294967295`,
    "error-400-missing-query": `${host} refused the query: missing query`,
    "error-400-parse-missing-filter": `${host} refused the query: missing filter after '('`,
    "error-400-parse-sort-pipe": `${host} refused the query: cannot parse 'sort' pipe: cannot parse 'by' clause: missing \`(\``,
    "error-400-parse-unclosed-stream-filter": `${host} refused the query: unexpected token "" in _stream filter; want 'or', 'and', '}' or ','`,
    "error-400-wrong-path": `${host} has no query API below / (400: "unsupported path requested: "/loki/api/v1/query_range""): check the path in url, /select/logsql is added to it`,
    "error-400-wrong-select-path": `${host} has no query API below / (400: "unsupported path requested: "/select/loki/api/v1/labels""): check the path in url, /select/logsql is added to it`,
    "error-422-bad-step": `${host} refused the query: cannot parse 'step' arg: cannot parse duration "often"`,
    "error-422-parse-stats-query": `${host} refused the query: cannot parse 'stats' pipe: cannot parse 'by' clause: unexpected token: "count"; expecting ',' or ')'`,
    "error-422-stats-query-without-stats-pipe": `${host} refused the query: it gives log lines, it must count or sum them with | stats`,
    "limit-error-503-query-timeout": `${host} gave up: the query took too long; try a shorter window or a narrower scope`,
    "limit-error-503-too-many-concurrent-requests": `${host} is busy with other queries (too many concurrent requests): try again in a moment, tried 3 times`,
    "limit-error-503-too-many-concurrent-requests-stats-query": `${host} is busy with other queries (too many concurrent requests): try again in a moment, tried 3 times`,
    "limit-error-stats-query-timeout-broken-chunking": `${host} gave up in the middle of its answer; try a shorter window or a narrower scope`,
  };

  it("every refusal that was recorded", () => {
    const refusals = Object.keys(recorded).filter((name) => name.includes("error-") && !name.startsWith("stats"));
    const real = refusals.filter((name) => recorded[name]!.status >= 400 || name.startsWith("limit-error"));
    expect(Object.keys(sentences).sort()).toEqual(real.sort());
  });

  it.each(Object.entries(sentences))("%s", async (name, error) => {
    expect(await openWith(() => recorded[name]!).source.instant(figure, at)).toMatchObject({ error });
    expect(await linesOf(recorded[name]!)).toMatchObject({ error });
  });

  const odd: [string, FakeAnswer, string][] = [
    [
      "a login page",
      { body: "<!DOCTYPE html><title>Sign in\u001b[2J</title>" },
      `${host} answered a web page ("Sign in\\u001b[2J") instead of JSON: is / the right path in url, and not a login page?`,
    ],
    ["half a line", { body: '{"_time":"2026' }, `${host} answered "{"_time":"2026" instead of `],
    ["403", { status: 403, body: "no" }, `${host} answered 403: these credentials may not query`],
    ["429", { status: 429 }, `${host} answered 429: too many requests, try again in a moment, tried 3 times`],
    [
      "502",
      { status: 502, body: "<html>" },
      `${host} is not ready (502: a web page): try again in a moment, tried 3 times`,
    ],
    ["silence", { takesMs: 60_000 }, `${host}: no answer within 10s`],
  ];
  it.each(odd)("%s", async (_, answer, error) => {
    const [now, lines] = [await openWith(() => answer).source.instant(figure, at), await linesOf(answer)];
    for (const said of [now, lines]) expect("error" in said && said.error).toContain(error);
  });
});

describe("check", () => {
  const newest = (request: HttpRequest): FakeAnswer | undefined =>
    saidBy(request).said["limit"] === "1" ? recorded["auth-200-basic"]! : undefined;

  it("tells how old the newest line is", async () => {
    expect(await openWith(newest).source.check()).toMatchObject({
      ok: true,
      say: expect.stringMatching(/^\d+ ms, newest line 0 ms old$/) as string,
    });
  });

  it("tells a tenant without a line, and one that cannot be", async () => {
    expect(await openWith(() => recorded["tenant-other-account-empty"]!).source.check()).toMatchObject({
      ok: true,
      say: expect.stringContaining("no line in the last hour: is the tenant right?") as string,
    });
    expect(await openWith(() => recorded["error-400-bad-tenant"]!).source.check()).toMatchObject({ ok: false });
  });
});

describe("settings", () => {
  it.each([
    [{ errors: "a) OR (b" }, "closes nothing"],
    [{ errors: '{app="a"} | json | status="error"' }, "is LogQL"],
    [{ errors: "* | stats count()" }, "it counts lines, it must give them"],
    [{ tenant: { account: -1 } }, ""],
    [{ tenant: "7:0" }, ""],
  ])("refuse %j", (set, why) => {
    const { success, error } = victorialogs.schema.safeParse({ url: "http://x", ...set });
    expect(success).toBe(false);
    expect(JSON.stringify(error?.issues)).toContain(why);
  });
});
