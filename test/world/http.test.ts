import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createRaw, type AddressInfo, type Socket } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { realClock } from "../../src/world/clock.ts";
import { openHttp, type HttpRequest } from "../../src/world/http.ts";

const http = openHttp({}, realClock);
const open: { close(): void }[] = [];
afterEach(() => open.splice(0).forEach((server) => server.close()));

function at(server: Server | ReturnType<typeof createRaw>): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  open.push({
    close() {
      server.close();
      server.closeAllConnections();
    },
  });
  return at(server);
}

/** A server below HTTP: does with the connection what it likes. */
async function raw(onData: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createRaw((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", () => onData(socket));
  });
  open.push({
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  });
  return at(server);
}

function get(url: string, more: Partial<HttpRequest> = {}) {
  return http({ method: "GET", url, deadlineMs: 5000, ...more });
}

describe("an answer", () => {
  it("carries status, headers in lower case, trailers and body", async () => {
    const url = await serve((_, response) => {
      response.writeHead(201, { "X-Two": ["a", "b"], trailer: "etag" });
      response.write("hällo");
      response.addTrailers({ ETag: '"7"' });
      response.end();
    });
    const answer = await get(url);
    expect(answer).toMatchObject({ status: 201, body: "hällo", trailers: { etag: '"7"' } });
    expect("headers" in answer && answer.headers["x-two"]).toBe("a, b");
  });

  it("sends method, headers and body once, and asks for plain bytes", async () => {
    const seen: unknown[] = [];
    const url = await serve((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += String(chunk)));
      request.on("end", () => {
        seen.push([request.method, request.url, request.headers["if-match"], request.headers["accept-encoding"], body]);
        response.end();
      });
    });
    const request = { method: "PUT", headers: { "If-Match": '"3"' }, body: '{"a":1}' } as const;
    expect(await get(`${url}/x?y=z`, request)).toMatchObject({ status: 200 });
    expect(seen).toEqual([["PUT", "/x?y=z", '"3"', "identity", '{"a":1}']]);
  });

  it("of 204 has an empty body", async () => {
    const url = await serve((_, response) => response.writeHead(204).end());
    expect(await get(url)).toMatchObject({ status: 204, body: "" });
  });

  it("to HEAD has an empty body, though it tells a length and an encoding", async () => {
    const url = await serve((_, response) =>
      response.writeHead(200, { "content-length": "9", "content-encoding": "gzip" }).end(),
    );
    expect(await get(url, { method: "HEAD" })).toMatchObject({ status: 200, body: "" });
  });

  it("that redirects is not followed", async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked++;
      response.writeHead(307, { location: "/elsewhere" }).end();
    });
    const answer = await get(url, { method: "PATCH", body: "x" });
    expect(answer).toMatchObject({ status: 307, headers: { location: "/elsewhere" } });
    expect(asked).toBe(1);
  });

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
  ] as const)("that is packed as %s all the same is unpacked", async (encoding, pack) => {
    const url = await serve((_, response) =>
      response.writeHead(200, { "content-encoding": encoding }).end(pack("plain")),
    );
    expect(await get(url)).toMatchObject({ status: 200, body: "plain" });
  });
});

describe("a failure says in plain words why, and whether anything was sent", () => {
  it("nobody listens", async () => {
    const server = createRaw();
    const url = await at(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await get(url)).toMatchObject({
      failed: `nothing listens on ${url.slice(7)} (connection refused)`,
      sent: false,
    });
  });

  it("no such host", async () => {
    const answer = await get("http://no-such-host.invalid/");
    expect(answer).toMatchObject({ sent: false });
    expect("failed" in answer && answer.failed).toMatch(/^(there is no host|host) no-such-host\.invalid/);
  });

  it("no http address", async () => {
    expect(await get("ftp://127.0.0.1/")).toMatchObject({ failed: "not an http or https address", sent: false });
    expect(await get("nonsense")).toMatchObject({ failed: "not an http or https address", sent: false });
  });

  it("never answers", async () => {
    const url = await serve(() => {});
    expect(await get(url, { deadlineMs: 150 })).toMatchObject({
      failed: `${url.slice(7)} did not answer within 150 ms`,
      sent: true,
    });
  });

  it("drips: the deadline is for the whole answer", async () => {
    const url = await serve((_, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write("."), 20);
      response.on("close", () => clearInterval(drip));
    });
    expect(await get(url, { deadlineMs: 300 })).toMatchObject({
      failed: `the answer of ${url.slice(7)} was not complete within 300 ms`,
      sent: true,
    });
  });

  it("is too large, told or not, packed or not", async () => {
    const url = await serve((request, response) => {
      if (request.url === "/packed")
        response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("x".repeat(9000)));
      else response.end("x".repeat(9000));
    });
    const failed = `the answer of ${url.slice(7)} is larger than 8 KiB`;
    expect(await get(url, { maxBytes: 8192 })).toMatchObject({ failed, sent: true });
    expect(await get(`${url}/packed`, { maxBytes: 8192 })).toMatchObject({ failed, sent: true });
  });

  it("is cut short", async () => {
    const url = await raw((socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"));
    expect(await get(url)).toMatchObject({ failed: `the answer of ${url.slice(7)} was cut short`, sent: true });
  });

  it("is cut short in chunks", async () => {
    const url = await raw((socket) => socket.end("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n"));
    expect(await get(url)).toMatchObject({ failed: `the answer of ${url.slice(7)} was cut short`, sent: true });
  });

  it("closes or resets without an answer", async () => {
    const closing = await raw((socket) => socket.end());
    const resetting = await raw((socket) => socket.resetAndDestroy());
    for (const url of [closing, resetting])
      expect(await get(url, { method: "PUT", body: "x" })).toMatchObject({
        failed: `${url.slice(7)} closed the connection without an answer`,
        sent: true,
      });
  });

  it("does not speak HTTP", async () => {
    const url = await raw((socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n"));
    expect(await get(url)).toMatchObject({
      failed: `${url.slice(7)} answered with something that is not HTTP`,
      sent: true,
    });
  });

  it("does not speak TLS", async () => {
    const url = (await serve((_, response) => response.end())).replace("http", "https");
    expect(await get(url)).toMatchObject({
      failed: `${url.slice(8)} does not speak TLS: is it http instead of https?`,
      sent: false,
    });
  });

  it("never finishes the handshake", async () => {
    const url = (await raw(() => {})).replace("http", "https");
    expect(await get(url, { deadlineMs: 150 })).toMatchObject({
      failed: `no connection to ${url.slice(8)} within 150 ms`,
      sent: false,
    });
  });

  it("says it is gzip and is not", async () => {
    const url = await serve((_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end("plain"));
    expect(await get(url)).toMatchObject({ failed: "the answer says it is gzip, but it is not", sent: true });
  });

  it("a header with a line break is not sent", async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked++;
      response.end();
    });
    const bad: Record<string, string>[] = [{ "x-a": "b\r\nx-c: d" }, { "x\na": "b" }, { "x-a": "b\0" }];
    for (const headers of bad)
      expect(await get(url, { headers })).toMatchObject({ sent: false, failed: expect.stringMatching(/header/) });
    expect(asked).toBe(0);
  });

  it("is interrupted", async () => {
    const url = await serve(() => {});
    const stop = new AbortController();
    const answer = get(url, { signal: stop.signal });
    stop.abort(new Error("Ctrl-C"));
    expect(await answer).toMatchObject({ failed: `the request to ${url.slice(7)} was interrupted` });
  });

  it("names no user and no password", async () => {
    const answer = await get("http://dana:hunter2@127.0.0.1:1/secret-path");
    expect(answer).toMatchObject({ sent: false });
    expect(JSON.stringify(answer)).not.toMatch(/hunter2|dana|secret-path/);
  });
});

describe("proxies", () => {
  it("loopback never goes through one, others do: http is asked of it, https is tunnelled", async () => {
    const direct = await serve((_, response) => response.end("direct"));
    const seen: string[] = [];
    const proxy = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      response.end("through the proxy");
    });
    proxy.on("connect", (request, socket) => {
      seen.push(`CONNECT ${request.url}`);
      socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    });
    open.push({
      close() {
        proxy.close();
        proxy.closeAllConnections();
      },
    });
    const via = await at(proxy);
    const env = { HTTP_PROXY: via, https_proxy: via.slice(7), NO_PROXY: "localhost, skipped.invalid" };
    const proxied = openHttp(env, realClock);
    const ask = (url: string) => proxied({ method: "GET", url, deadlineMs: 5000 });

    expect(await ask(direct)).toMatchObject({ body: "direct" });
    expect(await ask("http://metrics.invalid:9090/x?y")).toMatchObject({ body: "through the proxy" });
    expect(await ask("https://metrics.invalid/")).toMatchObject({
      failed: `proxy ${via.slice(7)} refused to connect to metrics.invalid:443 (403)`,
      sent: false,
    });
    expect(await ask("http://a.skipped.invalid/")).toMatchObject({
      failed: expect.stringMatching(/a\.skipped\.invalid/),
      sent: false,
    });
    expect(seen).toEqual(["GET http://metrics.invalid:9090/x?y", "CONNECT metrics.invalid:443"]);
  });
});
