import { afterEach, describe, expect, it } from "vitest";
import type { ServerResponse } from "node:http";
import type { Expected } from "../../src/timeline/probe.ts";
import { mistakes, probeAt, startGateway, type Received } from "./gateway.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const refused: Expected = { refused: true };
const model: Expected = { reports: "model", is: ["gpt-4o-mini"], was: ["gpt-4o"] };
const reports = { model: { pointer: "/model" }, max_tokens: { header: "x-max-tokens" } };

async function gateway(answer: (response: ServerResponse, request: Received) => void) {
  const one = await startGateway(answer);
  open.push(one);
  return one;
}

/** Answers with this status and JSON, or text. */
const says = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  gateway((response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });

const completion = (name: string) => ({ id: "x", model: name, choices: [{ message: { content: "ok" } }] });
const ask = async (url: string, expect: Expected, more: object = {}) =>
  probeAt({ url: `${url}/v1/chat/completions`, reports, ...more }).probe.ask(expect, {});

describe("what is sent", () => {
  it("is one request of one token, in OpenAI's shape, that names whom it asks for", async () => {
    const { url, received } = await says(503, { error: { type: "route_disabled", message: "off" } });
    const headers = { "x-route": "{route}", authorization: { env: "KEY" } };
    const { probe } = probeAt({ url: `${url}/v1/chat/completions`, headers }, { KEY: "Bearer t0ps3cret" });
    const probed = await probe.ask(refused, { route: "support.reply", user: "u-1" });
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ method: "POST", url: "/v1/chat/completions" });
    expect(received[0]!.headers).toMatchObject({ "x-route": "support.reply", authorization: "Bearer t0ps3cret" });
    expect(JSON.parse(received[0]!.body)).toEqual({
      messages: [{ role: "user", content: "Reply with the word ok." }],
      max_tokens: 1,
      stream: false,
      user: "u-1",
    });
    expect(probed).toMatchObject({ status: 503, verdict: "yes", why: "it was refused: 503, route_disabled: off" });
    expect(probed.sent).toBe(`POST ${new URL(url).host}/v1/chat/completions, route support.reply, user u-1`);
    expect(JSON.stringify(probed)).not.toContain("t0ps3cret");
  });

  it("J06, J07: a hostile name stays a name in the path, the query and the body", async () => {
    const { url, received } = await says(200, completion("gpt-4o"));
    const route = 'a/../../admin?x=1#","kill":true,"x":"';
    const settings = { url: `${url}/r/{route}/chat?as={user}`, body: { route: "{route}", list: ["to {user}"] } };
    await probeAt(settings).probe.ask(refused, { route, user: "u&b=1" });
    expect(received[0]!.url).toBe(`/r/${encodeURIComponent(route)}/chat?as=u%26b%3D1`);
    expect(JSON.parse(received[0]!.body)).toEqual({ route, list: ["to u&b=1"] });
    const out = await probeAt(settings).probe.ask(refused, { route: "..", user: "u" });
    expect(out).toMatchObject({ verdict: "unknown", why: expect.stringContaining("nothing was sent") as string });
    expect(received).toHaveLength(1);
  });

  it("J06: half a character, which no address can carry, is not sent at all", async () => {
    const { url, received } = await says(200, completion("gpt-4o"));
    const { probe } = probeAt({ url: `${url}/r/{route}` });
    expect(await probe.ask(refused, { route: "a\ud800" })).toMatchObject({
      verdict: "unknown",
      why: expect.stringContaining("nothing was sent") as string,
    });
    expect(received).toEqual([]);
  });

  it("J08: a name that would end a header is not sent at all", async () => {
    const { url, received } = await says(200, completion("gpt-4o"));
    const { probe } = probeAt({ url, headers: { "x-route": "{route}" } });
    expect(await probe.ask(refused, { route: "a\r\nx-evil: 1" })).toMatchObject({ verdict: "unknown" });
    expect(received).toEqual([]);
  });

  it("is nothing where a secret cannot be had", async () => {
    const { url, received } = await says(200, completion("gpt-4o"));
    const { probe } = probeAt({ url, headers: { authorization: { env: "NOT_SET" } } });
    const { verdict, why } = await probe.ask(refused, {});
    expect([verdict, why]).toEqual(["unknown", expect.stringContaining("environment variable NOT_SET is not set")]);
    expect(received).toEqual([]);
  });
});

describe("what it cannot show", () => {
  const { probe } = probeAt({ url: "http://gateway.test/{route}", reports: { model: { pointer: "/model" } } });

  it("is said: a dimension that the request does not name, one that nobody named, a figure that no answer reports", () => {
    expect(probe.cannot(refused, { route: "a" }, { route: "a" })).toBeUndefined();
    expect(probe.cannot(refused, { tenant: "acme" }, { tenant: "acme" })).toBe("its request cannot name a tenant");
    expect(probe.cannot(refused, { user: "u-1" }, { user: "u-1" })).toBe(
      "its request needs a route: set scope: of the probe",
    );
    const cap: Expected = { reports: "max_tokens", atMost: 512 };
    expect(probe.cannot(cap, { route: "a" }, { route: "a" })).toContain("max_tokens");
  });

  it("a name for what no change names comes from the probe itself", () => {
    const own = probeAt({ url: "http://gateway.test/{route}", scope: { route: "chat.free" } }).probe;
    expect(own.cannot(refused, { user: "u-1" }, { user: "u-1" })).toBeUndefined();
  });
});

describe("what an answer shows", () => {
  const verdict = async (status: number, body: unknown, expect: Expected, more: object = {}) => {
    const { url } = await says(status, body);
    const { verdict: is, why } = await ask(url, expect, more);
    return [is, why];
  };

  it("a refusal: an answer of a model denies it, another error tells nothing", async () => {
    expect(await verdict(200, completion("gpt-4o"), refused)).toEqual(["no", "it was served (200)"]);
    expect(await verdict(403, { error: "blocked" }, refused)).toEqual(["yes", "it was refused: 403, blocked"]);
    expect((await verdict(401, { error: { message: "bad key" } }, refused))[0]).toBe("unknown");
    expect((await verdict(500, "", refused))[0]).toBe("unknown");
  });

  it("a refusal with its reason is told from one that has another", async () => {
    const off = { refused: { status: [503], pointer: "/error/type", is: ["route_disabled"] } };
    const error = (type: string) => ({ error: { type, message: "no" } });
    expect((await verdict(503, error("route_disabled"), refused, off))[0]).toBe("yes");
    expect(await verdict(503, error("overloaded"), refused, off)).toEqual([
      "unknown",
      "it answers 503, overloaded: no, which is not how this gateway refuses",
    ]);
    const friendly = { refused: [{ status: [200], pointer: "/model", is: ["fallback"] }] };
    expect((await verdict(200, completion("fallback"), refused, friendly))[0]).toBe("yes");
  });

  it("a model by its dated name, never by one that only begins like it", async () => {
    expect((await verdict(200, completion("gpt-4o-mini-2024-07-18"), model))[0]).toBe("yes");
    expect((await verdict(200, completion("openai/gpt-4o-mini"), model))[0]).toBe("yes");
    expect((await verdict(200, completion("gpt-4o-2024-11-20"), model))[0]).toBe("no");
    expect((await verdict(200, completion("mistral-small"), model))[0]).toBe("unknown");
    const back: Expected = { reports: "model", is: ["gpt-4o"], was: ["gpt-4o-mini"] };
    expect((await verdict(200, completion("gpt-4o-mini"), back))[0]).toBe("no");
    expect((await verdict(200, { id: "x" }, model))[0]).toBe("unknown");
    expect((await verdict(503, completion("gpt-4o-mini"), model))[0]).toBe("unknown");
  });

  it("a cap at or below the wanted one; what the request asked for itself is none", async () => {
    const cap: Expected = { reports: "max_tokens", atMost: 512 };
    const is = async (header: string) => {
      const { url } = await says(200, completion("gpt-4o"), { "x-max-tokens": header });
      return (await ask(url, cap)).verdict;
    };
    expect([await is("512"), await is("100"), await is("4096")]).toEqual(["yes", "yes", "no"]);
    expect([await is("1"), await is("none"), await is("-1")]).toEqual(["unknown", "unknown", "unknown"]);
    const echo = async (body: object) => {
      const { url } = await says(200, completion("gpt-4o"), { "x-max-tokens": "512" });
      return (await ask(url, cap, { body: { messages: [], ...body } })).verdict;
    };
    expect(await echo({ max_tokens: 512 })).toBe("unknown");
    expect(await echo({ max_completion_tokens: 512 })).toBe("unknown");
    expect(await echo({ max_output_tokens: 512 })).toBe("unknown");
    expect(await echo({ max_tokens: 4096 })).toBe("yes");
  });
});

describe("a gateway that misbehaves shows nothing, and is asked once", () => {
  it("F22: is down", async () => {
    const { url, close } = await startGateway(() => {});
    await close();
    const { verdict, why } = await ask(url, refused);
    expect([verdict, why]).toEqual(["unknown", expect.stringContaining("connection refused")]);
  });

  it("F10, F11: hangs, or drips for ever", async () => {
    for (const drip of [false, true]) {
      const one = await gateway((response) => {
        if (drip) setInterval(() => response.write(" "), 20).unref();
      });
      const { verdict, why } = await ask(one.url, refused, { deadline: "300ms" });
      expect([verdict, why]).toEqual(["unknown", expect.stringContaining("within 300 ms")]);
      expect(one.received).toHaveLength(1);
    }
  });

  it("F12: breaks off", async () => {
    const one = await gateway((response) => response.destroy());
    expect((await ask(one.url, refused)).verdict).toBe("unknown");
    expect(one.received).toHaveLength(1);
  });

  it("F02: answers a login page, with any status", async () => {
    for (const status of [200, 403, 503]) {
      const { url } = await says(status, "<!doctype html><title>Sign in</title>", { "content-type": "text/html" });
      const { verdict, why } = await ask(url, refused);
      expect([verdict, why]).toEqual(["unknown", expect.stringContaining("a web page")]);
    }
  });

  it("F16, F17: redirects: nobody follows, with credentials or without", async () => {
    const evil = await says(200, completion("gpt-4o-mini"));
    for (const status of [301, 307]) {
      const { url } = await says(status, "", { location: evil.url });
      const { probe } = probeAt({ url, headers: { authorization: { env: "KEY" } } }, { KEY: "Bearer t0ps3cret" });
      expect(await probe.ask(model, {})).toMatchObject({ verdict: "unknown", status });
    }
    expect(evil.received).toEqual([]);
  });

  it("F26, J01, J02: answers with terminal escapes", async () => {
    const hostile = "no\u001b]52;c;ZXZpbA==\u0007\u001b[31m\u202e unterminated \u001b]0;";
    const { url } = await says(403, { error: { type: hostile, message: hostile }, model: hostile });
    for (const expected of [refused, model]) {
      const probed = await ask(url, expected);
      expect(probed.why).toContain("no");
      expect(Object.values(probed).join(" ")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    }
  });

  it("repeats our token in its error, whole or in a long text", async () => {
    const token = "sk-live-9f8e7d6c5b4a39281706";
    for (const message of [`bad key ${token}`, `${"x".repeat(100)} ${token}`]) {
      const { url } = await says(403, { error: { message } });
      const { probe } = probeAt({ url, headers: { authorization: { env: "KEY" } } }, { KEY: `Bearer ${token}` });
      const probed = JSON.stringify(await probe.ask(refused, {}));
      expect(probed).not.toContain(token.slice(0, 12));
    }
  });

  it("answers far too much", async () => {
    const { url } = await says(200, { ...completion("gpt-4o"), more: "x".repeat(200_000) });
    expect((await ask(url, refused)).verdict).toBe("unknown");
  });

  it("answers 200 with an error in it, or with nothing", async () => {
    for (const body of [{ error: { message: "upstream is down" } }, "", "null", "[]", "ok"]) {
      const { url } = await says(200, body);
      for (const expected of [refused, model]) expect((await ask(url, expected)).verdict).toBe("unknown");
    }
  });

  it("streams although it was not asked to: its first piece tells", async () => {
    const stream = { "content-type": "text/event-stream" };
    const ok = await says(200, `data: ${JSON.stringify(completion("gpt-4o-mini"))}\n\ndata: [DONE]\n\n`, stream);
    expect((await ask(ok.url, refused)).verdict).toBe("no");
    expect((await ask(ok.url, model)).verdict).toBe("yes");
    const bad = await says(200, `data: {"error":{"message":"off"}}\n\n`, stream);
    expect((await ask(bad.url, refused)).verdict).toBe("unknown");
  });
});

describe("probes in llmops.yaml", () => {
  it("are read with what is wrong in them", async () => {
    expect(await mistakes('{ url: "http://gateway.test/v1/chat/completions" }')).toEqual([]);
    const wrong = async (probe: string) => (await mistakes(probe)).join("; ");
    expect(await wrong('{ url: "ftp://gateway.test" }')).toContain("http:// or https://");
    expect(await wrong('{ url: "http://{route}.test/" }')).toContain("http:// or https://");
    expect(await wrong('{ url: "http://u:p@gateway.test/" }')).toContain("without user and password");
    expect(await wrong('{ url: "http://gateway.test/", headers: { x-route: "{rout}" } }')).toContain("no dimension");
    expect(await wrong('{ url: "http://gateway.test/", deadline: 20s }')).toContain("at most 10s");
    expect(await wrong('{ url: "http://gateway.test/", refused: [200] }')).not.toBe("");
    expect(await wrong('{ url: "http://gateway.test/", reports: { model: { pointer: model } } }')).toContain("pointer");
  });
});
