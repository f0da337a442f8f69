import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { callRules, type Call, type CallRule, type Range, type Source } from "../../src/sources/source.ts";
import { callsStage, end, good, lines } from "./callsFake.ts";

const stage = callsStage();
afterEach(stage.clear);

const minute = 60_000;
const hour: Range = { scope: {}, from: end - 60 * minute, to: end, limit: 30 };
let id = 0;
/** a call `before` ms before `end` */
const call = (before: number, more: object = {}) => ({
  timestamp: new Date(end - before).toISOString(),
  call_id: `c${id++}`,
  route: "a",
  status: "success",
  latency_ms: 1000,
  cost_usd: 0.5,
  ...more,
});
const pick = async (on: Source, of: CallRule, range: Partial<Range> = {}): Promise<Call[]> =>
  good(await on.calls!(of, { ...hour, ...range }));
const ids = async (on: Source, of: CallRule, range: Partial<Range> = {}) =>
  (await pick(on, of, range)).map((one) => one.id);

describe("calls by rule", () => {
  it("tells all that is known of a call, and nothing that is not", async () => {
    const whole = {
      timestamp: "2026-11-21T02:59:00.250Z",
      trace_id: "t1",
      call_id: "c",
      env: "prod",
      region: "eu",
      route: "a",
      tenant: "acme",
      tier: "paid",
      user_id: "u1",
      model: "large",
      model_reported: "large-2026-11",
      provider: "east",
      prompt_version: "v14",
      status: "error",
      error: { type: "timeout", message: "no answer from east", http_status: 504 },
      finish_reason: "length",
      latency_ms: 1234.5,
      token_usage: { prompt: 10, completion: 20, total: 30 },
      cost_usd: 0.01,
      prompt_snapshot: "What?\n\u001b[31m",
      response_snapshot: "That.",
    };
    const { source: on } = stage.open({ "a.jsonl": lines(whole, { timestamp: end - 1, call_id: "bare" }) });
    expect(await pick(on, "random")).toEqual(
      expect.arrayContaining([
        {
          id: "c",
          trace: "t1",
          at: Date.parse(whole.timestamp),
          scope: {
            route: "a",
            tenant: "acme",
            user: "u1",
            model: "large",
            provider: "east",
            tier: "paid",
            env: "prod",
            region: "eu",
          },
          status: "error",
          error: "timeout: no answer from east (HTTP 504)",
          finish: "length",
          latencyMs: 1234.5,
          tokensIn: 10,
          tokensOut: 20,
          costUsd: 0.01,
          promptVersion: "v14",
          modelReported: "large-2026-11",
          prompt: whole.prompt_snapshot,
          response: "That.",
        },
        { id: "bare", at: end - 1, scope: {} },
      ]),
    );
  });

  it("is of the time and the scope that were asked for", async () => {
    const { source: on } = stage.open({
      "a.jsonl": lines(
        call(60 * minute, { call_id: "at the start" }),
        call(60 * minute - 1, { call_id: "first" }),
        call(0, { call_id: "last" }),
        call(-1, { call_id: "after" }),
        call(1, { call_id: "elsewhere", route: `b' OR 1=1 --` }),
      ),
    });
    expect((await ids(on, "random")).toSorted()).toEqual(["elsewhere", "first", "last"]);
    expect((await ids(on, "slow", { scope: { route: "a" } })).toSorted()).toEqual(["first", "last"]);
    expect(await ids(on, "slow", { scope: { route: `b' OR 1=1 --` } })).toEqual(["elsewhere"]);
    expect(await ids(on, "random", { scope: { route: "none" } })).toEqual([]);
  });

  it("failed: each kind of error once before any twice, the newest first; a call that was refused did not fail", async () => {
    const error = (before: number, type: string, name: string) =>
      call(before, { call_id: name, status: "error", error: { type, message: `m ${before}` } });
    const { source: on } = stage.open({
      "a.jsonl": lines(
        error(1, "timeout", "t1"),
        error(2, "timeout", "t2"),
        error(3, "timeout", "t3"),
        error(9000, "parse", "p1"),
        call(4, { status: "refused", error: { type: "blocked" } }),
        call(5),
        call(6, { call_id: "no status", status: null, error: { type: "other" } }),
      ),
    });
    expect((await ids(on, "failed", { limit: 3 })).toSorted()).toEqual(["no status", "p1", "t1"]);
    expect((await ids(on, "failed")).slice(3)).toEqual(["t2", "t3"]);
  });

  it("flagged, expensive and slow: the worst first; what is not known is not the worst", async () => {
    const { source: on } = stage.open({
      "a.jsonl": lines(
        call(1, { call_id: "cheap", cost_usd: 0.1, latency_ms: 10 }),
        call(2, { call_id: "dear", cost_usd: 9, latency_ms: null, status: "flagged" }),
        call(3, { call_id: "unpriced", cost_usd: null, latency_ms: 90_000, token_usage: { total: 7 } }),
        call(4, { call_id: "free", cost_usd: 0, latency_ms: "20", flagged: true }),
        call(5, { call_id: "filtered", cost_usd: "2.5", latency_ms: [1], finish_reason: "content_filter" }),
      ),
    });
    expect(await ids(on, "expensive")).toEqual(["dear", "filtered", "cheap", "unpriced"]);
    expect(await ids(on, "expensive", { limit: 2 })).toEqual(["dear", "filtered"]);
    expect(await ids(on, "slow")).toEqual(["unpriced", "free", "cheap"]);
    expect((await ids(on, "flagged")).toSorted()).toEqual(["dear", "filtered", "free"]);
  });

  it("random: the same calls each time, whatever file and order they are in, from all parts of the time", async () => {
    const all = Array.from({ length: 3000 }, (_, i) =>
      call(1 + Math.floor((i * i * 60 * minute) / 9_000_001), { call_id: `r${i}` }),
    );
    const { source: on } = stage.open({ "a.jsonl": lines(...all) });
    const drawn = await pick(on, "random");
    expect(drawn).toHaveLength(30);
    expect(new Set(drawn.map((one) => one.id)).size).toBe(30);
    const { source: other } = stage.open({
      "x.jsonl": lines(...all.slice(1500).toReversed()),
      "y.jsonl": lines(...all.slice(0, 1500)),
    });
    expect((await ids(other, "random")).toSorted()).toEqual(drawn.map((one) => one.id).toSorted());
    // most calls are of the last minutes, but the sample is of the whole hour
    const thirds = [0, 1, 2].map(
      (third) => drawn.filter(({ at }) => Math.floor((at - hour.from - 1) / (20 * minute)) === third).length,
    );
    expect(thirds).toEqual([10, 10, 10]);
  });

  it("random: a record that stands for a hundred calls is drawn as often as a hundred records", async () => {
    const all = Array.from({ length: 1000 }, (_, i) =>
      call(30 * minute, { call_id: `s${i}`, ...(i < 500 ? { status: "error" } : { sample_rate: 0.01 }) }),
    );
    const { source: on } = stage.open({ "a.jsonl": lines(...all) });
    const drawn = await pick(on, "random", { limit: 100 });
    // of 50,500 calls 500 failed: about one in a hundred
    expect(drawn.filter(({ status }) => status === "error").length).toBeLessThan(6);
  });

  it("long texts are cut, all rules live with no record at all", async () => {
    const { source: on } = stage.open({ "a.jsonl": lines(call(1, { prompt_snapshot: "x".repeat(50_000) })) });
    expect((await pick(on, "random"))[0]!.prompt).toHaveLength(20_000);
    for (const rule of callRules) expect(await pick(on, rule, { scope: { env: "none" } })).toEqual([]);
    const { source: none } = stage.open({});
    for (const rule of callRules)
      expect(await none.calls!(rule, hour)).toMatchObject({
        error: expect.stringMatching(/^no file matches/) as string,
      });
  });
});

describe("errors", () => {
  const told = async (records: object[], settings: object = {}) => {
    const { source: on } = stage.open({ "a.jsonl": lines(...records) }, settings);
    return good(await on.errors!(hour)).map(({ text }) => text);
  };

  it("are told with their call, the newest first", async () => {
    const { source: on } = stage.open({
      "a.jsonl": lines(
        call(2000, {
          call_id: "x",
          user_id: "u",
          status: "error",
          error: { type: "timeout", message: "none after 3 s", http_status: 504 },
        }),
        call(1000, { call_id: "y", status: "error", error: { type: "parse" } }),
        call(500),
      ),
    });
    expect(good(await on.errors!(hour))).toEqual([
      { at: end - 1000, text: "parse", labels: { call: "y", route: "a" } },
      { at: end - 2000, text: "timeout: none after 3 s (HTTP 504)", labels: { call: "x", route: "a", user: "u" } },
    ]);
  });

  it("H01: more than were asked for are announced", async () => {
    const { source: on } = stage.open({
      "a.jsonl": lines(...[1, 2, 3].map((n) => call(n, { status: "error", error: { type: `e${n}` } }))),
    });
    expect(await on.errors!({ ...hour, limit: 2 })).toMatchObject({
      data: [{ text: "e1" }, { text: "e2" }],
      warnings: ["only the newest 2 errors were read, there are more"],
    });
    expect(await on.errors!({ ...hour, limit: 3 })).toMatchObject({ warnings: [] });
  });

  it("H03: an error may be a text, an object in a text, a number, a list, empty or missing", async () => {
    const errors = [
      "plain words",
      '{"type":"nested","message":"in a text"}',
      503,
      ["a"],
      {},
      null,
      "",
      { code: "quota", message: { a: 1 } },
      '{"broken',
    ];
    expect(await told(errors.map((error, i) => call(i + 1, { status: "error", error })))).toEqual([
      "plain words",
      "nested: in a text",
      "503",
      '["a"]',
      "{}",
      "failed, and no error is recorded",
      "failed, and no error is recorded",
      "quota",
      '{"broken',
    ]);
  });

  it("are found where the project says, and in no other field", async () => {
    const fields = { "error.message": "err.text", "error.type": "err.kind", call_id: "uuid" };
    expect(
      await told([call(1, { status: "error", error: "not this", err: { text: "this", kind: "k" } })], { fields }),
    ).toEqual(["k: this"]);
  });

  it("without a status, what stands for the error says that there was one", async () => {
    expect(
      await told([
        call(1, { status: null, error: "gone" }),
        call(2, { status: null, error: null }),
        call(3, { status: null, error: {} }),
        call(4, { status: "success", error: "told, but not failed" }),
      ]),
    ).toEqual(["gone"]);
  });
});

describe("consumers", () => {
  const top = async (on: Source, range: Partial<Range> = {}) =>
    good(await on.consumers!({ ...hour, ...range })).map(
      ({ dimension, name, calls, tokens, cost, share }) =>
        `${dimension} ${name}: ${calls} calls, ${tokens} tokens, ${cost} USD, ${share}`,
    );

  it("who and what uses most: weighted, of the cost, for each dimension the greatest first", async () => {
    const { source: on } = stage.open({
      "a.jsonl": lines(
        call(1, { trace_id: "loop", user_id: "u1", cost_usd: 1, sample_rate: 0.5, token_usage: { total: 10 } }),
        call(2, { trace_id: "loop", user_id: "u1", cost_usd: 1, token_usage: { prompt: 3, completion: 4 } }),
        call(3, { trace_id: "once", user_id: "u2", cost_usd: 5, model: "m" }),
        call(90 * minute, { user_id: "old", cost_usd: 100 }),
      ),
    });
    expect(await top(on)).toEqual([
      "user u2: 1 calls, 0 tokens, 5 USD, 0.625",
      "user u1: 3 calls, 27 tokens, 3 USD, 0.375",
      "route a: 4 calls, 27 tokens, 8 USD, 1",
      "model m: 1 calls, 0 tokens, 5 USD, 0.625",
      "trace loop: 3 calls, 27 tokens, 3 USD, 0.375",
    ]);
    expect(await top(on, { limit: 1, scope: { user: "u1" } })).toEqual([
      "user u1: 3 calls, 27 tokens, 3 USD, 1",
      "route a: 3 calls, 27 tokens, 3 USD, 1",
      "trace loop: 3 calls, 27 tokens, 3 USD, 1",
    ]);
  });

  it("without a cost the tokens count, without tokens the calls; nobody where nobody calls", async () => {
    const { source: on } = stage.open({
      "a.jsonl": lines(
        call(1, { user_id: "u1", cost_usd: null, token_usage: { total: 30 }, route: null }),
        call(2, { user_id: "u2", cost_usd: null, token_usage: { total: 10 }, route: null }),
      ),
      "b.jsonl": lines(...[1, 2, 3].map((n) => call(n, { cost_usd: null, tenant: n === 1 ? "x" : "y", route: "c" }))),
    });
    expect(await top(on, { scope: { user: "u1" } })).toEqual(["user u1: 1 calls, 30 tokens, 0 USD, 1"]);
    expect((await top(on)).slice(0, 2)).toEqual([
      "user u1: 1 calls, 30 tokens, 0 USD, 0.75",
      "user u2: 1 calls, 10 tokens, 0 USD, 0.25",
    ]);
    expect(await top(on, { scope: { route: "c" }, limit: 1 })).toEqual([
      `tenant y: 2 calls, 0 tokens, 0 USD, ${2 / 3}`,
      "route c: 3 calls, 0 tokens, 0 USD, 1",
    ]);
    expect(await top(on, { scope: { route: "none" } })).toEqual([]);
  });
});

describe("gzip, broken lines and other spellings", () => {
  it("are no hindrance to samples, errors and consumers", async () => {
    const fields = {
      timestamp: "when",
      call_id: "ids.call",
      trace_id: "ids.trace",
      user_id: "who",
      cost_usd: "price",
      status: "outcome",
    };
    const record = {
      when: (end - 5) / 1000,
      ids: { call: "c", trace: "t" },
      who: "u",
      price: "0.25",
      outcome: "error",
      error: "gone",
    };
    const { source: on } = stage.open(
      {
        "a.jsonl.gz": gzipSync(lines(record)),
        "b.jsonl": lines("{broken", "null", "[1]", { when: "never" }, { ...record, ids: "t" }) + '{"when',
      },
      { files: ["*.gz", "*.jsonl"], fields },
    );
    expect(await pick(on, "failed")).toEqual([
      { id: "c", trace: "t", at: end - 5, scope: { user: "u" }, status: "error", error: "gone", costUsd: 0.25 },
      { id: `@${end - 5}`, at: end - 5, scope: { user: "u" }, status: "error", error: "gone", costUsd: 0.25 },
    ]);
    expect(good(await on.errors!(hour)).map(({ labels }) => labels["call"])).toEqual([`@${end - 5}`, "c"]);
    expect(good(await on.consumers!(hour))).toMatchObject([
      { dimension: "user", name: "u", calls: 2, cost: 0.5, share: 1 },
    ]);
  });
});
