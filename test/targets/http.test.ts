import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { checkValue } from "../../src/schema/schema.ts";
import { http } from "../../src/targets/http.ts";
import { addressIn } from "../../src/targets/httpStore.ts";
import type { Read, Target } from "../../src/targets/target.ts";
import type { Change, Written } from "../../src/timeline/setting.ts";
import type { Value } from "../../src/timeline/value.ts";
import { openHttp } from "../../src/world/http.ts";
import type { World } from "../../src/world/world.ts";
import { fakeWorld } from "../fake/world.ts";
import { cause } from "../fake/cause.ts";

interface Call {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
}
type Answer = (call: Call, response: ServerResponse) => void;

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

async function serve(answer: Answer): Promise<{ url: string; calls: Call[] }> {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const call = { method: request.method!, url: request.url!, headers: request.headers, body };
      calls.push(call);
      answer(call, response);
    });
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls };
}

function world(env: Record<string, string> = {}): World {
  const fake = fakeWorld({ env });
  return { ...fake, http: openHttp({}, fake.clock) };
}

function open(settings: Record<string, unknown>, env?: Record<string, string>, outside = world(env)): Target {
  const { value, mistakes } = checkValue(http.schema, {
    levers: { max_tokens: { at: "/r/{route}", pointer: "/n" } },
    ...settings,
  });
  expect(mistakes).toEqual([]);
  return http.open(value as never, outside, "/project");
}

const scope = { route: "support.reply" };
const json = { "content-type": "application/json" };

function change(before: Value, after: Value, version: string | null): Change {
  return { id: "m1", mitigation: "token-clamp", target: "t", setting: "max_tokens", scope, before, after, version };
}

async function value(target: Target): Promise<Exclude<Read, { error: string }>> {
  const read = await target.read("max_tokens", scope);
  if ("error" in read) throw new Error(read.error);
  return read;
}

/** A document with an ETag that grows, honouring If-Match. */
function documents(start: string): Answer & { text: string; version: number } {
  const state: Answer & { text: string; version: number } = Object.assign(
    ((call, response) => {
      const etag = `"v${state.version}"`;
      if (call.method !== "GET") {
        if (call.headers["if-match"] !== undefined && call.headers["if-match"] !== etag)
          return response.writeHead(412).end("stale");
        state.text = call.body;
        state.version++;
      }
      response.writeHead(200, { ...json, etag: `"v${state.version}"`, server: "Gateway" }).end(state.text);
      return undefined;
    }) as Answer,
    { text: start, version: 1 },
  );
  return state;
}

describe("with ETags", () => {
  it("reads, changes one value on condition, and tells the new version", async () => {
    const state = documents('{ "n": 4096, "big": 12345678901234567890 }');
    const { url, calls } = await serve(state);
    const target = open({ url, headers: { authorization: { env: "TOKEN" } } }, { TOKEN: "s3cret" });
    const read = await value(target);
    expect(read).toMatchObject({ value: { is: 4096 }, version: '"v1"', at: Date.parse("2026-11-21T03:12:04Z") });
    expect(read.identity).toBe(`http ${url.slice(7)} (Gateway), etag "v1"`);
    expect(await target.write(change({ is: 4096 }, { is: 512 }, read.version), cause)).toEqual({
      written: true,
      version: '"v2"',
    });
    expect(state.text).toBe('{ "n": 512, "big": 12345678901234567890 }');
    const put = calls.at(-1)!;
    expect(put).toMatchObject({ method: "PUT", url: "/r/support.reply" });
    expect(put.headers).toMatchObject({
      "if-match": '"v1"',
      authorization: "s3cret",
      "content-type": "application/json",
    });
    expect(calls.map((c) => c.method)).toEqual(["GET", "GET", "PUT"]);
  });

  it("sends nothing when it changed since the read; tells the live value when the server notices", async () => {
    const state = documents('{"n": 4096}');
    const { url, calls } = await serve((call, response) => {
      if (call.method === "PUT") Object.assign(state, { text: '{"n": 7}', version: 9 });
      state(call, response);
    });
    const target = open({ url });
    expect(await target.write(change({ is: 100 }, { is: 512 }, '"v0"'), cause)).toMatchObject({
      conflict: true,
      live: { is: 4096 },
    });
    expect(calls.map((c) => c.method)).toEqual(["GET"]);
    const written = await target.write(change({ is: 4096 }, { is: 512 }, '"v1"'), cause);
    expect(written).toEqual({
      conflict: true,
      live: { is: 7 },
      why: `${url.slice(7)} answered 412: it was changed since it was read: stale`,
    });
  });

  it("takes the ETag from a trailer, and a weak one for none", async () => {
    const { url, calls } = await serve((call, response) => {
      if (call.url.endsWith("weak")) return void response.writeHead(200, { ...json, etag: 'W/"1"' }).end('{"n": 1}');
      response.writeHead(200, { ...json, trailer: "etag" });
      response.write('{"n": 1}');
      response.addTrailers({ etag: '"t"' });
      response.end();
    });
    const target = open({ url });
    expect((await value(target)).version).toBe('"t"');
    expect(await target.read("max_tokens", { route: "weak" })).toMatchObject({ version: null });
    await target.write({ ...change({ is: 1 }, { is: 2 }, null), scope: { route: "weak" } }, cause);
    expect(calls.at(-1)!.headers["if-match"]).toBeUndefined();
  });

  it("creates only where nothing stands, and takes away with DELETE", async () => {
    const { url, calls } = await serve((call, response) => {
      if (call.method === "GET" && calls.length < 4) return void response.writeHead(404).end();
      response.writeHead(200, { ...json, etag: '"1"' }).end(call.method === "GET" ? "5" : "");
    });
    const target = open({ url, levers: { max_tokens: { at: "/r/{route}", create: true } } });
    expect(await value(target)).toMatchObject({ value: { absent: true }, version: null });
    await target.write(change({ absent: true }, { is: 5 }, null), cause);
    expect(calls.at(-1)).toMatchObject({ method: "PUT", body: "5", headers: { "if-none-match": "*" } });
    const { version } = await value(target).catch(() => ({ version: '"1"' }));
    await target.write(change({ is: 5 }, { absent: true }, version ?? '"1"'), cause);
    expect(calls.at(-1)).toMatchObject({ method: "DELETE", body: "", headers: { "if-match": '"1"' } });
  });
});

describe("without ETags", () => {
  it("compares, then writes; a patch carries the one value", async () => {
    const { url, calls } = await serve(
      (_call, response) => void response.writeHead(200, json).end('{"n": 4096, "m": 1}'),
    );
    const target = open({ url, method: "PATCH" });
    const { version } = await value(target);
    expect(version).toBeNull();
    expect(await target.write(change({ is: 4096 }, { is: 512 }, null), cause)).toEqual({
      written: true,
      version: null,
    });
    expect(calls.at(-1)).toMatchObject({ method: "PATCH", body: '{"n":512}' });
    expect(calls.at(-1)!.headers["content-type"]).toBe("application/merge-patch+json");
    expect(await target.write(change({ is: 1 }, { is: 512 }, null), cause)).toMatchObject({
      conflict: true,
      live: { is: 4096 },
    });
    await target.write(change({ is: 4096 }, { absent: true }, null), cause);
    expect(calls.at(-1)!.body).toBe('{"n":null}');
    expect(await target.write(change({ is: 4096 }, { is: null }, null), cause)).toMatchObject({ refused: true });
  });

  it("F14: a patch through a list is not sent: it would put a map in the place of the whole list", async () => {
    const { url, calls } = await serve(
      (_call, response) => void response.writeHead(200, json).end('{"t":[{"n":1},{"n":2}]}'),
    );
    const target = open({ url, method: "PATCH", levers: { max_tokens: { at: "/r/{route}", pointer: "/t/0/n" } } });
    expect(await target.write(change({ is: 1 }, { is: 7 }, null), cause)).toEqual({
      refused: true,
      why: "a merge patch cannot change one entry of a list: it would replace the whole list at /t",
      next: "set method: PUT on this target in llmops.yaml, or change it by hand",
    });
    expect(calls.filter(({ method }) => method !== "GET")).toEqual([]);
    const member = open({
      url,
      method: "PATCH",
      levers: { max_tokens: { at: "/r/{route}", pointer: "/t", member: "x" } },
    });
    expect(await member.write(change({ is: false }, { is: true }, null), cause)).toMatchObject({ written: true });
    expect(calls.at(-1)!.body).toBe('{"t":[{"n":1},{"n":2},"x"]}');
  });

  it("does not claim a condition when the project says it is none", async () => {
    const { url, calls } = await serve(documents('{"n": 1}'));
    const target = open({ url, conditional: false, method: "POST" });
    expect(target.levers[0]!.conditional).toBe(false);
    expect((await value(target)).version).toBeNull();
    await target.write(change({ is: 1 }, { is: 2 }, null), cause);
    expect(calls.at(-1)).toMatchObject({ method: "POST", body: '{"n": 2}' });
    expect(calls.at(-1)!.headers["if-match"]).toBeUndefined();
  });
});

describe("what the other side may answer to a write", () => {
  async function answered(status: number, headers: Record<string, string> = {}, body = ""): Promise<Written> {
    const { url } = await serve((call, response) => {
      if (call.method === "GET") return void response.writeHead(200, json).end('{"n": 1}');
      response.writeHead(status, headers).end(body);
    });
    const outside = world({ K: "s3cret" });
    const secret = open({ url, headers: { "x-key": { env: "K" } } }, {}, outside);
    const written = await secret.write(change({ is: 1 }, { is: 2 }, null), cause);
    const kept = outside.secrets.hideKnown(JSON.stringify(written)); // as the terminal and the timeline do
    return JSON.parse(kept.replaceAll(url.slice(7), "HOST")) as Written;
  }

  it.each([
    [200, {}, "", { written: true, version: null }],
    [201, { etag: '"n"' }, "{}", { written: true, version: '"n"' }],
    [
      202,
      { etag: '"n"' },
      "",
      { unknown: true, why: "HOST answered 202: it took the change in and makes it later", pending: true },
    ],
    [204, {}, "", { written: true, version: null }],
    [
      200,
      { "content-type": "text/html" },
      "<p>log in",
      { unknown: true, why: "HOST answered the write with a web page (is a login in front of it?)" },
    ],
    [
      301,
      { location: "https://else.where/" },
      "",
      {
        unknown: true,
        why: "HOST answered 301, redirecting to https://else.where/: redirects are not followed",
        next: "put the final address into url in llmops.yaml",
      },
    ],
    [
      303,
      {},
      "",
      {
        unknown: true,
        why: "HOST answered 303, redirecting to nowhere: redirects are not followed",
        next: "put the final address into url in llmops.yaml",
      },
    ],
    [
      400,
      {},
      "bad",
      {
        refused: true,
        why: "HOST answered 400: it does not accept this value: bad",
        next: "choose a value that it accepts, or change it by hand",
      },
    ],
    [
      401,
      {},
      "",
      {
        refused: true,
        why: "HOST answered 401: it refused what header x-key carries",
        next: "renew environment variable K (headers.x-key of the target in llmops.yaml), then try again",
      },
    ],
    [
      403,
      {},
      '{"error":{"message":"s3cret may not\\u001b[31m"}}',
      {
        refused: true,
        why: "HOST answered 403: these credentials may not do this: [secret K] may not\\u001b[31m",
        next: "ask who runs HOST for the right to do it, or change it by hand",
      },
    ],
    [
      404,
      {},
      "",
      {
        refused: true,
        why: "HOST answered 404: there is nothing at this address",
        next: "see that the lever's address in llmops.yaml is right",
      },
    ],
    [
      405,
      { allow: "GET, POST" },
      "",
      {
        refused: true,
        why: "HOST answered 405: it takes no PUT here, only GET, POST",
        next: "set method: of the target in llmops.yaml to what it takes, or change it by hand",
      },
    ],
    [409, {}, "", { conflict: true, live: { is: 1 }, why: "HOST answered 409: it conflicts with what is there" }],
    [412, {}, "", { conflict: true, live: { is: 1 }, why: "HOST answered 412: it was changed since it was read" }],
    [
      413,
      {},
      "",
      { refused: true, why: "HOST answered 413: the document is too large for it", next: "change it by hand" },
    ],
    [
      415,
      {},
      "<!doctype html><p>no",
      {
        refused: true,
        why: "HOST answered 415: it does not take PUT with this kind of content: a web page",
        next: "set method: of the target in llmops.yaml to what it takes, or change it by hand",
      },
    ],
    [
      422,
      {},
      `{"detail": "n ${"x".repeat(400)}"}`,
      {
        refused: true,
        why: `HOST answered 422: it does not accept this value: n ${"x".repeat(195)}...`,
        next: "choose a value that it accepts, or change it by hand",
      },
    ],
    [
      428,
      {},
      "",
      {
        refused: true,
        why: "HOST answered 428: it wants a condition on every write, and offered no ETag",
        next: "change it by hand",
      },
    ],
    [
      429,
      { "retry-after": "90" },
      "",
      {
        refused: true,
        why: "HOST answered 429: too many requests, try again in 1m 30s",
        next: "try again in 1m 30s, or change it by hand",
      },
    ],
    [
      429,
      { "retry-after": "Wed, 21 Oct" },
      "",
      {
        refused: true,
        why: "HOST answered 429: too many requests, try again in a moment",
        next: "try again in a moment, or change it by hand",
      },
    ],
    [
      500,
      {},
      "oops",
      { unknown: true, why: "HOST answered 500: oops", next: "see what is wrong with HOST, or change it by hand" },
    ],
    [
      503,
      {},
      "",
      {
        unknown: true,
        why: "HOST answered 503: it, or what stands before it, cannot work now",
        next: "see what is wrong with HOST, or change it by hand",
      },
    ],
  ] as const)("%i %#", async (status, headers, body, expected) => {
    expect(await answered(status, headers, body)).toEqual(expected);
  });

  it("a hang or a reset after sending is unknown, nothing listening is refused", async () => {
    const hang = await serve((call, response) => {
      if (call.method === "GET") response.writeHead(200, json).end('{"n": 1}');
    });
    expect(
      await open({ url: hang.url, deadline: "100ms" }).write(change({ is: 1 }, { is: 2 }, null), cause),
    ).toMatchObject({
      unknown: true,
    });
    const reset = await serve((call, response) => {
      if (call.method === "GET") response.writeHead(200, json).end('{"n": 1}');
      else response.destroy();
    });
    expect(await open({ url: reset.url }).write(change({ is: 1 }, { is: 2 }, null), cause)).toMatchObject({
      unknown: true,
    });
    const gone = await open({ url: "http://127.0.0.1:9" }).write(change({ is: 1 }, { is: 2 }, null), cause);
    expect(gone).toMatchObject({ refused: true });
    expect(JSON.stringify(gone)).toContain("127.0.0.1:9");
  });

  it("a lie is not noticed by the write, only by reading back", async () => {
    const { url } = await serve((_call, response) => void response.writeHead(200, json).end('{"n": 1}'));
    const target = open({ url });
    expect(await target.write(change({ is: 1 }, { is: 2 }, null), cause)).toMatchObject({ written: true });
    expect((await value(target)).value).toEqual({ is: 1 });
  });
});

describe("what the other side may answer to a read", () => {
  async function answered(status: number, headers: Record<string, string>, body: string): Promise<Read> {
    const { url } = await serve((call, response) => {
      if (call.url === "/r") return void response.writeHead(200, json).end('["support.reply2", "other"]');
      response.writeHead(status, headers).end(body);
    });
    const read = await open({ url }).read("max_tokens", scope);
    return JSON.parse(JSON.stringify(read).replaceAll(url.slice(7), "HOST")) as Read;
  }

  it.each([
    [
      200,
      { "content-type": "text/html" },
      "<b>",
      "HOST answered with a web page instead of a value (is a login in front of it?)",
    ],
    [200, json, "", "HOST answered with nothing where a value was expected"],
    [204, {}, "", "HOST answered 204 without a value"],
    [200, json, '{"n": ', "http HOST: line 1, column 7: a JSON value is expected"],
    [302, { location: "/login" }, "", "HOST answered 302, redirecting to /login: redirects are not followed"],
    [401, {}, "", "HOST answered 401: it wants credentials"],
    [500, {}, "", "HOST answered 500"],
  ] as const)("%i %#", async (status, headers, body, error) => {
    expect(await answered(status, headers, body)).toMatchObject({ error });
  });

  it("404 names what exists beside it", async () => {
    expect(await answered(404, {}, "")).toEqual({
      error: "http HOST has nothing at /r/support.reply (404)",
      missing: true,
      nearest: ["support.reply2", "other"],
    });
  });
});

describe("addresses", () => {
  it("stay below the configured URL", async () => {
    const { url, calls } = await serve((_call, response) => void response.writeHead(200, json).end('{"n": 1}'));
    const target = open({ url: `${url}/api/` });
    await target.read("max_tokens", { route: "a/../b?x=1#y" });
    expect(calls[0]!.url).toBe("/api/r/a%2F..%2Fb%3Fx%3D1%23y");
    for (const route of ["..", "."]) {
      expect(await target.read("max_tokens", { route })).toHaveProperty("error");
      expect(await target.write({ ...change({ is: 1 }, { is: 2 }, null), scope: { route } }, cause)).toMatchObject({
        refused: true,
      });
    }
    expect(calls).toHaveLength(1);
    const base = new URL("http://h:1/api");
    const strange = ["@evil/x", "/../x", "/%2e%2E/x", "\\\\evil"].filter(
      (address) => addressIn(base, address) !== undefined,
    );
    expect(strange).toEqual([]);
    expect(addressIn(base, "//evil/x")?.href).toBe("http://h:1/api//evil/x");
  });

  it.each([
    [{ url: "ftp://x" }, "`url` needs an http:// or https:// address without user and password"],
    [{ url: "http://a:b@x" }, "`url` needs an http:// or https:// address without user and password"],
    [{ url: "http://x", levers: { model: "v1/x" } }, "`model` needs a path below url, like /v1/routes/{route}"],
    [{ url: "http://x", levers: { model: "/../x" } }, "`model` needs a path below url, like /v1/routes/{route}"],
    [{ url: "http://x", deadline: "11s" }, "`deadline` needs at most 10s"],
  ])("mistake %#", (settings, message) => {
    expect(checkValue(http.schema, { levers: {}, ...settings }).mistakes.map((m) => m.message)).toEqual([message]);
  });
});

describe("secrets and reach", () => {
  it("asks for a secret on first use only, and again after a 401", async () => {
    const { url, calls } = await serve((call, response) => {
      response.writeHead(call.headers["x-key"] === "two" ? 200 : 401, json).end('{"n": 1}');
    });
    const env: Record<string, string> = { K: "one" };
    const fake = world(env);
    const { value: settings } = checkValue(http.schema, {
      url,
      headers: { "x-key": { env: "K" } },
      levers: { max_tokens: { at: "/r", pointer: "/n" } },
    });
    const target = http.open(settings as never, fake, "/");
    expect(calls).toEqual([]);
    expect(await target.check()).toMatchObject({ ok: false, say: expect.stringContaining("401") as string });
    env["K"] = "two";
    expect(await target.check()).toMatchObject({ ok: true });
    expect((await value(target)).value).toEqual({ is: 1 });
    delete env["K"];
    expect((await value(target)).value).toEqual({ is: 1 });
  });

  it("tells whether it is there", async () => {
    expect(await open({ url: "http://127.0.0.1:9" }).check()).toMatchObject({ ok: false });
    const { url } = await serve((_call, response) => void response.writeHead(404).end());
    const reach = await open({ url }).check();
    expect(reach.ok).toBe(true);
    expect(reach.say).toMatch(/^\d+ ms, write not tried$/);
  });
});
