import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkValue } from "../../src/schema/schema.ts";
import { consul } from "../../src/targets/consul.ts";
import type { Read, Target } from "../../src/targets/target.ts";
import type { Change, Setting } from "../../src/timeline/setting.ts";
import type { Scope } from "../../src/timeline/scope.ts";
import type { Value } from "../../src/timeline/value.ts";
import { cause } from "../fake/cause.ts";
import { fakeWorld, type FakeAnswer, type FakeOptions, type FakeWorld } from "../fake/world.ts";
import { conforms } from "./conform.ts";
import { startFakeConsul, type FakeConsul } from "./consulFake.ts";
import { exactly, readRecorded, saying, type Recorded } from "./recorded.ts";
import { watchedWorld, type WatchedWorld } from "./watchedWorld.ts";

const scope = { route: "support.reply" };
const levers = {
  max_tokens: { at: "llm/{route}/limits", pointer: "/max_tokens" },
  model: "llm/{route}/model",
  enabled: { at: "llm/{route}/enabled", true: "1", false: "0" },
  timeout_ms: { at: "llm/{route}/timeout_ms", create: true },
  rpm_limit: "llm/{route}/rpm_limit",
};
type Got = Exclude<Read, { error: string }>;

function settingsOf(settings: Record<string, unknown>): never {
  const { value, mistakes } = checkValue(consul.schema, { levers, ...settings });
  expect(mistakes).toEqual([]);
  return value as never;
}

async function read(target: Target, setting: Setting, of: Scope = scope): Promise<Got> {
  const got = await target.read(setting, of);
  if ("error" in got) throw new Error(got.error);
  return got;
}

function change(
  setting: Setting,
  { value, version }: Pick<Got, "value" | "version">,
  after: Value,
  of: Scope = scope,
): Change {
  return { id: "m1", mitigation: "test", target: "t", setting, scope: of, before: value, after, version };
}

describe("a Consul made from the shapes of the recorded one", () => {
  let server: FakeConsul;
  const limits = '{"max_tokens": 4096, "tenant": 12345678901234567890, "x": 1e400}';
  beforeAll(async () => {
    server = await startFakeConsul();
    server.put("llm/support.reply/limits", limits, { flags: "18446744073709551615" });
    server.put("llm/support.reply/model", "gpt-4o");
    server.put("llm/support.reply/enabled", "1");
    server.put("llm/search/model", "gpt-4o");
  });
  afterAll(() => server?.close());

  const open = (settings: Record<string, unknown> = {}): WatchedWorld & { target: Target } => {
    const watched = watchedWorld(({ method }) => method !== "GET");
    return { ...watched, target: consul.open(settingsOf({ url: server.url, ...settings }), watched.world, "/project") };
  };

  conforms("consul", async () => {
    const { target, writes, before } = open();
    const path = "llm/support.reply/limits";
    return {
      target,
      scope,
      writes,
      before,
      live: async () => (JSON.parse(server.keys.get(path)!.text) as { max_tokens: number }).max_tokens,
      beside: async () => {
        const lines = [...server.keys].map(([key, { text, flags }]) => `${key} ${flags} ${text}`).sort();
        return lines.join("\n").replace(/"max_tokens": \d+/, "");
      },
      other: async (value) => server.put(path, limits.replace("4096", String(value))),
      close: async () => {},
    };
  });

  it("says which datacenter answered, and at which index the key is", async () => {
    const { target } = open();
    const host = server.url.slice(7);
    const { modified } = server.keys.get("llm/support.reply/model")!;
    expect((await read(target, "model")).identity).toBe(`consul ${host}, datacenter eu1, index ${modified}`);
    expect((await target.check()).say).toMatch(/^\d+ ms, datacenter eu1, write not tried$/);
  });

  it("F14: flags, however large, and a lock stay with the key", async () => {
    const { target, sent } = open();
    const path = "llm/support.reply/limits";
    server.put(path, limits, { session: "f0e1" });
    const got = await read(target, "max_tokens");
    expect(await target.write(change("max_tokens", got, { is: 512 }), cause)).toMatchObject({ written: true });
    expect(server.keys.get(path)).toMatchObject({
      text: limits.replace("4096", "512"),
      flags: "18446744073709551615",
      session: "f0e1",
    });
    expect(sent.at(-1)!.url).toMatch(/\/v1\/kv\/llm\/support\.reply\/limits\?cas=\d+&flags=18446744073709551615$/);
    server.put(path, limits);
  });

  it("D03, F05: a lost compare-and-set says why, and is sent once; so is the creation of what somebody else made", async () => {
    const { target, writes, before } = open();
    const host = server.url.slice(7);
    const got = await read(target, "model");
    before(async () => server.put("llm/support.reply/model", "theirs"));
    expect(await target.write(change("model", got, { is: "ours" }), cause)).toEqual({
      conflict: true,
      live: { is: "theirs" },
      why: `${host} answered false: the key is no longer at index ${got.version}`,
    });
    before(async () => server.put("llm/support.reply/timeout_ms", "1"));
    expect(await target.write(change("timeout_ms", await read(target, "timeout_ms"), { is: 9 }), cause)).toEqual({
      conflict: true,
      live: { is: 1 },
      why: `${host} answered false: somebody made the key since it was read`,
    });
    expect(writes()).toBe(2);
    server.put("llm/support.reply/model", "gpt-4o");
    server.keys.delete("llm/support.reply/timeout_ms");
  });

  it("J06: lists the routes there are, and a value of the scope stays in one segment of the key", async () => {
    const { target, sent } = open();
    server.put("llm/a%2Fb/model", "m");
    expect(await target.list!("route")).toEqual(["a/b", "search", "support.reply"]);
    expect(await read(target, "model", { route: "a/b" })).toMatchObject({ value: { is: "m" } });
    server.keys.delete("llm/a%2Fb/model");
    expect(await target.read("model", { route: "../../agent?raw#x" })).toMatchObject({ missing: true });
    expect(sent.at(-2)!.url).not.toMatch(/\.\.\/|raw#/);
    const before = sent.length;
    for (const route of ["..", "."]) {
      const nothing = `llm/${route}/model is no key that a URL can carry; nothing was sent`;
      expect(await target.read("model", { route })).toEqual({ error: nothing });
      const written = target.write(change("model", { value: { is: 1 }, version: "1" }, { is: 2 }, { route }), cause);
      expect(await written).toEqual({ refused: true, why: nothing });
    }
    expect(sent).toHaveLength(before);
  });
});

describe("a Consul with tokens", () => {
  const tokens = { write: "canary-write-5f3a", read: "canary-read-77b1" };
  let server: FakeConsul;
  beforeAll(async () => {
    server = await startFakeConsul({ tokens });
    server.put("llm/support.reply/model", "gpt-4o");
  });
  afterAll(() => server?.close());
  const open = (token?: string): Target => {
    const { world } = watchedWorld(({ method }) => method !== "GET", { CONSUL_HTTP_TOKEN: token ?? "" });
    const given = token === undefined ? {} : { token: { env: "CONSUL_HTTP_TOKEN" } };
    return consul.open(settingsOf({ url: server.url, ...given }), world, "/project");
  };
  const here = "environment variable CONSUL_HTTP_TOKEN (token of the target in llmops.yaml)";

  it("a token that may not ask which datacenter it is does not fail the read", async () => {
    const got = await read(open(tokens.read), "model");
    expect(got.identity).toMatch(/^consul 127\.0\.0\.1:\d+, index \d+$/);
    expect(got).toMatchObject({ value: { is: "gpt-4o" } });
  });

  it("F18, F19: no token, one that it does not know, and one that may not write are three different things", async () => {
    const host = server.url.slice(7);
    expect(await open().read("model", scope)).toEqual({
      error: `${host} answered 403: it wants a token for this`,
      next: "set token on this target in llmops.yaml",
    });
    expect(await open("canary-old-0000").read("model", scope)).toEqual({
      error: `${host} answered 403: it does not know this token (ACL not found)`,
      next: `renew ${here}, then try again`,
    });
    const reader = open(tokens.read);
    const got = await read(reader, "model");
    expect(await reader.write(change("model", got, { is: "small" }), cause)).toEqual({
      refused: true,
      why: `${host} answered 403: these credentials may not do this: Permission denied`,
      next: `use a token whose policy allows it in ${here}, or change it by hand`,
    });
    const writer = open(tokens.write);
    expect(await writer.write(change("model", await read(writer, "model"), { is: "small" }), cause)).toMatchObject({
      written: true,
    });
    expect(await open("canary-old-0000").check()).toMatchObject({ ok: false });
  });
});

const recorded = readRecorded("consul");
const url = "http://127.0.0.1:8500";
const key = "llm/gateway/quotas";
/** With the content type that curl was told; Consul keeps bytes and does not look at it. */
const asked = (one: Recorded) => {
  const { "content-type": _, ...sent } = one.sent;
  return exactly({ ...one, sent }, url);
};
const self = {
  method: "GET" as const,
  url: `${url}/v1/agent/self`,
  answer: { status: 403, body: "Permission denied" },
};

describe("as Consul 1.8 was recorded", () => {
  function open(given: FakeOptions, more: Record<string, unknown> = {}): { target: Target; world: FakeWorld } {
    const world = fakeWorld({ env: { CONSUL_HTTP_TOKEN: "test-token" }, ...given });
    const at = { max_tokens: { at: key, pointer: "/max_tokens_per_request" }, model: { at: key, create: true } };
    return { target: consul.open(settingsOf({ url, levers: at, ...more }), world, "/project"), world };
  }
  const replay = (...names: string[]) =>
    open({
      exchanges: names.flatMap((name) => [asked(recorded[name]!), ...(recorded[name]!.method === "GET" ? [self] : [])]),
    });
  const cap = (after: number) => change("max_tokens", { value: { is: 8192 }, version: "14" }, { is: after }, {});

  it("reads a value with its index", async () => {
    const { target, world } = replay("kv-get-200");
    expect(await target.read("max_tokens", {})).toMatchObject({
      value: { is: 8192 },
      version: "14",
      identity: "consul 127.0.0.1:8500, index 14",
    });
    world.verify();
  });

  it("writes on condition of the index that was read", async () => {
    const { target, world } = replay("kv-get-200", "kv-put-cas-ok-true");
    expect(await target.write(cap(4096), cause)).toEqual({ written: true, version: null });
    world.verify();
  });

  it("D03, F05: takes a 200 that says false for the lost compare-and-set that it is", async () => {
    const { target, world } = replay("kv-get-200", "kv-put-cas-stale-false", "kv-get-after-lost-cas-200");
    expect(await target.write(cap(2048), cause)).toEqual({
      conflict: true,
      live: { is: 4096 },
      why: "127.0.0.1:8500 answered false: the key is no longer at index 14",
    });
    world.verify();
  });

  it("makes a key on condition that there is none, and takes it away on condition of its index", async () => {
    const missing = { ...recorded["kv-get-missing-404"]!, path: recorded["kv-get-200"]!.path };
    const quotas = JSON.parse(recorded["kv-put-cas-0-create-true"]!.form) as { default_model: string };
    for (const [end, written] of [
      ["create-true", { written: true }],
      ["exists-false", { conflict: true }],
    ] as const) {
      const { target } = open({
        exchanges: [asked(recorded[`kv-put-cas-0-${end}`]!)],
        routes: ({ method }) => (method === "GET" ? saying(missing) : undefined),
      });
      expect(
        await target.write(change("model", { value: { absent: true }, version: "0" }, { is: quotas }, {}), cause),
      ).toMatchObject(written);
    }
    const body = recorded["kv-get-200"]!.body.replaceAll('Index": 14', 'Index": 23');
    for (const [name, index, written] of [
      ["ok-true", 23, { written: true }],
      ["stale-false", 14, { conflict: true }],
    ] as const) {
      const there = { ...saying(recorded["kv-get-200"]!), body: index === 23 ? body : recorded["kv-get-200"]!.body };
      const { target } = open({
        exchanges: [asked(recorded[`kv-delete-cas-${name}`]!)],
        routes: ({ method }) => (method === "GET" ? there : undefined),
      });
      const value = { is: { max_tokens_per_request: 8192, rpm_limit: 300, default_model: quotas.default_model } };
      expect(
        await target.write(change("model", { value, version: String(index) }, { absent: true }, {}), cause),
      ).toMatchObject(written);
    }
  });

  it("reads an empty value, a text, and what does not exist", async () => {
    const at = { levers: { model: { at: "llm/gateway/{route}", create: true } } };
    for (const [route, name, value] of [
      ["empty", "kv-get-empty-value-null-200", { is: "" }],
      ["kill_switch", "kv-get-text-value-200", { is: "off" }],
      ["no_such_key", "kv-get-missing-404", { absent: true }],
    ] as const) {
      const { target } = open({ exchanges: [asked(recorded[name]!), self] }, at);
      expect(await target.read("model", { route })).toMatchObject({ value });
    }
  });

  it("F14: bytes that are no text are no value, and nothing is written over them", async () => {
    const value = `"${Buffer.from([0xff]).toString("base64")}"`;
    const body = recorded["kv-get-200"]!.body.replace(/(?<="Value": )"[^"]+"/, value);
    const { target, world } = open({ routes: () => ({ ...saying(recorded["kv-get-200"]!), body }) });
    const error = "llm/gateway/quotas of 127.0.0.1:8500 holds bytes that are no UTF-8 text";
    expect(await target.read("model", {})).toEqual({ error });
    expect(await target.write(cap(1), cause)).toEqual({ refused: true, why: error });
    expect(world.requests.every(({ method }) => method === "GET")).toBe(true);
  });

  it("a 404 of which no Consul knows is no absent key", async () => {
    const { target } = open({ routes: () => saying(recorded["unknown-path-404"]!) });
    expect(await target.read("model", {})).toEqual({
      error: "127.0.0.1:8500 answered 404: there is nothing at this address",
      next: "see that the lever's address in llmops.yaml is right",
    });
    expect(await target.check()).toMatchObject({ ok: false });
  });

  it("a list that this token may not see is empty", async () => {
    const { target } = open(
      { routes: () => saying(recorded["acl-no-token-recurse-404"]!) },
      { levers: { model: "llm/{route}/model" } },
    );
    expect(await target.list!("route")).toEqual([]);
    expect(
      await open({ routes: () => saying(recorded["kv-get-keys-200"]!) }, { levers: { model: "llm/{route}/model" } })
        .target.list!("route"),
    ).toEqual(["gateway"]);
  });

  const noLeader = "127.0.0.1:8500 answered 500: its cluster has no leader, and can neither be read nor written now";
  it.each([
    ["acl-no-token-put-403", { refused: true, why: "127.0.0.1:8500 answered 403: it wants a token for this" }],
    ["acl-unknown-token-403", { refused: true }],
    ["no-leader-put-500", { refused: true, why: noLeader }],
    [
      "kv-put-cas-not-a-number-500",
      { unknown: true, why: '127.0.0.1:8500 answered 500: strconv.ParseUint: parsing "latest": invalid syntax' },
    ],
    ["kv-put-cas-missing-key-false", { conflict: true }],
    [
      "wrong-method-405",
      {
        refused: true,
        why: "127.0.0.1:8500 answered 405: it takes no PUT here, only OPTIONS,GET,PUT,DELETE: method POST not allowed",
      },
    ],
    [
      "txn-bad-json-400",
      {
        refused: true,
        why: "127.0.0.1:8500 answered 400: it does not accept this value: Failed to parse body: unexpected EOF",
      },
    ],
    ["txn-stale-index-409", { refused: true }],
    ["acl-no-token-txn-409", { refused: true }],
    [
      "status-leader-200",
      { unknown: true, why: '127.0.0.1:8500 answered 200, and neither true nor false: "127.0.0.1:21300"' },
    ],
  ])("F01, F02, F19: a write that is answered as in %s is no success", async (name, written) => {
    const { target, world } = open({
      routes: ({ method }) => saying(recorded[method === "GET" ? "kv-get-200" : name]!),
    });
    expect(await target.write(cap(1), cause)).toMatchObject(written);
    expect(world.requests.filter(({ method }) => method !== "GET")).toHaveLength(1);
  });

  it.each<[string, FakeAnswer, object]>([
    ["a web page", { body: "<html>Sign in" }, { unknown: true }],
    ["nothing", { body: "" }, { unknown: true }],
    ["a JSON text", { body: '"true"' }, { unknown: true }],
    ["a redirect", { status: 307, headers: { location: "http://evil.example/v1/kv/x" } }, { unknown: true }],
    ["a lost leader", { status: 500, body: "leadership lost while committing log" }, { unknown: true }],
    ["no answer", { failed: "cut", sent: true }, { unknown: true, why: "cut" }],
    ["no connection", { failed: "refused", sent: false }, { refused: true, why: "refused" }],
  ])("F02, F08, F12: a write that is answered by %s is no success", async (_, answer, written) => {
    const { target } = open({ routes: ({ method }) => (method === "GET" ? saying(recorded["kv-get-200"]!) : answer) });
    expect(await target.write(cap(1), cause)).toMatchObject(written);
  });

  it("says that there is no leader, and what to do", async () => {
    const { target } = open({ routes: () => saying(recorded["no-leader-get-500"]!) });
    expect(await target.read("max_tokens", {})).toEqual({
      error: noLeader,
      next: "see that most of its servers run and reach each other (consul operator raft list-peers), or change it by hand where it is read",
    });
    expect(await target.check()).toMatchObject({ ok: false, say: noLeader });
  });

  it("a token goes into its header and nowhere else", async () => {
    const wrong = recorded["acl-unknown-token-403"]!;
    const { target, world } = open(
      { exchanges: [asked(wrong), { ...self, headers: wrong.sent }] },
      { token: { env: "CONSUL_HTTP_TOKEN" } },
    );
    expect(await target.read("max_tokens", {})).toMatchObject({
      error: expect.stringContaining("does not know this token") as string,
    });
    expect(world.secrets.hideKnown("a test-token b")).toBe("a [secret CONSUL_HTTP_TOKEN] b");
    world.verify();
  });
});

describe("settings", () => {
  it.each([
    [{ url: "http://h", levers: { model: "/llm/model" } }, "`model` needs a key like llm/{route}/enabled"],
    [{ url: "http://h", levers: { model: "llm/../model" } }, "`model` needs a key like llm/{route}/enabled"],
    [{ url: "http://h", levers: { model: "llm/" } }, "`model` needs a key like llm/{route}/enabled"],
    [{ url: "consul:8500", levers: {} }, "`url` needs an http:// or https:// address without user and password"],
  ])("mistake %#", (settings, message) => {
    expect(checkValue(consul.schema, settings).mistakes.map((m) => m.message)).toEqual([message]);
  });
});
