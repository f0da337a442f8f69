import { createServer, type RequestListener, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { checkValue } from "../../src/schema/schema.ts";
import { http } from "../../src/sources/http.ts";
import type { Query } from "../../src/sources/source.ts";
import { realClock } from "../../src/world/clock.ts";
import { openHttp } from "../../src/world/http.ts";
import type { Scope } from "../../src/timeline/scope.ts";
import { fakeWorld, type Exchange, type FakeAnswer } from "../fake/world.ts";

const at = Date.parse("2026-11-21T03:00:00Z");
const minute = 60_000;
const url = "http://evals.test";

/** A source on scripted exchanges; what is not scripted fails. */
function stage(signals: object, exchanges: Exchange[] = [], more: object = {}) {
  const world = fakeWorld({ now: "2026-11-21T03:00:00Z", exchanges, env: { T: "s3cret-token" } });
  const { value, mistakes } = checkValue(http.schema, { url, signals, ...more });
  expect(mistakes).toEqual([]);
  return { world, source: http.open(value!, world, "/") };
}
const get = (path: string, answer: unknown, more: Partial<Exchange> = {}): Exchange => ({
  method: "GET",
  url: url + path,
  answer: { body: typeof answer === "string" ? answer : JSON.stringify(answer) },
  ...more,
});
const post = (path: string, body: unknown, answer: unknown): Exchange => ({
  method: "POST",
  url: url + path,
  body: JSON.stringify(body),
  headers: { "content-type": "application/json" },
  answer: { body: JSON.stringify(answer) },
});
const ask = (signal: string, scope: Scope = {}, more: object = {}): Query => ({
  signal,
  scope,
  windowMs: 5 * minute,
  ...more,
});
const mistakesOf = (signal: object) =>
  checkValue(http.schema, { url, signals: { s: signal } })
    .mistakes.map(({ message }) => message)
    .join("; ");

const score = { at: "/scores/latest?route={route}&unit=percent", pointer: "/value", scale: 0.01 };

describe("a number of a JSON answer", () => {
  it("is asked for with what is known, scaled, and needs no dimension that is not asked about", async () => {
    const { source, world } = stage(
      { groundedness_score: score },
      [
        get(
          "/scores/latest?route=support.reply&unit=percent",
          { value: 50 },
          { headers: { authorization: "Bearer s3cret-token", "x-team": "ai" } },
        ),
        get("/scores/latest?unit=percent", { value: "91.5" }),
      ],
      { bearer: { env: "T" }, headers: { "X-Team": "ai" } },
    );
    expect(source.signals).toEqual(new Map([["groundedness_score", ["route"]]]));
    expect(await source.instant(ask("groundedness_score", { route: "support.reply" }), at)).toMatchObject({
      data: [{ labels: {}, value: 0.5 }],
      warnings: [],
    });
    expect(await source.instant(ask("groundedness_score"), at)).toMatchObject({ data: [{ value: 0.915 }] });
    world.verify();
  });

  it("J06: whatever a value holds, it stays one piece of the address", async () => {
    const odd = "../a?x=1#y&z=%2e%2e/..\u0000é";
    const { source, world } = stage(
      { s: { at: "/v1/{route}/x", pointer: "" }, q: { at: "/q?r={route}&t=1", pointer: "" } },
      [get(`/v1/${encodeURIComponent(odd)}/x`, 1), get(`/q?${new URLSearchParams({ r: odd, t: "1" }).toString()}`, 2)],
    );
    expect(await source.instant(ask("s", { route: odd }), at)).toMatchObject({ data: [{ value: 1 }] });
    expect(await source.instant(ask("q", { route: odd }), at)).toMatchObject({ data: [{ value: 2 }] });
    for (const route of ["..", ".", ""])
      expect(await source.instant(ask("s", { route }), at)).toMatchObject({
        error: "/v1/{route}/x needs a route: --scope route=…",
      });
    world.verify();
  });

  it("J07: and one text of the body", async () => {
    const odd = '","kill":true,"x":"';
    const body = {
      size: 0,
      query: {
        bool: {
          filter: [
            { range: { "@timestamp": { gt: "{from}", lte: "{to}" } } },
            { term: { route: "{route}" } },
            { term: { tenant: "{tenant}" } },
          ],
        },
      },
      after: "{from_ms}",
    };
    const range = { range: { "@timestamp": { gt: "2026-11-21T02:55:00.000Z", lte: "2026-11-21T03:00:00.000Z" } } };
    const sent = (...terms: object[]) => ({
      size: 0,
      query: { bool: { filter: [range, ...terms] } },
      after: at - 5 * minute,
    });
    const answer = { took: 3, timed_out: false, _shards: { failed: 0 }, aggregations: { x: { value: 0.25 } } };
    const { source, world } = stage(
      { refusal_rate: { at: "/llm-*/_search", body, pointer: "/aggregations/x/value" } },
      [post("/llm-*/_search", sent({ term: { route: odd } }), answer), post("/llm-*/_search", sent(), answer)],
    );
    expect(source.signals).toEqual(new Map([["refusal_rate", ["route", "tenant"]]]));
    expect(await source.instant(ask("refusal_rate", { route: odd }), at)).toMatchObject({ data: [{ value: 0.25 }] });
    expect(await source.instant(ask("refusal_rate"), at)).toMatchObject({ data: [{ value: 0.25 }] });
    world.verify();
  });

  it.each([
    [{ value: 0.5 }, [0.5], ""],
    [{ value: " 5e-1 " }, [0.5], ""],
    [{ value: null }, [], ""],
    [{ value: "" }, [], ""],
    [{ value: "NaN" }, [Number.NaN], ""],
    [{ values: 1, at: 2 }, undefined, "answered nothing at /value (there is: values, at)"],
    [[], undefined, "answered nothing at /value"],
    [7, undefined, "answered nothing at /value"],
    [{ value: "n/a" }, undefined, 'answered "n/a" at /value, not a number'],
    [{ value: "0x10" }, undefined, 'answered "0x10" at /value, not a number'],
    [{ value: true }, undefined, "answered true at /value, not a number"],
    [{ value: [1] }, undefined, "answered a list at /value, not a number"],
    [{ value: {} }, undefined, "answered an object at /value, not a number"],
    [
      JSON.parse('{"__proto__": {"value": 1}}') as object,
      undefined,
      "answered nothing at /value (there is: __proto__)",
    ],
  ])("%j", async (body, values, why) => {
    const { source } = stage({ s: { at: "/s", pointer: "/value" } }, [get("/s", body)]);
    const answer = await source.instant(ask("s"), at);
    if (values === undefined) expect(answer).toMatchObject({ error: `evals.test ${why}` });
    else expect(answer).toMatchObject({ data: values.map((value) => ({ value })) });
  });

  it("that is older than the window is none, when the answer tells its time", async () => {
    const signal = { at: "/s", pointer: "/value", time: "/at" };
    const answers = [{ value: 1, at: (at - minute) / 1000 }, { value: 1, at: "2026-11-21 02:54:59" }, { value: 1 }];
    const { source } = stage(
      { s: signal },
      answers.map((answer) => get("/s", answer)),
    );
    expect(await source.instant(ask("s"), at)).toMatchObject({ data: [{ value: 1 }] });
    expect(await source.instant(ask("s"), at)).toMatchObject({
      data: [],
      warnings: ["its latest value is of 2026-11-21T02:54:59.000Z"],
    });
    expect(await source.instant(ask("s"), at)).toMatchObject({ error: "evals.test answered no time at /at" });
  });

  it("G03: a partial answer of Elasticsearch is marked", async () => {
    const body = { timed_out: true, _shards: { failed: 2 }, value: 1 };
    const { source } = stage({ s: { at: "/s", pointer: "/value" } }, [get("/s", body)]);
    expect(await source.instant(ask("s"), at)).toMatchObject({
      data: [{ value: 1 }],
      warnings: ["the answer is partial: it was cut off by a time limit", "the answer is partial: 2 shards failed"],
    });
  });
});

describe("what cannot be asked is refused, never ignored", () => {
  it("a dimension that the request does not name, a split nobody described, a signal nobody named", async () => {
    const { source } = stage({
      s: { at: "/s?r={route}", pointer: "", by: { tenant: { at: "/t", rows: "", name: "/n", pointer: "/v" } } },
    });
    const error = async (query: Query) => ((await source.instant(query, at)) as { error: string }).error;
    expect(await error(ask("s", { tenant: "acme" }))).toBe(
      "/s?r={route} cannot be narrowed to tenant: the request does not name {tenant}",
    );
    expect(await error(ask("s", { route: "a" }, { by: "tenant" }))).toBe(
      "/t cannot be narrowed to route: the request does not name {route}",
    );
    expect(await error(ask("s", {}, { by: "model" }))).toBe(
      "s cannot be split by model: say in by where evals.test tells it",
    );
    expect(await error(ask("toString"))).toBe("toString is not among the signals of this source");
  });

  it.each([
    [{ at: "http://evil.test/x", pointer: "" }, "expected a path below url"],
    [{ at: "/a/../b", pointer: "" }, "expected a path below url"],
    [{ at: "/a/%2E%2e/b", pointer: "" }, "expected a path below url"],
    [{ at: "/a", pointer: "value" }, "expected a JSON pointer"],
    [{ at: "/a/{rute}", pointer: "" }, "names {rute}, which is neither a dimension nor a time, did you mean route?"],
    [
      { at: "/a?q=route:{route}", pointer: "" },
      'needs a dimension to be the whole of a text, not a part of "route:{route}"',
    ],
    [
      { at: "/a", body: { query: 'FROM x | WHERE route == "{route}"' }, pointer: "" },
      "needs a dimension to be the whole of a text",
    ],
    [{ at: "/a", body: { "{route}": 1 }, pointer: "" }, "has a placeholder for a key: only values can be filled in"],
    [{ at: "/a", pointer: "", history: { at: "b", rows: "" } }, "expected a path below url"],
  ])("%j", (signal, why) => {
    expect(mistakesOf(signal)).toContain(why);
  });
});

describe("parts and past", () => {
  it("a split is a list of rows; what cannot be read of it is told", async () => {
    const buckets = [
      { key: "a", v: { value: 50 } },
      { key: 7, v: { value: "25" } },
      { key: "none", v: { value: null } },
      { key: "x" },
      1,
    ];
    const by = { route: { at: "/by?t={tenant}", rows: "/aggregations/r/buckets", name: "/key", pointer: "/v/value" } };
    const { source, world } = stage({ s: { ...score, by } }, [
      get("/by?t=acme", { aggregations: { r: { buckets } } }),
      get("/by", { aggregations: {} }),
      get("/by", { aggregations: { r: { buckets: [{}, {}] } } }),
      get("/by", { aggregations: { r: { buckets: [] } } }),
    ]);
    expect(await source.instant(ask("s", { tenant: "acme" }, { by: "route" }), at)).toMatchObject({
      data: [
        { labels: { route: "a" }, value: 0.5 },
        { labels: { route: "7" }, value: 0.25 },
      ],
      warnings: ["2 rows could not be read"],
    });
    const split = () => source.instant(ask("s", {}, { by: "route" }), at);
    expect(await split()).toMatchObject({
      error: expect.stringContaining("nothing at /aggregations/r/buckets") as string,
    });
    expect(await split()).toMatchObject({ error: "evals.test answered 2 rows without /key or a number at /v/value" });
    expect(await split()).toMatchObject({ data: [] });
    world.verify();
  });

  it("a past that is told is put on the steps that were asked for", async () => {
    const history = { at: "/h?since={from}&until={to}&every={step}", rows: "/points" };
    const points = [
      [(at - minute) / 1000, 30],
      [at - 16 * minute, 10],
      ["2026-11-21T02:50:00Z", 20],
      [null, 1],
      [at - 30 * minute, null],
    ];
    const { source, world } = stage({ s: { ...score, history } }, [
      get("/h?since=2026-11-21T02%3A40%3A00.000Z&until=2026-11-21T03%3A00%3A00.000Z&every=300s", { points }),
    ]);
    expect(await source.range(ask("s"), at - 15 * minute, at, 5 * minute)).toMatchObject({
      data: [
        {
          labels: {},
          points: [
            { at: at - 15 * minute, value: 0.1 },
            { at: at - 10 * minute, value: 0.2 },
            { at, value: 0.3 },
          ],
        },
      ],
      warnings: ["1 row could not be read"],
    });
    world.verify();
  });

  it("a past that can only be asked for point by point is asked for sparingly, and now is always among it", async () => {
    const asked: string[] = [];
    const world = fakeWorld({
      now: "2026-11-21T03:00:00Z",
      routes: (request) => {
        asked.push(new URL(request.url).searchParams.get("until")!);
        return { body: "4" } satisfies FakeAnswer;
      },
    });
    const { value } = checkValue(http.schema, { url, signals: { s: { at: "/s?until={to_ms}", pointer: "" } } });
    const answer = await http.open(value!, world, "/").range(ask("s"), at - 60 * minute, at, 15_000);
    expect(answer).toMatchObject({ data: [{ points: { length: asked.length } }], warnings: [] });
    expect(asked.length).toBeLessThanOrEqual(13);
    expect(asked.at(-1)).toBe(String(at));
  });

  it("a service that knows the latest value only says so, and is not asked for yesterday", async () => {
    const { source, world } = stage({ s: { at: "/s", pointer: "" } }, [get("/s", 4)]);
    const warnings = ["evals.test tells only the latest s: there is no past to compare it with"];
    expect(await source.range(ask("s"), at - 60 * minute, at, 5 * minute)).toMatchObject({
      data: [{ points: [{ at, value: 4 }] }],
      warnings,
    });
    const day = 24 * 60 * minute;
    expect(await source.range(ask("s"), at - day - 60 * minute, at - day, 5 * minute)).toMatchObject({
      data: [],
      warnings,
    });
    world.verify();
  });
});

describe("what goes wrong is said in plain words", () => {
  it.each<[string, FakeAnswer, string | RegExp]>([
    [
      "F02: a login page",
      { body: "<!doctype html><title>Sign in</title>" },
      /answered a web page \("Sign in"\) instead of JSON: is \/ the right path in url, and not a login page\?/,
    ],
    ["nothing", { body: "" }, "answered nothing instead of JSON"],
    ["a bare NaN", { body: '{"value": NaN}' }, 'answered "{"value": NaN}", which is no JSON'],
    ["cut JSON", { body: '{"value": 0.' }, 'answered "{"value": 0.", which is no JSON'],
    [
      "an error of Elasticsearch",
      {
        status: 404,
        body: '{"error":{"type":"index_not_found_exception","reason":"no such index [llm]"},"status":404}',
      },
      "answered 404: no such index [llm]",
    ],
    [
      "an error of FastAPI",
      { status: 422, body: '{"detail":"route is unknown\\u001b[2J"}' },
      "answered 422: route is unknown\\u001b[2J",
    ],
    [
      "404 without words",
      { status: 404, body: "not found" },
      'has no query API below / (404: "not found"): check the path in url, at of each signal goes behind it',
    ],
    ["500", { status: 500, body: "oops" }, 'is not ready (500: "oops"): try again in a moment'],
    [
      "F16: a redirect",
      { status: 302, headers: { location: "https://login.test/?next=x" } },
      "answered 302, redirecting to https://login.test/?next=x: put the final address into url",
    ],
    ["401", { status: 401 }, "answered 401: it wants credentials: set bearer or basic on this source"],
    ["403", { status: 403 }, "answered 403: these credentials may not query"],
    [
      "a refused connection",
      { failed: "nothing listens on evals.test:80 (connection refused)" },
      "nothing listens on evals.test:80 (connection refused)",
    ],
    ["data in an error", { status: 206, body: '{"value": 1}' }, "answered 206 with data, which is not trusted"],
  ])("%s", async (_, answer, why) => {
    const { source } = stage({ s: { at: "/s", pointer: "/value" } }, [get("/s", "", { answer })]);
    const said = await source.instant(ask("s"), at);
    expect(said).toMatchObject({
      error: typeof why === "string" ? expect.stringContaining(why) : expect.stringMatching(why),
    });
  });

  it("a secret that is missing", async () => {
    const { source } = stage({ s: { at: "/s", pointer: "" } }, [], { bearer: { env: "NONE" } });
    expect(await source.instant(ask("s"), at)).toMatchObject({
      error: expect.stringContaining("environment variable NONE is not set") as string,
    });
  });
});

describe("check", () => {
  it.each<[object, Exchange[], object]>([
    [{ s: { at: "/s?r={route}", pointer: "" } }, [get("/s", 0.123456)], { ok: true, say: "0 ms, s: 0.1235" }],
    [{ s: { at: "/s", pointer: "" } }, [get("/s", "null")], { ok: true, say: "0 ms, s: no value now" }],
    [{ s: { at: "/s", pointer: "/x" } }, [get("/s", {})], { ok: false, say: "evals.test answered nothing at /x" }],
    [
      { s: { at: "/{route}", pointer: "" } },
      [get("/", "", { answer: { status: 404 } })],
      { ok: true, say: "0 ms, but every signal needs a scope: none was tried" },
    ],
    [
      { s: { at: "/{route}", pointer: "" } },
      [get("/", "", { answer: { status: 401 } })],
      { ok: false, say: expect.stringContaining("401") },
    ],
  ])("%j", async (signals, exchanges, reach) => {
    const { source, world } = stage(signals, exchanges);
    expect(await source.check()).toMatchObject(reach);
    world.verify();
  });
});

describe("a real server", () => {
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  });
  async function real(listener: RequestListener, deadline = "2s") {
    const server = createServer(listener);
    servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { value } = checkValue(http.schema, {
      url: `http://${host}`,
      deadline,
      signals: { s: { at: "/s", pointer: "/value" } },
    });
    const world = { ...fakeWorld(), clock: realClock, http: openHttp({}, realClock) };
    return http.open(value!, world, "/").instant(ask("s"), at);
  }

  it("that sends 500 MB is cut off", async () => {
    const answer = await real((_, response) => {
      response.on("error", () => {});
      response.writeHead(200, { "content-type": "application/json" });
      const chunk = " ".repeat(1 << 20);
      let left = 500;
      const more = () => {
        while (left-- > 0 && !response.destroyed) if (!response.write(chunk)) return;
        response.end();
      };
      response.on("drain", more);
      more();
    });
    expect(answer).toMatchObject({
      error: expect.stringMatching(/^the answer of 127\.0\.0\.1:\d+ is larger than 4 MiB/) as string,
    });
  });

  it("F11: that drips for ever is ended by the deadline", async () => {
    const answer = await real((_, response) => {
      const drip = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(drip));
    }, "1s");
    expect(answer).toMatchObject({ error: expect.stringMatching(/was not complete within 1s/) as string });
  });

  it("that answers is read", async () => {
    expect(await real((_, response) => void response.end('{"value": 0.75}'))).toMatchObject({
      data: [{ value: 0.75 }],
    });
  });
});
