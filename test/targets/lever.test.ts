import { describe, expect, it } from "vitest";
import { checkValue } from "../../src/schema/schema.ts";
import { addressSchema, leversOf, leversSchema, pointerLeversSchema } from "../../src/targets/lever.ts";
import { openLevers } from "../../src/targets/openLevers.ts";
import type { Read, Target } from "../../src/targets/target.ts";
import type { Scope } from "../../src/timeline/scope.ts";
import type { Setting, Written } from "../../src/timeline/setting.ts";
import type { Value } from "../../src/timeline/value.ts";
import { fakeClock } from "../fake/clock.ts";
import { fakeStore, type FakeStore } from "./store.ts";
import { cause } from "../fake/cause.ts";

const schema = leversSchema(addressSchema(() => true, "anything"));

function open(levers: Record<string, unknown>, store: FakeStore): Target {
  const { value, mistakes } = checkValue(schema, levers);
  expect(mistakes).toEqual([]);
  return openLevers(value!, leversOf(value!, { conditional: true, settles: 0 }), store, fakeClock(1000));
}

async function read(target: Target, setting: Setting, scope: Scope): Promise<Exclude<Read, { error: string }>> {
  const found = await target.read(setting, scope);
  if ("error" in found) throw new Error(found.error);
  return found;
}

async function set(target: Target, setting: Setting, scope: Scope, after: Value): Promise<Written> {
  const { value, version } = await read(target, setting, scope);
  return target.write(
    { id: "m1", mitigation: "test", target: "t", setting, scope, before: value, after, version },
    cause,
  );
}

describe("the levers of a project file", () => {
  it("name their scope, and nothing else", () => {
    const { value } = checkValue(schema, {
      enabled: "llm/{route}/enabled",
      model: { at: "llm/{tenant}", pointer: "/{route}/{tenant}/model", settles: "75s", enforced: false },
      blocked: { at: "llm/blocked", member: "{user}" },
      deploys_frozen: "llm/frozen",
    });
    expect(leversOf(value!, { conditional: false, settles: 5 })).toEqual([
      { setting: "enabled", scope: ["route"], conditional: false, settles: 5, enforced: true },
      { setting: "model", scope: ["tenant", "route"], conditional: false, settles: 75_000, enforced: false },
      { setting: "blocked", scope: ["user"], conditional: false, settles: 5, enforced: true },
      { setting: "deploys_frozen", scope: [], conditional: false, settles: 5, enforced: true },
    ]);
  });

  it.each([
    [{ max_token: "x" }, "`max_token` is no setting, did you mean max_tokens?"],
    [{ enabled: "llm/{rout}/x" }, "`enabled` names {rout}, which is no dimension, did you mean route?"],
    [{ enabled: { at: "x", pointer: "enabled" } }, "`pointer` needs a JSON pointer like /routes/{route}/enabled"],
    [{ enabled: { at: "x", true: 1 } }, "`enabled` needs both true and false, different, and not together with member"],
    [{ enabled: { at: "x", craete: true } }, "unknown key `craete`, did you mean create?"],
  ])("mistake %#", (levers, message) => {
    expect(checkValue(schema, levers).mistakes.map((m) => m.message)).toEqual([message]);
  });

  it("are pointers alone where there is one text", () => {
    const { value } = checkValue(pointerLeversSchema, { enabled: "/a/{route}", model: { at: "/m", create: true } });
    expect(value).toEqual({
      enabled: { at: "", pointer: "/a/{route}", create: false, enforced: true },
      model: { at: "", pointer: "/m", create: true, enforced: true },
    });
  });
});

describe("a value at an address", () => {
  it("is JSON, or plain text where it is none, and is written back as it was", async () => {
    const store = fakeStore({ n: "4096\n", s: "gpt-4o", q: '"gpt-4o"', b: "true", big: "12345678901234567890", e: "" });
    const target = open(
      { max_tokens: "n", model: "s", provider: "q", cache: "b", tpm_limit: "big", prompt_version: "e" },
      store,
    );
    const values = await Promise.all(
      (["max_tokens", "model", "provider", "cache", "tpm_limit", "prompt_version"] as const).map(
        async (s) => (await read(target, s, {})).value,
      ),
    );
    expect(values).toEqual([
      { is: 4096 },
      { is: "gpt-4o" },
      { is: "gpt-4o" },
      { is: true },
      { is: 12345678901234567000, exact: "12345678901234567890" },
      { is: "" },
    ]);
    await set(target, "max_tokens", {}, { is: 512 });
    await set(target, "model", {}, { is: "mini" });
    await set(target, "provider", {}, { is: "other" });
    await set(target, "tpm_limit", {}, { is: 1, exact: "1e400" });
    expect(Object.fromEntries(store.texts)).toMatchObject({ n: "512\n", s: "mini", q: '"other"', big: "1e400" });
  });

  it("that would be read as something else is refused", async () => {
    const target = open({ model: "s" }, fakeStore({ s: "gpt-4o" }));
    expect(await set(target, "model", {}, { is: "123" })).toEqual({
      refused: true,
      why: '"123" would not be read back as such from a plain text',
    });
  });

  it("has its own spelling of true and false", async () => {
    const store = fakeStore({ "llm/a/on": "1", "llm/b/on": "maybe", doc: '{"mode": "open"}' });
    const target = open(
      {
        enabled: { at: "llm/{route}/on", true: "1", false: "0" },
        guardrails: { at: "doc", pointer: "/mode", true: "strict", false: "open" },
      },
      store,
    );
    expect((await read(target, "enabled", { route: "a" })).value).toEqual({ is: true });
    await set(target, "enabled", { route: "a" }, { is: false });
    await set(target, "enabled", { route: "b" }, { is: false });
    await set(target, "guardrails", {}, { is: true });
    expect(Object.fromEntries(store.texts)).toEqual({ "llm/a/on": "0", "llm/b/on": "0", doc: '{"mode": "strict"}' });
    await set(target, "enabled", { route: "b" }, { is: "maybe" });
    expect(store.texts.get("llm/b/on")).toBe("maybe");
  });

  it("is not created, unless it may; the nearest names are told", async () => {
    const store = fakeStore({ "llm/support.reply/on": "1", "llm/agent.research/on": "1" });
    const strict = open({ enabled: "llm/{route}/on" }, store);
    expect(await strict.read("enabled", { route: "suport.reply" })).toEqual({
      error: "llm/suport.reply/on does not exist",
      missing: true,
      nearest: ["support.reply", "agent.research"],
    });
    const free = open({ enabled: { at: "llm/{route}/on", create: true } }, store);
    expect((await read(free, "enabled", { route: "new" })).value).toEqual({ absent: true });
    await set(free, "enabled", { route: "new" }, { is: false });
    expect(store.puts.at(-1)).toMatchObject({ creates: true, text: "false" });
    await set(free, "enabled", { route: "new" }, { absent: true });
    expect([...store.texts.keys()]).not.toContain("llm/new/on");
    expect(await free.list!("route")).toEqual(["support.reply", "agent.research"]);
  });

  it("needs every placeholder, each encoded for its place", async () => {
    const store = fakeStore({ "llm/a%2Fb": '{"x/y~z": {"n": 1}}' });
    const target = open({ max_tokens: { at: "llm/{route}", pointer: "/{tenant}/n" } }, store);
    expect((await read(target, "max_tokens", { route: "a/b", tenant: "x/y~z" })).value).toEqual({ is: 1 });
    expect(await target.read("max_tokens", { route: "a/b" })).toEqual({
      error: "/{tenant}/n needs a tenant: --scope tenant=…",
    });
    expect(await target.read("max_tokens", { route: "", tenant: "t" })).toHaveProperty("error");
  });

  it("J06: half a character, which no address can carry, is refused before anything is asked", async () => {
    const store = fakeStore({ "llm/a": "1" });
    const target = open({ max_tokens: "llm/{route}" }, { ...store, encode: encodeURIComponent });
    expect(await target.read("max_tokens", { route: "a\ud800" })).toEqual({
      error: "the route a\\ud800 holds half a character, which no address can carry: --scope route=…",
    });
    expect(target.address("max_tokens", { route: "\udc00a" })).toBe("");
    expect(store.gets).toEqual([]);
    expect((await read(target, "max_tokens", { route: "a" })).value).toEqual({ is: 1 });
  });
});

describe("a value inside a document", () => {
  const doc = '{ "routes": { "a": {"on": true, "n": 5}, "b": {"on": true} }, "x": 1.0 }';

  it("is the only thing that moves", async () => {
    const store = fakeStore({ doc });
    const target = open({ enabled: { at: "doc", pointer: "/routes/{route}/on" } }, store);
    await set(target, "enabled", { route: "a" }, { is: false });
    expect(store.texts.get("doc")).toBe(doc.replace("true", "false"));
    expect(store.puts[0]!.change).toMatchObject({ path: ["routes", "a", "on"], value: { is: false } });
    await set(target, "enabled", { route: "a" }, { is: true });
    expect(store.texts.get("doc")).toBe(doc);
    expect(await target.list!("route")).toEqual(["a", "b"]);
  });

  it("tells what is missing on the way", async () => {
    const pointer = "/routes/{route}/n";
    const strict = open({ max_tokens: { at: "doc", pointer } }, fakeStore({ doc }));
    expect(await strict.read("max_tokens", { route: "c" })).toEqual({
      error: "fake store: /routes/c does not exist",
      missing: true,
      nearest: ["a", "b"],
    });
    expect(await strict.read("max_tokens", { route: "b" })).toMatchObject({ missing: true, nearest: ["on"] });
    const free = open({ max_tokens: { at: "doc", pointer, create: true } }, fakeStore({ doc }));
    expect((await read(free, "max_tokens", { route: "b" })).value).toEqual({ absent: true });
    expect(await free.read("max_tokens", { route: "c" })).toMatchObject({ missing: true, nearest: ["a", "b"] });
  });

  it("knows six kinds of nothing and writes each back", async () => {
    const kinds: Value[] = [{ absent: true }, { is: null }, { is: "" }, { is: 0 }, { is: false }, { is: [] }];
    const store = fakeStore({ doc: '{"k": 1, "other": 2}' });
    const target = open({ cache: { at: "doc", pointer: "/k", create: true } }, store);
    for (const kind of kinds) {
      expect(await set(target, "cache", {}, kind)).toMatchObject({ written: true });
      expect((await read(target, "cache", {})).value).toEqual(kind);
      expect(store.texts.get("doc")).toContain('"other": 2');
    }
  });
});

describe("one of a list", () => {
  it.each([
    ["JSON", '["u1", "u2"]', '["u1", "u2", "u3"]'],
    ["lines", "u1\nu2\n", "u1\nu2\nu3\n"],
    ["CRLF lines", "u1\r\nu2", "u1\r\nu2\r\nu3"],
    ["one line", "u1\n", "u1\nu3\n"],
    ["commas", "u1, u2", "u1, u2, u3"],
    ["one word", "u1", "u1,u3"],
    ["nothing", "", "u3"],
    ["an empty list", "[]", '["u3"]'],
  ])("comes and goes in %s, the others stay", async (_name, text, longer) => {
    const store = fakeStore({ blocked: text });
    const target = open({ blocked: { at: "blocked", member: "{user}" } }, store);
    const scope = { user: "u3" };
    expect((await read(target, "blocked", scope)).value).toEqual({ is: false });
    await set(target, "blocked", scope, { is: true });
    expect(store.texts.get("blocked")).toBe(longer);
    expect((await read(target, "blocked", scope)).value).toEqual({ is: true });
    await set(target, "blocked", scope, { is: false });
    expect(store.texts.get("blocked")).toBe(text);
  });

  it("goes from the middle and the front", async () => {
    const store = fakeStore({ a: "u1,u2,u3", b: "u1\nu2\n" });
    const target = open(
      { blocked: { at: "a", member: "{user}" }, deploys_frozen: { at: "b", member: "{user}" } },
      store,
    );
    await set(target, "blocked", { user: "u2" }, { is: false });
    await set(target, "blocked", { user: "u1" }, { is: false });
    await set(target, "deploys_frozen", { user: "u1" }, { is: false });
    expect(Object.fromEntries(store.texts)).toEqual({ a: "u3", b: "u2\n" });
  });

  it("is created with the list only when it may", async () => {
    const blocked = { at: "doc", pointer: "/blocked", member: "{user}" };
    const store = fakeStore({ doc: '{"a": 1}' });
    expect(await open({ blocked }, store).read("blocked", { user: "u" })).toMatchObject({ missing: true });
    const free = open({ blocked: { ...blocked, create: true } }, store);
    expect((await read(free, "blocked", { user: "u" })).value).toEqual({ is: false });
    await set(free, "blocked", { user: "u" }, { is: true });
    expect(store.texts.get("doc")).toBe('{"a": 1,"blocked": ["u"]}');
    const list = fakeStore({});
    await set(
      open({ blocked: { at: "l", member: "{user}", create: true } }, list),
      "blocked",
      { user: "u" },
      { is: true },
    );
    expect(list.texts.get("l")).toBe('["u"]');
  });

  it("is refused where there is something else", async () => {
    const target = open({ blocked: { at: "doc", pointer: "/a", member: "{user}" } }, fakeStore({ doc: '{"a": 1}' }));
    expect(await target.read("blocked", { user: "u" })).toEqual({ error: "fake store: there is no list but 1" });
    const words = open({ blocked: { at: "w", member: "{user}" } }, fakeStore({ w: "u1" }));
    expect(await set(words, "blocked", { user: "a,b" }, { is: true })).toMatchObject({ refused: true });
  });
});

describe("compare, then write", () => {
  const change = (before: Value, version: string | null) =>
    ({
      id: "m1",
      mitigation: "test",
      target: "t",
      setting: "max_tokens",
      scope: {},
      before,
      after: { is: 512 },
      version,
    }) as const;

  it("sends nothing when the value is another one by now", async () => {
    const store = fakeStore({ n: "1000" });
    const target = open({ max_tokens: "n" }, store);
    expect(await target.write(change({ is: 4096 }, "1"), cause)).toEqual({
      conflict: true,
      live: { is: 1000 },
      why: "it is 1000 now, and was 4096",
    });
    expect(store.puts).toEqual([]);
  });

  it("keeps what others changed beside the value since it was read", async () => {
    const store = fakeStore({ n: '{"n": 4096, "other": 2}' });
    const target = open({ max_tokens: { at: "n", pointer: "/n" } }, store);
    expect(await target.write(change({ is: 4096 }, "0"), cause)).toMatchObject({ written: true });
    expect(store.puts).toMatchObject([{ text: '{"n": 512, "other": 2}', version: "1" }]);
  });

  it("writes once, from what stands there now", async () => {
    const store = fakeStore({ n: '{"n": 4096, "other": 1}' }, false);
    const target = open({ max_tokens: { at: "n", pointer: "/n" } }, store);
    store.texts.set("n", '{"n": 4096, "other": 2}');
    expect(await target.write(change({ is: 4096 }, null), cause)).toEqual({ written: true, version: null });
    expect(store.puts.map((p) => p.text)).toEqual(['{"n": 512, "other": 2}']);
  });

  it("tells the live value of a conflict that the other side found", async () => {
    const store = fakeStore({ n: "4096" });
    store.put = async () => {
      store.texts.set("n", "7");
      return { conflict: true, live: null, why: "lost" };
    };
    expect(await open({ max_tokens: "n" }, store).write(change({ is: 4096 }, "1"), cause)).toEqual({
      conflict: true,
      live: { is: 7 },
      why: "lost",
    });
  });

  it("believes no conflict while its own value is live: something on the way sent the write twice", async () => {
    const store = fakeStore({ n: "4096" });
    store.put = async ({ text }) => {
      store.texts.set("n", text!);
      return { conflict: true, live: null, why: "the gateway answered 412" };
    };
    const written = await open({ max_tokens: "n" }, store).write(change({ is: 4096 }, "1"), cause);
    expect(written).toEqual({ unknown: true, why: "the gateway answered 412" });
  });
});
