import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkValue } from "../../src/schema/schema.ts";
import { redis } from "../../src/targets/redis.ts";
import type { Read, Target } from "../../src/targets/target.ts";
import type { Change, Setting } from "../../src/timeline/setting.ts";
import type { Scope } from "../../src/timeline/scope.ts";
import type { Value } from "../../src/timeline/value.ts";
import { openRedis } from "../../src/world/redis.ts";
import { cause } from "../fake/cause.ts";
import { fakeWorld, type FakeWorld } from "../fake/world.ts";
import { conforms } from "./conform.ts";
import { cable, redisIsMissing, startRedis, type RealRedis } from "../parts/redis.ts";

const scope = { route: "support.reply", user: "u-1" };
const levers = {
  max_tokens: "llm:{route}:max_tokens",
  model: { at: "llm:{route}", field: "model" },
  enabled: { at: "llm:{route}:enabled", true: "1", false: "0" },
  timeout_ms: { at: "llm:{route}:timeout_ms", create: true },
  rpm_limit: "llm:{route}:rpm_limit",
  blocked: { at: "llm:blocked_users", member: "{user}", create: true },
  cache: { at: "llm:{route}:flags", pointer: "/cache" },
  "tools.refund": { at: "llm:tools", field: "{route}" },
};

type Opened = { target: Target; world: FakeWorld; before(work: () => void): void };

function open(settings: Record<string, unknown>, env: Record<string, string> = {}): Opened {
  const { value, mistakes } = checkValue(redis.schema, { levers, ...settings });
  expect(mistakes).toEqual([]);
  const fake = fakeWorld({ env });
  const real = openRedis({}, fake.interrupted);
  let work: (() => void) | undefined;
  const world: FakeWorld = {
    ...fake,
    redis: (server, does) =>
      real({ ...server, deadlineMs: Math.min(server.deadlineMs, 3000) }, (session) =>
        does({
          ...session,
          write(...commands) {
            const now = work;
            work = undefined;
            now?.();
            return session.write(...commands);
          },
        }),
      ),
  };
  return { target: redis.open(value as never, world, "/project"), world, before: (next) => void (work = next) };
}

type Got = Exclude<Read, { error: string }>;

async function read(target: Target, setting: Setting, of: Scope = scope): Promise<Got> {
  const got = await target.read(setting, of);
  if ("error" in got) throw new Error(got.error);
  return got;
}

function change(setting: Setting, { value, version }: Pick<Got, "value" | "version">, after: Value): Change {
  return { id: "m1", mitigation: "test", target: "t", setting, scope, before: value, after, version };
}

describe.skipIf(redisIsMissing)(`a real Redis${redisIsMissing ? " (skipped: not installed)" : ""}`, () => {
  let server: RealRedis;
  beforeAll(async () => {
    server = await startRedis();
    server.cli("set", "llm:support.reply:max_tokens", "4096", "ex", "5000");
    server.cli("hset", "llm:support.reply", "model", "gpt-4o", "big", "12345678901234567890");
    server.cli("set", "llm:support.reply:enabled", "1");
    server.cli("set", "llm:support.reply:flags", '{"cache": true, "n": 12345678901234567890}');
    server.cli("set", "llm:search:max_tokens", "100");
  }, 30_000);
  afterAll(() => server?.stop());

  conforms("redis", async () => {
    const { target, before } = open({ url: server.url });
    const key = "llm:support.reply:max_tokens";
    const dump = () =>
      server
        .cli("--scan")
        .split("\n")
        .filter((name) => name !== key && name !== "llm:support.reply")
        .toSorted()
        .map((name) => `${name} ${server.cli("dump", name)}`);
    return {
      target,
      scope,
      before: (work) => before(() => void work()),
      writes: () => server.calls("exec"),
      live: async () => Number(server.cli("get", key)),
      beside: async () => [...dump(), server.cli("hget", "llm:support.reply", "big")].join("\n"),
      other: async (value) => void server.cli("set", key, String(value), "keepttl"),
      close: async () => {},
    };
  });

  it("says who answered, and that a key goes by itself", async () => {
    const { target } = open({ url: `${server.url}/0` });
    const { identity, notes } = await read(target, "max_tokens");
    expect(identity).toMatch(/^redis 127\.0\.0\.1:\d+ db 0, version \d+\.\d+\.\d+, run [0-9a-f]{8}, master$/);
    expect(notes).toEqual([expect.stringMatching(/^it expires by itself in 1h 2\dm.*, and a change of it too$/)]);
    expect((await read(target, "enabled")).notes).toBeUndefined();
    expect(await target.check()).toMatchObject({ ok: true, say: expect.stringMatching(/^\d+ ms, write not tried$/) });
  });

  it("keeps a key's time to live through the change and the way back", async () => {
    const { target } = open({ url: server.url });
    const got = await read(target, "max_tokens");
    expect(await target.write(change("max_tokens", got, { is: 512 }), cause)).toMatchObject({ written: true });
    expect(Number(server.cli("ttl", "llm:support.reply:max_tokens"))).toBeGreaterThan(4000);
    const again = await read(target, "max_tokens");
    await target.write(change("max_tokens", again, { is: 4096 }), cause);
    expect(server.cli("get", "llm:support.reply:max_tokens")).toBe("4096");
    expect(Number(server.cli("ttl", "llm:support.reply:max_tokens"))).toBeGreaterThan(4000);
  });

  it("adds and removes one member of a set, and the set goes with its last", async () => {
    const { target } = open({ url: server.url });
    const none = await read(target, "blocked");
    expect(none.value).toEqual({ is: false });
    expect(await target.write(change("blocked", none, { is: true }), cause)).toMatchObject({ written: true });
    server.cli("sadd", "llm:blocked_users", "u-2");
    const both = await read(target, "blocked");
    expect(both.value).toEqual({ is: true });
    expect(await target.write(change("blocked", both, { is: false }), cause)).toMatchObject({ written: true });
    expect(server.cli("smembers", "llm:blocked_users")).toBe("u-2");
    server.cli("del", "llm:blocked_users");
    const alone = await read(target, "blocked");
    await target.write(change("blocked", alone, { is: true }), cause);
    await target.write(change("blocked", await read(target, "blocked"), { is: false }), cause);
    expect(server.cli("exists", "llm:blocked_users")).toBe("0");
  });

  it("a value inside a JSON text moves alone; a field is found by the route's name", async () => {
    const { target } = open({ url: server.url });
    const got = await read(target, "cache");
    expect(await target.write(change("cache", got, { is: false }), cause)).toMatchObject({ written: true });
    expect(server.cli("get", "llm:support.reply:flags")).toBe('{"cache": false, "n": 12345678901234567890}');
    server.cli("hset", "llm:tools", "support.reply", "true");
    expect(await read(target, "tools.refund")).toMatchObject({ value: { is: true } });
    expect(target.address("tools.refund", scope)).toBe("llm:tools");
  });

  it("nothing and an empty text are two things", async () => {
    const { target } = open({ url: server.url });
    server.cli("set", "llm:empty:rpm_limit", "");
    expect(await read(target, "rpm_limit", { route: "empty" })).toMatchObject({ value: { is: "" } });
    expect(await target.read("rpm_limit", { route: "empt" })).toMatchObject({
      error: expect.stringMatching(/^redis .* db 0 has no key llm:empt:rpm_limit$/),
      missing: true,
      nearest: ["empty"],
    });
    expect(await target.read("max_tokens", { route: "suport.reply" })).toMatchObject({
      nearest: expect.arrayContaining(["support.reply"]),
    });
    server.cli("hset", "llm:tools", "billing.reply", "true");
    expect(await target.read("tools.refund", { route: "biling.reply" })).toMatchObject({
      error: expect.stringContaining("has no field biling.reply of llm:tools"),
      nearest: expect.arrayContaining(["billing.reply"]),
    });
    expect((await target.list!("route")).toSorted()).toEqual(["search", "support.reply"]);
  });

  it("does not touch what is no text, or of another kind", async () => {
    const { target } = open({ url: server.url });
    server.cli("eval", "redis.call('set', 'llm:bin:max_tokens', '\\255\\254')", "0");
    server.cli("lpush", "llm:list:max_tokens", "a");
    const writes = server.calls("exec");
    expect(await target.read("max_tokens", { route: "bin" })).toMatchObject({
      error: expect.stringContaining("llm:bin:max_tokens holds bytes that are no UTF-8 text"),
    });
    expect(await target.read("max_tokens", { route: "list" })).toMatchObject({
      error: expect.stringContaining("has another kind of value under this key"),
      next: expect.stringContaining("field:"),
    });
    const wrong = { ...change("max_tokens", { value: { is: 1 }, version: "x" }, { is: 2 }), scope: { route: "list" } };
    expect(await target.write(wrong, cause)).toMatchObject({ refused: true });
    expect(server.calls("exec")).toBe(writes);
  });

  it("F12, I04: a connection cut after EXEC has left may have written, and is not sent again", async () => {
    const wire = await cable(server.port, (sent) => (/EXEC/i.test(sent) ? "after" : undefined));
    const { target } = open({ url: wire.url });
    const got = await read(target, "max_tokens");
    const writes = server.calls("exec");
    expect(await target.write(change("max_tokens", got, { is: 77 }), cause)).toEqual({
      unknown: true,
      why: expect.stringMatching(/^127\.0\.0\.1:\d+ closed the connection without an answer$/),
    });
    expect(server.calls("exec")).toBe(writes + 1);
    expect(server.cli("get", "llm:support.reply:max_tokens")).toBe("77");
    server.cli("set", "llm:support.reply:max_tokens", "4096", "keepttl");
    await wire.close();
  });

  it("cut before it arrives it is unknown too, and nothing is there; nobody listening is a refusal", async () => {
    const wire = await cable(server.port, (sent) => (/EXEC/i.test(sent) ? "before" : undefined));
    const { target } = open({ url: wire.url });
    const got = await read(target, "max_tokens");
    expect(await target.write(change("max_tokens", got, { is: 77 }), cause)).toMatchObject({ unknown: true });
    expect(server.cli("get", "llm:support.reply:max_tokens")).toBe("4096");
    await wire.close();
    expect(await target.write(change("max_tokens", got, { is: 77 }), cause)).toMatchObject({
      refused: true,
      why: expect.stringContaining("nothing listens on 127.0.0.1:"),
    });
  });

  it("I04: after an interrupt no write leaves, and what became of one can still be read", async () => {
    const { target, world, before } = open({ url: server.url });
    const got = await read(target, "max_tokens");
    const writes = server.calls("exec");
    before(() => world.interrupt());
    expect(await target.write(change("max_tokens", got, { is: 77 }), cause)).toEqual({
      refused: true,
      why: "interrupted before it was sent",
    });
    expect(server.calls("exec")).toBe(writes);
    expect(await read(target, "max_tokens")).toMatchObject({ value: { is: 4096 } });
  });

  it("OOM and MISCONF: what the server refuses is not written, in plain words", async () => {
    const { target } = open({ url: server.url });
    const got = await read(target, "max_tokens");
    server.cli("config", "set", "maxmemory", "1");
    const full = await target.write(change("max_tokens", got, { is: 77 }), cause);
    server.cli("config", "set", "maxmemory", "0");
    expect(full).toMatchObject({ refused: true, why: expect.stringMatching(/out of memory and takes no writes$/) });
    expect(server.cli("get", "llm:support.reply:max_tokens")).toBe("4096");
  });

  describe("that wants a password", () => {
    let locked: RealRedis;
    beforeAll(async () => {
      locked = await startRedis(
        "--requirepass",
        "pw-of-default-1",
        "--user",
        ..."ops on >pw-of-ops-22 ~llm:* +@all -exec -info".split(" "),
      );
    }, 30_000);
    afterAll(() => locked?.stop());
    const errorOf = async (settings: object, env: Record<string, string> = {}) => {
      const read = await open({ url: locked.url, ...settings }, env).target.read("max_tokens", scope);
      return "error" in read ? read : undefined;
    };

    it("F18: says which one was refused and where it stands, never the password", async () => {
      expect(await errorOf({})).toMatchObject({
        error: expect.stringMatching(/ wants a password$/),
        next: "set password, and username where there is one, in llmops.yaml",
      });
      const wrong = await errorOf({ password: { env: "REDIS_PW" } }, { REDIS_PW: "wrong-one-333" });
      expect(wrong).toMatchObject({
        error: expect.stringMatching(/ refused this user name and password$/),
        next: "renew environment variable REDIS_PW (password in llmops.yaml), then try again",
      });
      expect(JSON.stringify(wrong)).not.toContain("wrong-one-333");
      expect(await errorOf({ url: server.url, password: "some-password-1" })).toMatchObject({
        error: expect.stringContaining("has no password, and one was given: is it the server that is meant?"),
      });
    });

    it("asks for the password on first use, and anew once it was refused", async () => {
      const env: Record<string, string> = { REDIS_PW: "old-one-4444" };
      const { target } = open({ url: locked.url, password: { env: "REDIS_PW" } }, env);
      expect(await target.check()).toMatchObject({ ok: false });
      env["REDIS_PW"] = "pw-of-default-1";
      expect(await target.check()).toMatchObject({ ok: true });
    });

    it("F19: a user who may not write is told so; who may not ask who it is still reads", async () => {
      const ops = { username: "ops", password: "pw-of-ops-22" };
      execFor(locked, "set", "llm:support.reply:max_tokens", "4096");
      const { target } = open({ url: locked.url, ...ops });
      const got = await read(target, "max_tokens");
      expect(got.identity).toMatch(/^redis 127\.0\.0\.1:\d+ db 0$/);
      expect(await target.write(change("max_tokens", got, { is: 1 }), cause)).toMatchObject({
        refused: true,
        why: expect.stringContaining("does not allow this user to do it"),
        next: expect.stringMatching(/^ask who runs /),
      });
    });

    it("F19, D03: who may begin no transaction writes nothing: without one the write would go on no condition", async () => {
      execFor(locked, "set", "llm:support.reply:max_tokens", "4096");
      execFor(locked, ..."acl setuser half on >pw-of-half-3 ~llm:* +@all -multi".split(" "));
      const { target } = open({ url: locked.url, username: "half", password: "pw-of-half-3" });
      const got = await read(target, "max_tokens");
      expect(await target.write(change("max_tokens", got, { is: 1 }), cause)).toMatchObject({
        refused: true,
        why: expect.stringContaining("does not allow this user to do it"),
      });
      expect(await read(target, "max_tokens")).toMatchObject({ value: { is: 4096 } });
    });

    function execFor(at: RealRedis, ...words: string[]): void {
      at.cli("--no-auth-warning", "-a", "pw-of-default-1", ...words);
    }
  });

  it("a replica says that it is one before the write, and takes none", async () => {
    server.cli("config", "set", "repl-diskless-sync-delay", "0");
    const replica = await startRedis("--replicaof", `127.0.0.1 ${server.port}`);
    for (let i = 0; i < 100 && !replica.cli("info", "replication").includes("master_link_status:up"); i++)
      await new Promise((go) => setTimeout(go, 50));
    const { target } = open({ url: replica.url });
    const got = await read(target, "enabled");
    expect(got.identity).toMatch(/, replica$/);
    expect(got.notes).toEqual([`it is a replica of 127.0.0.1:${server.port} and takes no writes: change it there`]);
    expect(await target.write(change("enabled", got, { is: false }), cause)).toMatchObject({
      refused: true,
      why: expect.stringMatching(/is a replica, which takes no writes$/),
      next: "put the address of its master into url in llmops.yaml",
    });
    expect(await target.check()).toMatchObject({ ok: false });
    await replica.stop();
  }, 20_000);

  it("F21, F22: what is no such database, speaks no TLS or no Redis is told in plain words", async () => {
    const errorOf = async (url: string) => {
      const got = await open({ url }).target.read("max_tokens", scope);
      return "error" in got ? got.error.replace(/\d{4,5}/, "PORT") : "";
    };
    expect(await errorOf(`${server.url}/99`)).toBe("127.0.0.1:PORT has no database of this number");
    expect(await errorOf(server.url.replace("redis:", "rediss:"))).toBe(
      "127.0.0.1:PORT takes connections and says nothing in TLS: is it redis:// instead of rediss://?",
    );
    const { createServer } = await import("node:http");
    const web = createServer().listen(0, "127.0.0.1");
    await new Promise((go) => web.once("listening", go));
    expect(await errorOf(`redis://127.0.0.1:${(web.address() as { port: number }).port}`)).toBe(
      "127.0.0.1:PORT answered with something that is not Redis: does it want rediss:// instead of redis://?",
    );
    web.close();
  });

  it("MOVED: a node of a cluster sends elsewhere, and nobody follows", async () => {
    const node = await startRedis("--cluster-enabled", "yes");
    node.cli("cluster", "addslotsrange", "0", "100");
    for (let i = 0; i < 40 && node.cli("cluster", "info").includes("state:fail"); i++)
      await new Promise((go) => setTimeout(go, 50));
    const got = await open({ url: node.url }).target.read("max_tokens", scope);
    expect(got).toMatchObject({ error: expect.stringMatching(/cluster/), next: expect.any(String) });
    await node.stop();
  }, 20_000);
});

describe("settings", () => {
  it.each([
    [
      { url: "http://x" },
      "`url` needs a redis:// or rediss:// address without user and password, like redis://127.0.0.1:6379/0",
    ],
    [
      { url: "redis://u:p@x" },
      "`url` needs a redis:// or rediss:// address without user and password, like redis://127.0.0.1:6379/0",
    ],
    [
      { url: "redis://x/a" },
      "`url` needs a redis:// or rediss:// address without user and password, like redis://127.0.0.1:6379/0",
    ],
    [{ levers: { model: "" } }, "`model` needs a key, like llm:{route}:max_tokens"],
    [{ levers: { model: { at: "a", field: "b", member: "c" } } }, "`model` needs field or member, not both"],
    [{ levers: { model: { at: "a", feild: "b" } } }, "unknown key `feild`, did you mean field?"],
  ])("mistake %#", (more, message) => {
    const { mistakes } = checkValue(redis.schema, { url: "redis://x", levers: {}, ...more });
    expect(mistakes.map((one) => one.message)).toEqual([message]);
  });

  it("what a lever can be narrowed to includes its field and member; one place has one address", () => {
    const { value } = checkValue(redis.schema, { url: "redis://x", levers });
    const scopes = Object.fromEntries(redis.levers(value!).map((lever) => [lever.setting, lever.scope]));
    expect(scopes).toMatchObject({ blocked: ["user"], "tools.refund": ["route"], model: ["route"] });
    expect(new Set(Object.values(redis.addresses(value!))).size).toBe(Object.keys(levers).length);
  });
});
