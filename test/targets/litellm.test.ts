import { describe, expect, it } from "vitest";
import { checkValue } from "../../src/schema/schema.ts";
import { litellm } from "../../src/targets/litellm.ts";
import type { Read, Target } from "../../src/targets/target.ts";
import type { Scope } from "../../src/timeline/scope.ts";
import type { Setting, Written } from "../../src/timeline/setting.ts";
import type { Json } from "../../src/timeline/value.ts";
import { visit } from "../doctor/place.ts";
import { cause } from "../fake/cause.ts";
import { fakeWorld, type FakeAnswer, type FakeWorld } from "../fake/world.ts";
import { conforms } from "./conform.ts";
import { adminKey, fakeLitellm, hash, levers, type FakeLitellm } from "./litellmFake.ts";

/** Nobody here can run LiteLLM: what is proven is that these calls fit its documented API, and survive what is known of it. */
const url = "http://llm:4000";
const scope: Scope = { route: "support.reply", tenant: "acme", model: "chat" };

interface Opened {
  fake: FakeLitellm;
  world: FakeWorld;
  target: Target;
}
function open(settings: object = {}, fake = fakeLitellm(), answers: Record<string, FakeAnswer> = {}): Opened {
  const world = fakeWorld({
    routes: (request) => answers[`${request.method} ${new URL(request.url).pathname}`] ?? fake.routes(request),
    env: { KEY: adminKey },
  });
  const names = { keys: { "support.reply": hash }, deployments: { "support.reply": "m-1" } };
  const { value, mistakes } = checkValue(litellm.schema, { url, key: { env: "KEY" }, ...names, levers, ...settings });
  expect(mistakes).toEqual([]);
  return { fake, world, target: litellm.open(value as never, world, "/project") };
}

async function see(target: Target, setting: Setting, at = scope): Promise<Exclude<Read, { error: string }>> {
  const read = await target.read(setting, at);
  if ("error" in read) throw new Error(read.error);
  return read;
}

async function move(target: Target, setting: Setting, after: Json, at = scope): Promise<Written> {
  const { value: before, version } = await see(target, setting, at);
  const rest = { id: "m1", mitigation: "test", target: "t", setting, scope: at, before, version };
  return target.write({ ...rest, after: { is: after } }, cause);
}

/** What it holds. Not blocked is null, false or nothing to LiteLLM, and only false can be written. */
function stateOf({ keys, teams, models, router, fallbacks }: FakeLitellm): unknown {
  const even = (rows: Record<string, object>) =>
    Object.entries(rows).map(([id, row]) => [id, { ...row, blocked: "blocked" in row && row.blocked === true }]);
  return structuredClone([even(keys), even(teams), even(models), router, fallbacks]);
}

describe("every call that is offered, and its way back", () => {
  const key = JSON.stringify({ key: hash });
  const cases: [Setting, object, Json, Json, string, string][] = [
    ["enabled", {}, true, false, `POST /key/block ${key}`, `POST /key/unblock ${key}`],
    [
      "enabled",
      { team: "{tenant}" },
      true,
      false,
      'POST /team/block {"team_id":"acme"}',
      'POST /team/unblock {"team_id":"acme"}',
    ],
    [
      "enabled",
      { deployment: "{route}" },
      true,
      false,
      'POST /model/block {"model_id":"m-1"}',
      'POST /model/unblock {"model_id":"m-1"}',
    ],
    ["blocked", {}, false, true, 'POST /team/block {"team_id":"acme"}', 'POST /team/unblock {"team_id":"acme"}'],
    ["blocked", { key: "{route}" }, false, true, `POST /key/block ${key}`, `POST /key/unblock ${key}`],
    [
      "tpm_limit",
      {},
      4096,
      512,
      `POST /key/update {"key":"${hash}","tpm_limit":512}`,
      `POST /key/update {"key":"${hash}","tpm_limit":4096}`,
    ],
    [
      "rpm_limit",
      {},
      null,
      60,
      `POST /key/update {"key":"${hash}","rpm_limit":60}`,
      `POST /key/update {"key":"${hash}","rpm_limit":null}`,
    ],
    [
      "rpm_limit",
      { team: "{tenant}" },
      null,
      0,
      'POST /team/update {"team_id":"acme","rpm_limit":0}',
      'POST /team/update {"team_id":"acme","rpm_limit":null}',
    ],
    [
      "budget_usd_per_hour",
      {},
      20,
      2.5,
      'POST /team/update {"team_id":"acme","max_budget":2.5}',
      'POST /team/update {"team_id":"acme","max_budget":20}',
    ],
    [
      "model",
      {},
      "gpt-4o",
      "gpt-4o-mini",
      'PATCH /model/m-1/update {"litellm_params":{"model":"gpt-4o-mini"}}',
      'PATCH /model/m-1/update {"litellm_params":{"model":"gpt-4o"}}',
    ],
    [
      "max_retries",
      {},
      3,
      0,
      'POST /config/update {"router_settings":{"num_retries":0}}',
      'POST /config/update {"router_settings":{"num_retries":3}}',
    ],
    [
      "timeout_ms",
      {},
      30_000,
      500,
      'POST /config/update {"router_settings":{"timeout":0.5}}',
      'POST /config/update {"router_settings":{"timeout":30}}',
    ],
    [
      "fallbacks",
      {},
      ["chat-small"],
      ["a", "b"],
      'POST /fallback {"model":"chat","fallback_models":["a","b"],"fallback_type":"general"}',
      'POST /fallback {"model":"chat","fallback_models":["chat-small"],"fallback_type":"general"}',
    ],
    [
      "fallbacks",
      { model: "{model}", type: "context_window" },
      [],
      ["a"],
      'POST /fallback {"model":"chat","fallback_models":["a"],"fallback_type":"context_window"}',
      "DELETE /fallback/chat?fallback_type=context_window",
    ],
  ];
  it.each(cases)("%s %j: %j → %j", async (setting, on, was, wanted, there, back) => {
    const own = Object.keys(on).length === 0 ? {} : { levers: { [setting]: on } };
    const { fake, target } = open(own);
    const before = stateOf(fake);
    expect((await see(target, setting)).value).toEqual({ is: was });
    expect(await move(target, setting, wanted)).toEqual({ written: true, version: null });
    expect((await see(target, setting)).value).toEqual({ is: wanted });
    expect(await move(target, setting, was)).toEqual({ written: true, version: null });
    expect(fake.writes).toEqual([there, back]);
    expect(stateOf(fake)).toEqual(before);
  });

  it("says on whose behalf", async () => {
    const { fake, target } = open();
    await move(target, "enabled", false);
    expect(fake.changedBy).toBe("dana");
  });
});

describe("what is known of it", () => {
  it("F01: 'Config updated successfully' about what it drops is no success", async () => {
    const { fake, target } = open();
    fake.drops.add("num_retries");
    expect(await move(target, "max_retries", 0)).toEqual({
      unknown: true,
      why: "llm:4000 said yes, and the pod that answers tells another value",
    });
    expect(fake.writes).toHaveLength(1);
  });

  it("F03: a pod that has not heard of it yet leaves the write unknown, and a later read proves it", async () => {
    const { fake, target } = open();
    fake.behind = 3;
    expect(await move(target, "enabled", false)).toMatchObject({ unknown: true });
    expect((await see(target, "enabled")).value).toEqual({ is: true });
    await see(target, "enabled");
    expect((await see(target, "enabled")).value).toEqual({ is: false });
    expect(fake.writes).toHaveLength(1);
    expect(target.levers.every(({ settles, conditional }) => settles === 60_000 && !conditional)).toBe(true);
  });

  it("a deployment out of config.yaml is not offered", async () => {
    const { target } = open({ deployments: { "support.reply": "m-2" } });
    expect(await target.read("model", scope)).toMatchObject({
      error: "litellm llm:4000: deployment m-2 comes from config.yaml, which LiteLLM changes through no API",
    });
  });

  it("a call that this release does not have is not tried", async () => {
    const { fake, target } = open();
    fake.paths.delete("post /key/block");
    expect(await move(target, "enabled", false)).toMatchObject({
      refused: true,
      why: "this release of LiteLLM (1.95.0) has no POST /key/block",
    });
    fake.paths.delete("get /fallback/{model}");
    expect(await target.read("fallbacks", scope)).toMatchObject({
      error: "llm:4000 answered 404: there is nothing at this address: Not Found",
    });
    expect(fake.writes).toEqual([]);
  });

  it("where it does not describe itself, its 404 is the refusal", async () => {
    const { fake, target } = open({}, fakeLitellm(), { "GET /openapi.json": { status: 404 } });
    fake.paths.delete("post /key/block");
    expect(await move(target, "enabled", false)).toMatchObject({ refused: true });
    expect(fake.writes).toHaveLength(1);
  });

  it("without a database nothing is written", async () => {
    const { fake, target } = open();
    fake.db = "Not connected";
    expect(await move(target, "enabled", false)).toMatchObject({
      refused: true,
      why: 'llm:4000 says "Not connected" of its database, without which LiteLLM keeps no change',
    });
    expect(fake.writes).toEqual([]);
  });

  it("a budget that is not for an hour is no budget per hour", async () => {
    const { target } = open({ levers: { budget_usd_per_hour: { key: "{route}" } } });
    expect(await target.read("budget_usd_per_hour", scope)).toMatchObject({
      error: "litellm llm:4000: its budget is for good, not for an hour, and counts all that was spent so far",
    });
  });

  it("a router without a timeout gets none: it could not be taken away again", async () => {
    const { fake, target } = open();
    delete fake.router["timeout"];
    expect(await target.read("timeout_ms", scope)).toMatchObject({
      error: expect.stringContaining("has no timeout of its own") as string,
    });
  });

  it("refuses what the setting cannot hold, and what it does not know", async () => {
    const { fake, target } = open();
    for (const [setting, value] of [
      ["tpm_limit", "many"],
      ["tpm_limit", -1],
      ["model", ""],
      ["max_retries", null],
      ["fallbacks", "chat"],
      ["enabled", "off"],
    ] as const)
      expect(await move(target, setting, value)).toMatchObject({ refused: true });
    expect(fake.writes).toEqual([]);
    expect(await move(target, "fallbacks", ["nonsense"])).toMatchObject({
      refused: true,
      why: "llm:4000 answered 400: it does not accept this value: Invalid fallback models: ['nonsense']",
    });
  });
});

describe("names and secrets", () => {
  it("finds keys by the names that the project gives them", async () => {
    const { target } = open();
    expect(await target.read("enabled", { route: "suport.reply" })).toMatchObject({
      missing: true,
      error: "keys of the target in llmops.yaml has no suport.reply",
      nearest: ["support.reply"],
    });
    expect((await see(target, "enabled", { route: hash })).value).toEqual({ is: true });
    expect(await target.read("blocked", { tenant: "acne" })).toMatchObject({
      missing: true,
      error: "litellm llm:4000: has no team acne",
    });
  });

  it("D02: one key under two names is refused: what is changed for the one is changed for the other", () => {
    const twins = { url, key: "k", levers: {}, keys: { a: "h1", b: "h2", c: "h1" }, deployments: { x: "1", y: "1" } };
    expect(checkValue(litellm.schema, twins).mistakes.map((one) => one.message)).toEqual([
      "`c` is the same as a, and what is changed for one is changed for both: name it once",
      "`y` is the same as x, and what is changed for one is changed for both: name it once",
    ]);
  });

  it("J06: an id that the project writes out is that one, whatever stands in it", async () => {
    for (const id of ["bedrock/claude-v2:1", "100%", "a%2Fb", "x?y=1#z"]) {
      const world = fakeWorld({
        routes: () => ({ status: 200, body: '{"fallback_models":["b"]}' }),
        env: { KEY: adminKey },
      });
      const own = { url, key: { env: "KEY" }, levers: { fallbacks: { model: id } } };
      const target = litellm.open(checkValue(litellm.schema, own).value as never, world, "/project");
      expect((await see(target, "fallbacks")).value).toEqual({ is: ["b"] });
      const { pathname, search } = new URL(world.requests[0]!.url);
      expect([decodeURIComponent(pathname), search]).toEqual([`/fallback/${id}`, "?fallback_type=general"]);
    }
  });

  it("K01: a key itself stands neither in the project nor in a scope, nor does the admin's key in a message", async () => {
    const wrong = checkValue(litellm.schema, {
      url,
      key: "k",
      keys: { a: "sk-1" },
      levers: { enabled: { key: "sk-2" } },
    });
    expect(JSON.stringify(wrong.mistakes)).toContain("write its hash");
    const { world, target } = open({ keys: {} });
    expect(await target.read("enabled", { route: "sk-secret" })).toMatchObject({
      error: "a key itself must not stand in a scope",
    });
    expect(world.requests).toEqual([]);
    const refused = open({ key: "sk-other" }).target;
    expect(await refused.check()).toMatchObject({ ok: false, say: expect.stringContaining("answered 401") as string });
    expect(JSON.stringify([await refused.read("enabled", scope), await refused.check()])).not.toContain("sk-other");
  });

  it("says what is not proven", async () => {
    const { target } = open();
    expect(litellm.caveat).toBe("not yet run against a live LiteLLM");
    expect(await see(target, "enabled")).toMatchObject({
      identity: "litellm llm:4000 (1.95.0)",
      notes: [litellm.caveat, "what is read back is one pod's answer: the others follow within a minute"],
    });
    expect((await see(target, "max_retries")).notes).toHaveLength(2);
  });

  it("the doctor says so too", async () => {
    const project =
      'targets: { gateway: { litellm: { url: "http://llm:4000", key: { env: KEY }, levers: { max_retries: router } } } }';
    const env = { KEY: adminKey };
    const { screen } = await visit(project, { "llm:4000": (request) => fakeLitellm().routes(request) }, { env });
    expect(screen.replace(/\s+/g, " ")).toContain(
      "gateway 0 ms (1.95.0), write not tried, not yet run against a live LiteLLM",
    );
  });

  it.each<[object, string]>([
    [{ max_tokens: { key: "{route}" } }, "LiteLLM has no cap on tokens"],
    [{ max_fallbacks: "router" }, "LiteLLM takes it and drops it"],
    [{ cache: "router" }, "FLUSHALL of the whole Redis"],
    [{ blocked: { customer: "{user}" } }, "LiteLLM notes /customer/block, does not enforce it"],
    [{ system_prompt_suffix: { key: "{route}" } }, "is not offered by LiteLLM in a way that works"],
    [{ enabld: { key: "{route}" } }, "is no setting, did you mean enabled?"],
    [{ max_retries: { key: "{route}" } }, "lies on router at LiteLLM"],
    [{ enabled: { key: "{rout}" } }, "did you mean route?"],
    [{ enabled: { key: "a" }, blocked: { key: "a" } }, "is enabled under another name"],
    [{ enabled: { key: "a", team: "b" } }, "needs one of key, team, deployment, model"],
    [{ enabled: { key: "a", type: "general" } }, "has type without model"],
  ])("levers %j: %s", (given, why) => {
    const { mistakes } = checkValue(litellm.schema, { url, key: "k", levers: given });
    expect(mistakes.map(({ message }) => message).join("\n")).toContain(why);
  });
});

it.each<[string, FakeAnswer]>([
  ["F08: 500 after applying", { status: 500, body: '{"error":{"message":"Internal Server Error"}}' }],
  ["F08: 408 of what stands before it", { status: 408, body: "" }],
  ["F10: no answer in time", { status: 200, takesMs: 20_000 }],
  ["F16: a redirect", { status: 307, headers: { location: "https://elsewhere.example/" } }],
  ["F12: a connection that breaks", { failed: "the connection was closed", sent: true }],
  ["F02: a login page", { status: 200, headers: { "content-type": "text/html" }, body: "<html></html>" }],
])("%s: may have been applied, and is not sent again", async (_, answer) => {
  const { world, target } = open({}, fakeLitellm(), { "POST /key/block": answer });
  expect(await move(target, "enabled", false)).toMatchObject({ unknown: true });
  expect(world.requests.filter(({ method }) => method === "POST")).toHaveLength(1);
});

conforms(
  "litellm",
  async () => {
    const { fake, world } = open();
    let work: (() => Promise<void>) | undefined;
    const http: FakeWorld["http"] = async (request) => {
      if (request.method !== "GET") await work?.();
      if (request.method !== "GET") work = undefined;
      return world.http(request);
    };
    const { value } = checkValue(litellm.schema, {
      url,
      key: { env: "KEY" },
      keys: { "support.reply": hash },
      deployments: { "support.reply": "m-1" },
      levers,
    });
    return {
      target: called(litellm.open(value as never, { ...world, http }, "/project")),
      scope,
      live: async () => fake.keys[hash]!["tpm_limit"],
      beside: async () => JSON.stringify([fake.keys, fake.teams, fake.models, fake.router, fake.fallbacks]),
      other: async (tokens) => void (fake.keys[hash]!["tpm_limit"] = tokens),
      before: (one) => void (work = one),
      writes: () => fake.writes.length,
      close: async () => {},
    };
  },
  {
    compareAndSet: "LiteLLM has no ETag and no condition of any kind",
    absent: "what LiteLLM has no value for is null, and never absent",
  },
);

/** LiteLLM has no `max_tokens`: where the suite says that, `tpm_limit` is meant. */
function called(target: Target): Target {
  const own = (setting: Setting): Setting => (setting === "max_tokens" ? "tpm_limit" : setting);
  return {
    ...target,
    read: (setting, at) => target.read(own(setting), at),
    write: (change, by) => target.write({ ...change, setting: own(change.setting) }, by),
  };
}
