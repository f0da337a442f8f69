import { describe, expect, it } from "vitest";
import { folder, open } from "./figures.ts";

const ask = { messages: [{ role: "user", content: "Where is my parcel?" }], user: "u-0007" };
const support = { "x-route": "support.reply", "x-tenant": "globex" };
const path = "/v1/chat/completions";

interface Completion {
  id: string;
  model: string;
  choices: { message: { content: string }; finish_reason: string }[];
  usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
}

/** A sandbox with no traffic but ours. */
const alone = () => open({ mode: "both", callsPerSecond: 0 });

describe("POST /v1/chat/completions", () => {
  it("answers as OpenAI does, with the model of the route, and logs the call", async () => {
    const { send, records, began } = await alone();
    const { status, body } = await send("POST", path, ask, support);
    const answer = JSON.parse(body) as Completion;
    expect(status).toBe(200);
    expect(answer).toMatchObject({ object: "chat.completion", model: "gpt-4o-2024-11-20", created: began / 1000 });
    expect(answer.choices[0]!.message.content.split(" ")).toHaveLength(answer.usage.completion_tokens);
    expect(answer.usage.total_tokens).toBe(answer.usage.prompt_tokens + answer.usage.completion_tokens);
    expect(records()).toHaveLength(1);
    expect(records()[0]).toMatchObject({
      call_id: answer.id,
      route: "support.reply",
      tenant: "globex",
      user_id: "u-0007",
      model: "gpt-4o",
      token_usage: { prompt: answer.usage.prompt_tokens, completion: answer.usage.completion_tokens },
      prompt_snapshot: "Where is my parcel?",
    });
    expect((await send("GET", "/metrics")).body).toContain(
      'llm_requests_total{status="success",model="gpt-4o",tenant="globex",route="support.reply"} 1\n',
    );
  });

  it("takes route and tenant from the metadata too", async () => {
    const { send, records } = await alone();
    await send("POST", path, { ...ask, metadata: { route: "agent.research", tenant: "initech" } });
    expect(records()[0]).toMatchObject({ route: "agent.research", tenant: "initech" });
  });

  it("does without metadata, and with messages in parts", async () => {
    const { send, records } = await alone();
    const messages = [{ role: "user", content: [{ type: "text", text: "Hi" }] }, null];
    expect((await send("POST", path, { messages, metadata: null })).status).toBe(200);
    expect(records()[0]).toMatchObject({ route: "chat.free", tenant: "acme", user_id: "u-sandbox" });
  });

  it("keeps the cap of the route and the caller's own", async () => {
    const { send } = await alone();
    const out = async (more: object) =>
      (JSON.parse((await send("POST", path, { ...ask, ...more }, support)).body) as Completion).usage.completion_tokens;
    expect(await out({ max_tokens: 7 })).toBe(7);
    await send("PATCH", "/config/routes/support.reply", { max_tokens: 5 });
    expect(await out({ max_tokens: 7 })).toBe(5);
    expect(await out({})).toBe(5);
  });

  it("follows the model of the settings", async () => {
    const { send } = await alone();
    await send("PATCH", "/config/routes/support.reply", { model: "claude-3-5-haiku" });
    const { body } = await send("POST", path, { ...ask, model: "gpt-4o" }, support);
    expect((JSON.parse(body) as Completion).model).toBe("claude-3-5-haiku-20241022");
  });

  it.each([
    [503, "route_disabled", "PATCH", "/config/routes/support.reply", { enabled: false }],
    [403, "user_blocked", "PUT", "/config/blocked_users", ["u-0007"]],
    [429, "rate_limited", "PATCH", "/config/routes/support.reply", { rpm_limit: 0 }],
  ] as const)("answers %i %s when the settings say so", async (status, type, method, address, settings) => {
    const { send, records } = await alone();
    expect((await send(method, address, settings)).status).toBe(200);
    const refused = await send("POST", path, ask, support);
    expect(refused.status).toBe(status);
    expect(JSON.parse(refused.body)).toMatchObject({ error: { type } });
    expect(records()[0]).toMatchObject({ status: "refused", error: { type, http_status: status }, cost_usd: 0 });
  });

  it("counts a limit by the minute and by the route", async () => {
    const { send, world } = await alone();
    await world.clock.advance(60_000 - (world.clock.now() % 60_000));
    await send("PATCH", "/config/routes/support.reply", { rpm_limit: 2 });
    const statuses = async (n: number) => {
      const all = [];
      for (let i = 0; i < n; i++) all.push((await send("POST", path, ask, support)).status);
      return all;
    };
    expect(await statuses(3)).toEqual([200, 200, 429]);
    expect((await send("POST", path, ask, { "x-route": "chat.free" })).status).toBe(200);
    await world.clock.advance(60_000);
    expect(await statuses(3)).toEqual([200, 200, 429]);
  });

  it("passes the provider's errors on", async () => {
    const { send } = await open({ mode: "metrics", callsPerSecond: 0, fault: "provider-outage" });
    const statuses = new Set<number>();
    for (let i = 0; i < 40; i++) statuses.add((await send("POST", path, ask, support)).status);
    expect(statuses).toEqual(new Set([200, 429, 503]));
  });

  it.each<[number, unknown, Record<string, string>]>([
    [400, "{", {}],
    [400, [], {}],
    [400, { messages: [] }, {}],
    [400, { ...ask, stream: true }, {}],
    [400, { ...ask, max_tokens: 0 }, {}],
    [404, { ...ask, metadata: { route: "support" } }, {}],
    [404, ask, { "x-route": "support" }],
    [404, ask, { "x-route": "constructor" }],
    [415, ask, { "content-type": "text/plain" }],
  ])("answers %i to %j %j, and logs no call", async (status, body, headers) => {
    const { send, world } = await open({ callsPerSecond: 0 });
    const answer = await send("POST", path, body, headers);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toHaveProperty("error.type");
    expect(Object.keys(world.files.all())).toEqual([`${folder}/calls/history.jsonl`, `${folder}/changes.jsonl`]);
  });

  it("answers 405 to another method", async () => {
    const { send } = await alone();
    expect(await send("GET", path)).toMatchObject({ status: 405, headers: { allow: "POST" } });
  });
});

describe("what answers while a route is off", () => {
  it.each([
    ["message", "We are back soon. Please try again in a few minutes."],
    [{ answer: "message", text: "Back at noon." }, "Back at noon."],
    ["rules", "Please choose: 1 my orders, 2 returns, 3 talk to a person."],
    ["cached", /\.$/],
  ])("is %j, which no model said and nobody pays for", async (fallback_response, said) => {
    const { send, records } = await alone();
    await send("PATCH", "/config/routes/support.reply", { enabled: false, fallback_response });
    const { status, headers, body } = await send("POST", path, ask, support);
    const answer = JSON.parse(body) as Completion;
    expect({ status, model: answer.model }).toEqual({ status: 200, model: "fallback" });
    expect(answer.choices[0]!.message.content).toMatch(said);
    expect(answer.usage.total_tokens).toBe(0);
    expect(headers).not.toHaveProperty("x-llmops-model");
    expect(records()[0]).toMatchObject({ status: "refused", error: { type: "route_disabled" }, cost_usd: 0 });
  });
});

describe("the headers of an answer", () => {
  const served = (headers: Record<string, unknown>) =>
    ["model", "provider", "max-tokens"].map((name) => headers[`x-llmops-${name}`]);

  it("tell who served it and the cap of the route", async () => {
    const { send } = await alone();
    expect(served((await send("POST", path, { ...ask, max_tokens: 7 }, support)).headers)).toEqual([
      "gpt-4o",
      "openai",
      "4096",
    ]);
    const settings = { model: "claude-3-5-haiku", provider: "bedrock", max_tokens: 512 };
    await send("PATCH", "/config/routes/support.reply", settings);
    expect(served((await send("POST", path, ask, support)).headers)).toEqual(["claude-3-5-haiku", "bedrock", "512"]);
  });

  it("tell whom an error came from, and nothing where nobody was asked", async () => {
    const { send } = await open({ mode: "metrics", callsPerSecond: 0, fault: "key-revoked" });
    const { status, headers } = await send("POST", path, ask, { "x-route": "agent.research" });
    expect({ status, served: served(headers) }).toEqual({
      status: 401,
      served: ["claude-3-5-haiku", "anthropic", "4096"],
    });
    await send("PATCH", "/config/routes/support.reply", { enabled: false });
    expect(served((await send("POST", path, ask, support)).headers)).toEqual([undefined, undefined, undefined]);
  });
});
