import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkValue } from "../../src/schema/schema.ts";
import { etcd } from "../../src/targets/etcd.ts";
import type { Read, Target } from "../../src/targets/target.ts";
import type { Change, Setting } from "../../src/timeline/setting.ts";
import type { Scope } from "../../src/timeline/scope.ts";
import type { Value } from "../../src/timeline/value.ts";
import { openHttp } from "../../src/world/http.ts";
import { cause } from "../fake/cause.ts";
import { fakeWorld } from "../fake/world.ts";
import { conforms } from "./conform.ts";
import { base64, etcdIsMissing, startEtcd, type RealEtcd } from "../parts/etcd.ts";
import { watchedWorld, type WatchedWorld } from "./watchedWorld.ts";

const scope = { route: "support.reply" };
const levers = {
  max_tokens: { at: "/llm/{route}/limits", pointer: "/max_tokens" },
  model: "/llm/{route}/model",
  enabled: { at: "/llm/{route}/enabled", true: "on", false: "off" },
  timeout_ms: { at: "/llm/{route}/timeout_ms", create: true },
  rpm_limit: "/llm/{route}/rpm_limit",
  blocked: { at: "/llm/blocked_users", member: "{user}", create: true },
};

const isWrite = ({ url }: { url: string }) => !/range$|authenticate$/.test(url);

function open(settings: Record<string, unknown>, env: Record<string, string> = {}): WatchedWorld & { target: Target } {
  const { value, mistakes } = checkValue(etcd.schema, { levers, ...settings });
  expect(mistakes).toEqual([]);
  const watched = watchedWorld(isWrite, env);
  return { ...watched, target: etcd.open(value as never, watched.world, "/project") };
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

describe.skipIf(etcdIsMissing)(`a real etcd${etcdIsMissing ? " (skipped: not installed)" : ""}`, () => {
  let server: RealEtcd;
  const limits = '{"max_tokens": 4096, "tenant": 12345678901234567890, "x": 1e400}';
  beforeAll(async () => {
    server = await startEtcd();
    await server.put("/llm/support.reply/limits", limits);
    await server.put("/llm/support.reply/model", "gpt-4o");
    await server.put("/llm/support.reply/enabled", "on");
    await server.put("/llm/search/model", "gpt-4o");
  }, 30_000);
  afterAll(() => server?.stop());

  conforms("etcd", async () => {
    const { target, writes, before } = open({ url: server.url });
    const path = "/llm/support.reply/limits";
    const live = async () => (JSON.parse((await server.get(path))!.text) as { max_tokens: number }).max_tokens;
    return {
      target,
      scope,
      writes,
      before,
      live,
      beside: async () => (await server.dump("/llm/")).replace(/"max_tokens": \d+/, ""),
      other: (value) => server.put(path, limits.replace("4096", String(value))),
      close: async () => {},
    };
  });

  it("says which cluster and member answered, as etcdctl does, and at which revision the key is", async () => {
    const { target } = open({ url: server.url });
    const { identity, version } = await read(target, "model");
    expect(identity).toMatch(/^etcd 127\.0\.0\.1:\d+, cluster [0-9a-f]+, member [0-9a-f]+, revision \d+$/);
    expect(identity).toMatch(new RegExp(`revision ${version}$`));
    expect((await read(target, "timeout_ms")).version).toBe("0");
  });

  it("a lease on the key survives the change and the way back, and the plan says that it is there", async () => {
    const { ID } = await server.call("lease/grant", { TTL: "600" });
    await server.put("/llm/support.reply/rpm_limit", "60", { lease: ID });
    const { target } = open({ url: server.url });
    const got = await read(target, "rpm_limit");
    expect(got.notes).toEqual([
      expect.stringMatching(/^\/llm\/support\.reply\/rpm_limit has a lease \([0-9a-f]+\): when that ends, etcd takes/),
    ]);
    expect(await target.write(change("rpm_limit", got, { is: 6 }), cause)).toMatchObject({ written: true });
    expect(await server.get("/llm/support.reply/rpm_limit")).toMatchObject({ text: "6", lease: ID });
    const second = await read(target, "rpm_limit");
    expect(await target.write(change("rpm_limit", second, { is: 60 }), cause)).toMatchObject({ written: true });
    expect(await server.get("/llm/support.reply/rpm_limit")).toMatchObject({ text: "60", lease: ID });
    await server.call("kv/deleterange", { key: base64("/llm/support.reply/rpm_limit") });
  });

  it("a lease that ends between read and write is a conflict: the key went with it", async () => {
    const { ID } = await server.call("lease/grant", { TTL: "600" });
    await server.put("/llm/support.reply/rpm_limit", "60", { lease: ID });
    const { target, before } = open({ url: server.url });
    const got = await read(target, "rpm_limit");
    before(async () => void (await server.call("lease/revoke", { ID })));
    expect(await target.write(change("rpm_limit", got, { is: 6 }), cause)).toEqual({
      conflict: true,
      live: null,
      why: `${server.url.slice(7)} did not write: the key is not there, read was revision ${got.version}`,
    });
  });

  it("D03, F05: a lost compare-and-set says where the key is now, and is sent once", async () => {
    const { target, before, writes } = open({ url: server.url });
    const got = await read(target, "model");
    before(() => server.put("/llm/support.reply/model", "theirs"));
    const written = await target.write(change("model", got, { is: "ours" }), cause);
    const now = (await server.get("/llm/support.reply/model"))!;
    expect(written).toEqual({
      conflict: true,
      live: { is: "theirs" },
      why: `${server.url.slice(7)} did not write: the key is at revision ${now.mod}, read was revision ${got.version}`,
    });
    expect(now.text).toBe("theirs");
    expect(writes()).toBe(1);
    await server.put("/llm/support.reply/model", "gpt-4o");
  });

  it("D03: what somebody makes or takes away meanwhile is a conflict", async () => {
    const { target, before } = open({ url: server.url });
    const key = "/llm/support.reply/timeout_ms";
    const got = await read(target, "timeout_ms");
    before(() => server.put(key, "1"));
    const made = await target.write(change("timeout_ms", got, { is: 20 }), cause);
    expect(made).toMatchObject({ conflict: true, live: { is: 1 } });
    expect("why" in made && made.why).toMatch(/the key is at revision \d+, read was that there is none$/);
    const there = await read(target, "timeout_ms");
    before(async () => void (await server.call("kv/deleterange", { key: base64(key) })));
    const gone = await target.write(change("timeout_ms", there, { absent: true }), cause);
    // it is gone, as was wanted, by whoever: that is for the read-back to say
    expect(gone).toMatchObject({ unknown: true });
    expect("why" in gone && gone.why).toMatch(/the key is not there, read was revision \d+$/);
  });

  it("lists the routes there are, each once, and puts one value in one segment of the key", async () => {
    const { target } = open({ url: server.url });
    await server.put("/llm/a%2Fb/model", "m");
    expect(await target.list!("route")).toEqual(
      ["a/b", "blocked_users", "search", "support.reply"].filter((name) => name !== "blocked_users"),
    );
    expect(await read(target, "model", { route: "a/b" })).toMatchObject({ value: { is: "m" } });
    expect(await target.read("model", { route: "../search" })).toMatchObject({
      missing: true,
      nearest: expect.arrayContaining(["search"]) as string[],
    });
    expect(target.address("model", { route: "../search" })).toBe("/llm/..%2Fsearch/model");
    await server.call("kv/deleterange", { key: base64("/llm/a%2Fb/model") });
  });

  it("F14: what is no text is no value, and an empty text is one", async () => {
    const { target } = open({ url: server.url });
    await server.call("kv/put", { key: base64("/llm/support.reply/rpm_limit"), value: "/w==" });
    expect(await target.read("rpm_limit", scope)).toEqual({
      error: `/llm/support.reply/rpm_limit of etcd ${server.url.slice(7)} holds bytes that are no UTF-8 text`,
    });
    await server.put("/llm/support.reply/rpm_limit", "");
    expect(await read(target, "rpm_limit")).toMatchObject({ value: { is: "" } });
    await server.call("kv/deleterange", { key: base64("/llm/support.reply/rpm_limit") });
  });

  it("I04: a write that an interrupt meets is read back all the same, though etcd is asked by POST", async () => {
    const stop = new AbortController();
    const fake = fakeWorld();
    const http = openHttp({}, fake.clock, stop.signal);
    const { value: set } = checkValue(etcd.schema, { levers, url: server.url });
    const target = etcd.open(set!, { ...fake, http, interrupted: stop.signal }, "/project");
    const got = await read(target, "model");
    const writing = target.write(change("model", got, { is: "gpt-4o-mini" }), cause);
    stop.abort(new Error("Ctrl-C"));
    // it was only reading yet: nothing leaves any more
    expect(await writing).toMatchObject({ refused: true });
    expect((await read(target, "model")).value).toEqual({ is: "gpt-4o" });
    expect(await target.write(change("model", got, { is: "gpt-4o-mini" }), cause)).toMatchObject({
      refused: true,
      why: "interrupted before it was sent",
    });
    expect((await server.get("/llm/support.reply/model"))!.text).toBe("gpt-4o");
  });

  it("says in check() which cluster answers; a user where it has none is a mistake that is told", async () => {
    const { target } = open({ url: server.url });
    expect((await target.check()).say).toMatch(/^\d+ ms, cluster [0-9a-f]+, member [0-9a-f]+, write not tried$/);
    const named = open({ url: server.url, user: "oncall", password: { env: "P" } }, { P: "pass-word-1" });
    expect(await named.target.check()).toMatchObject({
      ok: false,
      say: `${server.url.slice(7)} has authentication off, and llmops.yaml names a user for it`,
    });
  });
});

describe.skipIf(etcdIsMissing)("a real etcd with users", () => {
  let server: RealEtcd;
  const password = "canary-9f-Passw0rd";
  const env = { ETCD_PASSWORD: password };
  const account = { user: "oncall", password: { env: "ETCD_PASSWORD" } };
  beforeAll(async () => {
    server = await startEtcd();
    await server.put("/llm/support.reply/model", "gpt-4o");
    await server.put("/secret/model", "gpt-4o");
    for (const [name, word] of [
      ["root", "r00t"],
      ["oncall", password],
      ["reader", password],
    ]) {
      await server.call("auth/user/add", { name, password: word });
      await server.call("auth/role/add", { name });
      await server.call("auth/user/grant", { user: name, role: name });
    }
    const below = { key: base64("/llm/"), range_end: base64("/llm0") };
    await server.call("auth/role/grant", { name: "oncall", perm: { permType: "READWRITE", ...below } });
    await server.call("auth/role/grant", { name: "reader", perm: { permType: "READ", ...below } });
    await server.call("auth/enable", {});
    await server.login("root", "r00t");
  }, 30_000);
  afterAll(() => server?.stop());

  const host = () => server.url.slice(7);

  it("asks for a token once, and neither password nor token is ever shown", async () => {
    const { target, sent, world } = open({ url: server.url, ...account }, env);
    const got = await read(target, "model");
    expect(await target.write(change("model", got, { is: "small" }), cause)).toMatchObject({ written: true });
    expect(await target.write(change("model", await read(target, "model"), got.value), cause)).toMatchObject({
      written: true,
    });
    expect(sent.filter(({ url }) => url.endsWith("authenticate"))).toHaveLength(1);
    const token = sent.at(-1)!.headers!["authorization"]!;
    expect(token.length).toBeGreaterThan(10);
    expect(world.secrets.hideKnown(`${token} ${password} ${base64(password)}`)).toBe(
      "[secret token of etcd] [secret ETCD_PASSWORD] [secret ETCD_PASSWORD]",
    );
  });

  it("F18: a read whose token has ended asks for another and goes on; a write is not sent again", async () => {
    const { target, sent, writes, before } = open({ url: server.url, ...account }, env);
    const got = await read(target, "model");
    // a new password ends the tokens that the old one got
    const end = async () => void (await server.call("auth/user/changepw", { name: "oncall", password }));
    await end();
    expect(await read(target, "model")).toMatchObject({ value: { is: "gpt-4o" } });
    expect(sent.filter(({ url }) => url.endsWith("authenticate"))).toHaveLength(2);
    before(end);
    const written = await target.write(change("model", got, { is: "small" }), cause);
    expect(writes()).toBe(1);
    expect(written).toMatchObject({ refused: true });
    expect(await read(target, "model")).toMatchObject({ value: { is: "gpt-4o" } });
  });

  it("F18, F19: no user, a wrong password, a role that may not: each in plain words, with what to do", async () => {
    expect(await open({ url: server.url }).target.read("model", scope)).toEqual({
      error: `${host()} answered 400: it wants to know who asks`,
      next: "set user and password on this target in llmops.yaml",
    });
    const wrong = open({ url: server.url, ...account }, { ETCD_PASSWORD: "canary-wrong-1" });
    const refused = await wrong.target.read("model", scope);
    expect(refused).toEqual({
      error: `${host()} refused user oncall with this password`,
      next: "renew environment variable ETCD_PASSWORD (password of the target in llmops.yaml), then try again",
    });
    const reader = open({ url: server.url, ...account, user: "reader" }, env);
    const got = await read(reader.target, "model");
    expect(await reader.target.write(change("model", got, { is: "small" }), cause)).toEqual({
      refused: true,
      why: `${host()} answered 403: this user may not do this`,
      next: "grant the user a role that may read and write the key, or change it by hand",
    });
    const outside = open({ url: server.url, ...account, levers: { model: "/secret/model" } }, env);
    expect(await outside.target.read("model", {})).toMatchObject({
      error: `${host()} answered 403: this user may not do this`,
    });
    expect(await outside.target.check()).toMatchObject({ ok: false });
  });
});
