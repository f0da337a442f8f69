import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { Interrupted } from "../../src/errors.ts";
import { openRedis, type RedisAnswer } from "../../src/world/redis.ts";
import { freePort } from "../parts/daemon.ts";
import { redisIsMissing, startRedis } from "../parts/redis.ts";

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** A server that says what it is told to; how many connections it saw. */
async function serve(
  answer: (socket: Socket, sent: string) => void,
): Promise<{ url: string; seen(): number; ended(): number }> {
  let [seen, ended] = [0, 0];
  const server = createServer((socket) => {
    seen++;
    sockets.push(socket.on("error", () => {}).on("close", () => ended++));
    socket.on("data", (bytes) => answer(socket, String(bytes)));
  }).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  const url = `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, seen: () => seen, ended: () => ended };
}

const redis = openRedis({});
const plain = (answer: RedisAnswer) =>
  JSON.parse(JSON.stringify(answer).replace(/127\.0\.0\.1:\d+/g, "HERE")) as RedisAnswer;
const get = async (url: string, more: object = {}) =>
  plain((await redis({ url, deadlineMs: 2000, ...more }, (session) => session.read(["GET", "a"])))[0]);

describe("one connection to Redis", () => {
  it("F10, F11: has one deadline for everything, however slowly it is answered", async () => {
    const silent = await serve(() => {});
    expect(await get(silent.url, { deadlineMs: 200 })).toEqual({
      failed: "HERE did not answer within 200 ms",
      sent: true,
    });
    const slow = await serve((socket) => {
      socket.write("$100\r\n");
      const drip = setInterval(() => socket.write("x"), 20);
      socket.on("close", () => clearInterval(drip));
    });
    expect(await get(slow.url, { deadlineMs: 300 })).toMatchObject({ sent: true });
  });

  it("F25: reads no more than it was told to", async () => {
    const big = await serve((socket) => socket.write(`$${1 << 30}\r\n${"x".repeat(4096)}`));
    expect(await get(big.url, { maxBytes: 1024 })).toEqual({
      failed: "the answer of HERE is larger than 1 KiB",
      sent: true,
    });
  });

  it("F12: is never opened a second time, and no command is sent again", async () => {
    let sent = "";
    const cut = await serve((socket, text) => {
      sent += text;
      socket.destroy();
    });
    const answers = await redis({ url: cut.url, deadlineMs: 1000 }, async (session) => [
      ...(await session.write(["MULTI"], ["SET", "a", "b"], ["EXEC"])),
      ...(await session.write(["DEL", "a"])),
    ]);
    expect(answers.map(plain)).toEqual([
      ...Array(3).fill({ failed: "HERE closed the connection without an answer", sent: true }),
      { failed: "HERE closed the connection without an answer", sent: false },
    ]);
    await new Promise((go) => setTimeout(go, 300));
    expect(cut.seen()).toBe(1);
    expect(sent.match(/EXEC/g)).toHaveLength(1);
    expect(sent).not.toContain("DEL");
  });

  it("F02: is not fooled by what is no Redis, or says more than was asked", async () => {
    const odd = await serve((socket) => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
    expect(await get(odd.url)).toMatchObject({ failed: expect.stringContaining("something that is not Redis") });
    const deep = await serve((socket) => socket.write("*1\r\n".repeat(100_000)));
    expect(await get(deep.url, { deadlineMs: 500 })).toHaveProperty("failed");
    const chatty = await serve((socket) => socket.write("$1\r\nx\r\n$1\r\ny\r\n$1\r\nz\r\n"));
    expect(await get(chatty.url)).toEqual({ reply: "x" });
  });

  it("tells a text from bytes that are none", async () => {
    const bytes = await serve((socket) => socket.write(Buffer.from([0x24, 0x32, 0x0d, 0x0a, 0xff, 0xfe, 0x0d, 0x0a])));
    const [answer] = await redis({ url: bytes.url, deadlineMs: 1000 }, (session) => session.read(["GET", "a"]));
    expect("reply" in answer && answer.reply).toBeInstanceOf(Uint8Array);
  });

  it("I04: an interrupt ends what is read at once, and closes the connection", async () => {
    const interrupt = new AbortController();
    const silent = await serve(() => interrupt.abort(new Interrupted()));
    const interrupted = openRedis({}, interrupt.signal);
    const [answer] = await interrupted({ url: silent.url, deadlineMs: 8000 }, (session) => session.read(["GET", "a"]));
    expect(plain(answer)).toEqual({ failed: "the request to HERE was interrupted", sent: true });
    for (let i = 0; i < 50 && silent.ended() === 0; i++) await new Promise((go) => setTimeout(go, 10));
    expect(silent.ended()).toBe(1);
  });

  it("I04: a write that is out when the interrupt comes is still waited for", async () => {
    const interrupt = new AbortController();
    const late = await serve((socket) => {
      interrupt.abort(new Interrupted());
      setTimeout(() => socket.write(":1\r\n"), 100);
    });
    const interrupted = openRedis({}, interrupt.signal);
    const answers = await interrupted({ url: late.url, deadlineMs: 8000 }, async (session) => [
      ...(await session.write(["DEL", "a"])),
      ...(await session.write(["DEL", "b"])),
    ]);
    expect(answers).toEqual([{ reply: 1 }, { failed: "interrupted before it was sent", sent: false }]);
  });

  it("the caller's signal ends it", async () => {
    const silent = await serve(() => {});
    const stop = AbortSignal.timeout(100);
    expect(await get(silent.url, { signal: stop, deadlineMs: 8000 })).toMatchObject({ sent: true });
  });
});

const openssl = spawnSync("openssl", ["version"]).error !== undefined && process.env["CI"] === undefined;

describe.skipIf(redisIsMissing || openssl)("a real Redis with TLS", () => {
  it("F21: is believed by the CA file that is named, and by nothing else", async () => {
    const folder = mkdtempSync(join(tmpdir(), "llmops-redis-tls-"));
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"];
    const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    execFileSync("openssl", ["req", "-x509", ...ec, "-keyout", key, "-out", cert, ...subject], { stdio: "ignore" });
    const port = await freePort();
    const tls = [
      "--tls-port",
      String(port),
      "--tls-cert-file",
      cert,
      "--tls-key-file",
      key,
      "--tls-ca-cert-file",
      cert,
    ];
    const server = await startRedis(...tls, "--tls-auth-clients", "no");
    server.cli("set", "a", "safe");
    const url = `rediss://127.0.0.1:${port}`;
    expect(await get(url, { ca: cert })).toEqual({ reply: "safe" });
    expect(await get(url)).toEqual({
      failed: "the certificate of 127.0.0.1 is self-signed: name its CA file if you trust it",
      sent: false,
    });
    const careless = openRedis({ NODE_TLS_REJECT_UNAUTHORIZED: "0" });
    const [answer] = await careless({ url, deadlineMs: 2000 }, (session) => session.read(["GET", "a"]));
    expect(answer).toMatchObject({ failed: expect.stringContaining("NODE_TLS_REJECT_UNAUTHORIZED=0 is not honoured") });
    expect(await get(`redis://127.0.0.1:${port}`)).toHaveProperty("failed");
    await server.stop();
    rmSync(folder, { recursive: true });
  });
});
