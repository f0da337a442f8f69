import { describe, expect, it } from "vitest";
import { checkValue } from "../../src/schema/schema.ts";
import { http } from "../../src/targets/http.ts";
import type { Target } from "../../src/targets/target.ts";
import type { Scope } from "../../src/timeline/scope.ts";
import type { Change, Setting, Written } from "../../src/timeline/setting.ts";
import type { Json } from "../../src/timeline/value.ts";
import { cause } from "../fake/cause.ts";
import type { Exchange } from "../fake/http.ts";
import { fakeWorld, type FakeWorld } from "../fake/world.ts";
import { conforms, type Conforming } from "./conform.ts";

const url = "https://flags.example.com";

function open(
  levers: object,
  exchanges: Exchange[],
  more: object = {},
  env = {},
): { target: Target; world: FakeWorld } {
  const { value, mistakes } = checkValue(http.schema, { url, levers, ...more });
  expect(mistakes).toEqual([]);
  const world = fakeWorld({ exchanges, env });
  return { target: http.open(value as never, world, world.cwd), world };
}

const get = (path: string, document: unknown): Exchange => ({
  method: "GET",
  url: url + path,
  answer: { body: typeof document === "string" ? document : JSON.stringify(document) },
});

function change(setting: Setting, before: Json, after: Json, scope: Scope = {}): Change {
  return {
    id: "m1",
    mitigation: "x",
    target: "t",
    setting,
    scope,
    before: { is: before },
    after: { is: after },
    version: null,
  };
}

/** One write, and the one request that it makes besides reading. */
async function sent(
  levers: object,
  document: unknown,
  one: Change,
  given = cause,
): Promise<{ written: Written; request: string }> {
  const setting = Object.keys(levers)[0]!;
  const lever = (levers as Record<string, { at: string }>)[setting]!;
  const at = lever.at.replace(/\{(\w+)\}/g, (_, name: keyof Scope) => encodeURIComponent(one.scope[name]!));
  const { value, mistakes } = checkValue(http.schema, { url, levers });
  expect(mistakes).toEqual([]);
  const world = fakeWorld({
    exchanges: [get(at, document)],
    routes: (request) => (request.method === "GET" ? undefined : { body: "{}" }),
  });
  const written = await http.open(value as never, world, world.cwd).write(one, given);
  world.verify();
  const requests = world.requests.filter(({ method }) => method !== "GET");
  expect(requests.length).toBeLessThanOrEqual(1);
  const [request] = requests;
  return {
    written,
    request:
      request === undefined ? "" : `${request.method} ${request.url.replace(url, "")} ${request.body ?? ""}`.trim(),
  };
}

describe("a declared write", () => {
  it("has one body for true and another for false, and goes where it says", async () => {
    const levers = {
      enabled: {
        at: "/flags/{route}",
        pointer: "/on",
        write: {
          method: "POST",
          at: "/flags/{route}/instructions",
          true: { body: { kind: "turnOn" } },
          false: { body: { kind: "turnOff", why: "{reason} ({incident}, {by})" } },
        },
      },
    };
    const route = { route: "a/b c" };
    expect(await sent(levers, { on: true }, change("enabled", true, false, route))).toEqual({
      written: { written: true, version: null },
      request:
        'POST /flags/a%2Fb%20c/instructions {"kind":"turnOff","why":"answers cost ten times as much (INC-1121-aaaa, dana)"}',
    });
    expect((await sent(levers, { on: false }, change("enabled", false, true, route))).request).toBe(
      'POST /flags/a%2Fb%20c/instructions {"kind":"turnOn"}',
    );
  });

  it("may be two addresses without a body", async () => {
    const levers = {
      blocked: {
        at: "/keys/{tenant}",
        pointer: "/blocked",
        write: { method: "POST", true: { at: "/keys/{tenant}/block" }, false: { at: "/keys/{tenant}/unblock" } },
      },
    };
    const tenant = { tenant: "acme" };
    expect((await sent(levers, { blocked: false }, change("blocked", false, true, tenant))).request).toBe(
      "POST /keys/acme/block",
    );
    expect((await sent(levers, { blocked: true }, change("blocked", true, false, tenant))).request).toBe(
      "POST /keys/acme/unblock",
    );
  });

  it("F14: sends what stands beside the value as its owner spells it, from the document read right before", async () => {
    const levers = {
      max_tokens: {
        at: "/configs/1",
        pointer: "/data/config/max_tokens",
        write: { method: "PUT", body: { name: "x", config: "{/data/config}" } },
      },
    };
    const document = '{"data": {"config": {"tenant": 12345678901234567890, "x": 1e400, "max_tokens": 4096}, "id": 1}}';
    expect((await sent(levers, document, change("max_tokens", 4096, 512))).request).toBe(
      'PUT /configs/1 {"name":"x","config":{"tenant":12345678901234567890,"x":1e400,"max_tokens":512}}',
    );
  });

  it("puts a value into the address, and a condition on what was read into the body", async () => {
    const levers = {
      prompt_version: {
        at: "/prompts/support?label=production",
        pointer: "/version",
        write: {
          method: "PATCH",
          at: "/prompts/support/versions/{value}?was={before}",
          body: { labels: ["production"], etag: "{/etag}" },
        },
      },
    };
    const { request } = await sent(levers, { version: 7, etag: "a b" }, change("prompt_version", 7, 6));
    expect(request).toBe('PATCH /prompts/support/versions/6?was=7 {"labels":["production"],"etag":"a b"}');
  });

  it("spells true and false as the lever does, and fills keys in", async () => {
    const levers = {
      enabled: {
        at: "/p/{env}",
        pointer: "/stop",
        true: "no",
        false: "yes",
        write: { method: "PATCH", body: { "{env}": "{value}", was: "{before}" } },
      },
    };
    expect((await sent(levers, { stop: "no" }, change("enabled", true, false, { env: "eu" }))).request).toBe(
      'PATCH /p/eu {"eu":"yes","was":"no"}',
    );
  });

  it("of one member names the list as it will be", async () => {
    const levers = {
      blocked: {
        at: "/list",
        pointer: "/users",
        member: "{user}",
        write: { method: "PUT", body: { users: "{/users}" } },
      },
    };
    expect((await sent(levers, { users: ["a"], n: 1 }, change("blocked", false, true, { user: "u" }))).request).toBe(
      'PUT /list {"users":["a","u"]}',
    );
  });

  it("J06, J07: carries hostile texts as data, in the body and in the address", async () => {
    const hostile = '","kill":true,"x":"{value}{/on}\u001b\n';
    const levers = {
      model: {
        at: "/m/{route}",
        pointer: "/model",
        write: {
          method: "POST",
          at: "/m/{route}/to/{value}?why={reason}",
          body: { to: "{value}", why: "because {reason} {by}" },
        },
      },
    };
    const one = change("model", "a", `../../admin?x=1#${hostile}`, { route: "..\\x" });
    const { request } = await sent(levers, { model: "a" }, one, { ...cause, reason: hostile, by: hostile });
    const [, path, body] = /^POST (\S+) (.*)$/.exec(request)!;
    expect(path!.startsWith("/m/..%5Cx/to/..%2F..%2Fadmin%3Fx%3D1%23")).toBe(true);
    const data = JSON.parse(body!) as { to: string; why: string };
    expect(Object.keys(data)).toEqual(["to", "why"]);
    expect(data.to).toBe(`../../admin?x=1#${hostile}`);
    expect(data.why).toContain('because ","kill":true,"x":"{value}{/on}');
  });

  it.each([
    ["..", /is no address below flags\.example\.com; nothing was sent/],
    ["", /\{value\} is empty, and would make another address/],
  ])("J06: that would leave its place with %j is not sent", async (value, why) => {
    const levers = { model: { at: "/m", pointer: "/model", write: { method: "PUT", at: "/to/{value}/x" } } };
    const { written, request } = await sent(levers, { model: "a" }, change("model", "a", value));
    expect(written).toMatchObject({ refused: true, why: expect.stringMatching(why) });
    expect(request).toBe("");
  });

  it("that lacks what it names is refused before anything is sent", async () => {
    const levers = {
      model: { at: "/m", pointer: "/model", write: { body: { model: "{value}", version: "{/version}" } } },
    };
    const { written, request } = await sent(levers, { model: "a" }, change("model", "a", "b"));
    expect(written).toEqual({ refused: true, why: "what was read has no /version" });
    expect(request).toBe("");
  });

  it("may have credentials of its own; its type is its own, and it is sent once even when nothing answers", async () => {
    const levers = {
      model: {
        at: "/m",
        pointer: "/model",
        write: {
          method: "PATCH",
          type: "application/json-patch+json",
          headers: { Authorization: { env: "WRITE" } },
          body: [{ op: "replace", path: "/model", value: "{value}" }],
        },
      },
    };
    const exchanges: Exchange[] = [
      { ...get("/m", { model: "a" }), headers: { authorization: "r3ad" } },
      {
        method: "PATCH",
        url: `${url}/m`,
        headers: { authorization: "wr1te", "content-type": "application/json-patch+json" },
        body: '[{"op":"replace","path":"/model","value":"b"}]',
        answer: { failed: "no answer", sent: true },
      },
    ];
    const { target, world } = open(
      levers,
      exchanges,
      { headers: { authorization: { env: "READ" } } },
      { READ: "r3ad", WRITE: "wr1te" },
    );
    expect(target.levers[0]).toMatchObject({ conditional: false });
    expect(await target.write(change("model", "a", "b"), cause)).toEqual({ unknown: true, why: "no answer" });
    world.verify();
  });

  it("that is refused for its credential tells where that is from", async () => {
    const levers = {
      model: {
        at: "/m",
        pointer: "/model",
        write: { headers: { "x-key": { env: "WRITE" } }, body: { model: "{value}" } },
      },
    };
    const exchanges: Exchange[] = [
      get("/m", { model: "a" }),
      { method: "PUT", url: `${url}/m`, answer: { status: 401, body: "no" } },
    ];
    const { target } = open(levers, exchanges, {}, { WRITE: "wr1te" });
    expect(await target.write(change("model", "a", "b"), cause)).toMatchObject({
      refused: true,
      why: expect.stringContaining("it refused what header x-key carries"),
      next: expect.stringContaining("environment variable WRITE"),
    });
  });
});

describe("what cannot work is refused when the project file is read", () => {
  const at = { at: "/m/{route}", pointer: "/x" };
  it.each<[string, object, string]>([
    [
      "the same whatever is wanted",
      { ...at, write: { body: { on: false } } },
      "needs {value} or {/pointer} in at or body, or true and false: else it writes the same whatever is wanted",
    ],
    ["only for false", { ...at, write: { false: { body: 1 } } }, "needs both true and false, or neither"],
    [
      "twice the same",
      { ...at, write: { true: { body: 1 }, false: { body: 1 } } },
      "needs true and false to be different",
    ],
    [
      "an unknown name",
      { ...at, write: { body: { a: "{valeu}" } } },
      "names {valeu}, which is none of {value}, {before}, {reason}, {incident}, {by}, no dimension and no {/pointer}",
    ],
    [
      "a scope that is not read",
      { ...at, write: { body: { a: "{value}", for: "{tenant}" } } },
      "names {tenant}, which what is read does not: it would be changed unread",
    ],
    [
      "a scope that is not read, in a pointer",
      { ...at, write: { body: { a: "{/t/{tenant}/x}" } } },
      "names {tenant}, which what is read does not: it would be changed unread",
    ],
    [
      "a value that may be absent",
      { ...at, create: true, write: { body: "{value}" } },
      "cannot be declared together with create: what was absent could not be taken away again",
    ],
    [
      "a member as a value",
      { ...at, member: "{user}", write: { body: "{value}" } },
      "cannot use {value} or {before} with member: declare true and false, or name the list as {/pointer}",
    ],
    [
      "a condition on nothing",
      { ...at, write: { conditional: true, body: "{value}" } },
      "needs {before} or {/pointer} to be conditional on: without them the API has nothing to compare",
    ],
    [
      "a form",
      { ...at, write: { type: "application/x-www-form-urlencoded", body: "{value}" } },
      "needs a JSON type like application/json: no other body can be declared",
    ],
    [
      "an address elsewhere",
      { ...at, write: { at: "https://evil.example.com/{value}" } },
      "needs a path below url, like /v1/flags/{route}",
    ],
    ["an address above", { ...at, write: { at: "/a/../{value}" } }, "needs a path below url, like /v1/flags/{route}"],
    [
      "a method that reads",
      { ...at, write: { method: "GET", body: "{value}" } },
      "needs one of PUT, PATCH, POST, DELETE",
    ],
  ])("%s", (_, lever, message) => {
    const { mistakes } = checkValue(http.schema, { url, levers: { enabled: lever } });
    expect(mistakes.map((one) => one.message).join("\n")).toContain(message);
  });

  it("a content type in two places", () => {
    const levers = { enabled: { ...at, write: { body: "{value}" } } };
    const { mistakes } = checkValue(http.schema, { url, headers: { "Content-Type": "text/plain" }, levers });
    expect(mistakes.map((one) => one.message)).toEqual([
      "`write` has a type of its own: take content-type out of headers of the target",
    ]);
  });
});

/** An API that is read as one document and written by commands, with a version to compare. */
async function openCommands(): Promise<Conforming> {
  const flags: Record<string, Json> = { max_tokens: 4096, model: "gpt-4o", enabled: true };
  let version = 1;
  let writes = 0;
  let before: (() => Promise<void>) | undefined;
  const world = fakeWorld({
    async routes({ method, url: asked, body }) {
      const { pathname } = new URL(asked);
      if (pathname !== "/flags/support.reply" && !pathname.startsWith("/flags/support.reply/")) return { status: 404 };
      if (method === "GET") return { body: JSON.stringify({ data: flags, meta: { version } }) };
      writes++;
      const work = before;
      before = undefined;
      await work?.();
      const command = JSON.parse(body!) as { to: Json; ifVersion: number };
      if (command.ifVersion !== version) return { status: 409, body: '{"error":"stale"}' };
      flags[pathname.split("/").at(-1)!] = command.to;
      version++;
      return { body: '{"ok":true}' };
    },
  });
  const lever = (key: string) => ({
    at: "/flags/{route}",
    pointer: `/data/${key}`,
    write: {
      method: "POST",
      at: `/flags/{route}/${key}`,
      conditional: true,
      body: { to: "{value}", ifVersion: "{/meta/version}" },
    },
  });
  const levers = Object.fromEntries(["max_tokens", "model", "enabled", "rpm_limit"].map((key) => [key, lever(key)]));
  const { value, mistakes } = checkValue(http.schema, { url, levers });
  expect(mistakes).toEqual([]);
  return {
    target: http.open(value as never, world, world.cwd),
    scope: { route: "support.reply" },
    live: async () => flags["max_tokens"],
    beside: async () => Object.keys(flags).join(),
    async other(n) {
      flags["max_tokens"] = n;
      version++;
    },
    before: (work) => (before = work),
    writes: () => writes,
    close: async () => {},
  };
}

conforms("http", openCommands, { absent: "a declared write makes nothing that is absent" });
