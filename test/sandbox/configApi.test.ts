import { describe, expect, it } from "vitest";
import { open as start } from "./figures.ts";

const route = "/config/routes/support.reply";
const open = () => start({ mode: "metrics" });

describe("the sandbox's config API", () => {
  it("shows a route with a strong ETag that stays as long as the settings do", async () => {
    const { send, pass } = await open();
    const first = await send("GET", route);
    await pass(60_000);
    const second = await send("GET", route);
    expect(first.status).toBe(200);
    expect(first.headers["content-type"]).toBe("application/json");
    expect(first.headers["etag"]).toMatch(/^"[0-9a-f]+"$/);
    expect(second).toMatchObject({ body: first.body, headers: first.headers });
    expect(JSON.parse(first.body)).toEqual({
      enabled: true,
      fallback_response: "error",
      model: "gpt-4o",
      provider: "openai",
      fallbacks: [],
      max_tokens: 4096,
      max_input_tokens: 128_000,
      timeout_ms: 60_000,
      max_retries: 2,
      retry_backoff: { base_ms: 400, max_ms: 10_000, jitter: false },
      circuit_breaker: false,
      rpm_limit: 6000,
      tpm_limit: 100_000_000,
      budget_usd_per_hour: 10_000,
      cache: true,
      prompt_version: "v14",
      system_prompt_suffix: "",
      guardrails: true,
      retrieval: false,
      tools: { track_parcel: true, change_address: true },
      trace_sample_rate: 1,
      owner: "support",
      note: "ask support before changing this",
    });
  });

  it("takes a write on the version that was read, and refuses the next one on it", async () => {
    const { send } = await open();
    const { headers, body } = await send("GET", route);
    const wanted = { ...(JSON.parse(body) as object), max_tokens: 512 };
    const written = await send("PUT", route, wanted, { "if-match": headers["etag"]! });
    expect(written.status).toBe(200);
    expect(written.headers["etag"]).not.toBe(headers["etag"]);
    const late = await send("PUT", route, { ...wanted, max_tokens: 99 }, { "if-match": headers["etag"]! });
    expect(late.status).toBe(412);
    expect(late.headers["etag"]).toBe(written.headers["etag"]);
    expect(JSON.parse((await send("GET", route)).body)).toEqual(wanted);
  });

  it.each([
    ['"other"', 412],
    ["*", 200],
    ['W/"weak", "other"', 412],
  ])("If-Match: %s is answered with %i", async (condition, status) => {
    const { send } = await open();
    expect((await send("PATCH", route, { enabled: false }, { "if-match": condition })).status).toBe(status);
  });

  it("takes any of several versions, and no condition at all", async () => {
    const { send } = await open();
    const { headers } = await send("GET", route);
    const several = { "if-match": `"other", ${headers["etag"]!}` };
    expect((await send("PATCH", route, { enabled: false }, several)).status).toBe(200);
    expect((await send("PATCH", route, { enabled: true })).status).toBe(200);
    expect((await send("GET", route)).headers["etag"]).toBe(headers["etag"]);
  });

  it("merges a patch and leaves the rest", async () => {
    const { send } = await open();
    const before = JSON.parse((await send("GET", route)).body) as object;
    const type = { "content-type": "application/merge-patch+json" };
    const { body } = await send("PATCH", route, { model: "gpt-4o-mini", note: "switched" }, type);
    expect(JSON.parse(body)).toEqual({ ...before, model: "gpt-4o-mini", note: "switched" });
  });

  it.each([
    [{ max_tokens: -1 }, "max_tokens"],
    [{ max_tokens: "512" }, "max_tokens"],
    [{ max_tokens: 1.5 }, "max_tokens"],
    [{ max_tokens: null }, "max_tokens: is missing"],
    [{ enabled: 0 }, "enabled"],
    [{ model: "gpt-9" }, "must be one of gpt-4o, gpt-4o-mini, claude-3-5-haiku"],
    [{ model: "constructor" }, "model"],
    [{ rpm_limit: 1e9 }, "rpm_limit"],
    [{ max_token: 512 }, "max_token: is not a setting"],
    ['{"__proto__": {"enabled": false}}', "__proto__: is not a setting"],
    [[], "must be an object"],
    [{ provider: "opneai" }, "provider: must be one of openai, azure, anthropic, bedrock"],
    [{ fallbacks: "gpt-4o-mini" }, "fallbacks: must be a list"],
    [{ fallbacks: ["gpt-9"] }, "fallbacks: must be one of"],
    [{ tools: { refund: false } }, "tools: refund: is not a setting"],
    [{ tools: { track_parcel: 0 } }, "tools: track_parcel: must be true or false"],
    [{ tools: { track_parcel: null } }, "tools: track_parcel: is missing"],
    [{ circuit_breaker: 5 }, "circuit_breaker: must be true or false, or must be an object"],
    [{ retry_backoff: { base_ms: 0 } }, "retry_backoff: base_ms: must be a whole number from 1"],
    [{ fallback_response: "message: hello" }, "fallback_response: must be one of error, message, cached, rules"],
    [{ trace_sample_rate: 100 }, "trace_sample_rate: must be a number from 0 to 1"],
  ])("refuses the nonsense %j and changes nothing", async (patch, why) => {
    const { send } = await open();
    const before = await send("GET", route);
    const { status, body } = await send("PATCH", route, patch);
    expect(status).toBe(422);
    expect((JSON.parse(body) as { error: { message: string } }).error.message).toContain(why);
    expect(await send("GET", route)).toMatchObject({ body: before.body, headers: before.headers });
  });

  it.each([
    ["GET", "/config/routes/support", 404, undefined, {}],
    ["GET", "/config/routes/constructor", 404, undefined, {}],
    ["GET", "/config/routes/%zz", 404, undefined, {}],
    ["PATCH", "/config/routes/support", 404, { enabled: false }, {}],
    ["GET", "/config", 404, undefined, {}],
    ["DELETE", route, 405, undefined, {}],
    ["POST", route, 405, { enabled: false }, {}],
    ["PUT", "/config/routes", 405, {}, {}],
    ["PATCH", "/config/blocked_users", 405, ["u-1"], {}],
    ["PUT", route, 415, {}, { "content-type": "text/plain" }],
    ["PUT", route, 415, {}, { "content-type": "application/merge-patch+json" }],
    ["PUT", route, 400, "{", {}],
    ["PUT", route, 422, { enabled: false }, {}],
    ["PUT", "/config/blocked_users", 422, { id: "u-1" }, {}],
    ["PUT", "/config/blocked_users", 422, ["u-1", 2], {}],
    ["PUT", "/config/blocked_users", 422, ["u-1", "u-1"], {}],
  ] as const)("%s %s: %i", async (method, path, status, body, headers) => {
    const { send } = await open();
    const answer = await send(method, path, body, { ...headers });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toHaveProperty("error.message");
  });

  it("lists the routes, also under their encoded names", async () => {
    const { send } = await open();
    const { body } = await send("GET", "/config/routes");
    expect(JSON.parse(body)).toEqual([
      "support.reply",
      "search.answer",
      "chat.free",
      "summarize.doc",
      "agent.research",
    ]);
    expect((await send("GET", "/config/routes/support%2Ereply")).status).toBe(200);
  });

  it("merges a patch of one tool, and keeps whether deploys are frozen", async () => {
    const { send } = await open();
    const { body } = await send("PATCH", route, { tools: { track_parcel: false } });
    expect(JSON.parse(body)).toMatchObject({ tools: { track_parcel: false, change_address: true } });
    expect(JSON.parse((await send("GET", "/config/deploys")).body)).toEqual({ frozen: false });
    expect(JSON.parse((await send("PATCH", "/config/deploys", { frozen: true })).body)).toEqual({ frozen: true });
    expect((await send("PUT", "/config/deploys", { frozen: "yes" })).status).toBe(422);
  });

  it("keeps the list of blocked users", async () => {
    const { send } = await open();
    const { headers, body } = await send("GET", "/config/blocked_users");
    expect(JSON.parse(body)).toEqual([]);
    const written = await send("PUT", "/config/blocked_users", ["u-8841"], { "if-match": headers["etag"]! });
    expect(JSON.parse(written.body)).toEqual(["u-8841"]);
    expect(JSON.parse((await send("GET", "/config/blocked_users")).body)).toEqual(["u-8841"]);
  });

  it("gives one of two writers the win", async () => {
    const { send } = await open();
    const { headers } = await send("GET", route);
    const condition = { "if-match": headers["etag"]! };
    const both = await Promise.all([512, 256].map((max_tokens) => send("PATCH", route, { max_tokens }, condition)));
    expect(both.map(({ status }) => status)).toEqual([200, 412]);
    expect(JSON.parse((await send("GET", route)).body)).toMatchObject({ max_tokens: 512 });
  });

  it("says that it is there", async () => {
    const { send } = await open();
    expect(await send("GET", "/healthz")).toMatchObject({ status: 200, body: '{\n  "status": "ok"\n}\n' });
  });
});
