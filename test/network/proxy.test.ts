import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createTls } from "node:https";
import { connect, type AddressInfo, type Server as TcpServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { realClock } from "../../src/world/clock.ts";
import { openHttp } from "../../src/world/http.ts";

const noOpenssl = spawnSync("openssl", ["version"]).error !== undefined && process.env["CI"] === undefined;
const servers: TcpServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    if ("closeAllConnections" in server) (server as Server).closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

async function portOf(server: TcpServer): Promise<number> {
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** A proxy that knows one name: what is for `gateway.test` it connects to `port`. */
async function openProxy(port: number, needs?: string) {
  const seen: { line: string; authorization: string | undefined }[] = [];
  const proxy = createServer((request, response) => {
    seen.push({ line: `${request.method} ${request.url}`, authorization: request.headers["proxy-authorization"] });
    if (needs !== undefined && request.headers["proxy-authorization"] !== needs)
      return void response.writeHead(407).end();
    response.end("through the proxy");
  });
  proxy.on("connect", (request, near) => {
    const { "proxy-authorization": authorization } = request.headers;
    seen.push({ line: `CONNECT ${request.url}`, authorization });
    near.on("error", () => {});
    if (needs !== undefined && authorization !== needs)
      return void near.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    const far = connect(port, "127.0.0.1", () => {
      near.write("HTTP/1.1 200 Connection established\r\n\r\n");
      far.pipe(near).pipe(far);
    });
    far.on("error", () => near.destroy());
    near.on("close", () => far.destroy());
  });
  return { host: `127.0.0.1:${await portOf(proxy)}`, seen };
}

describe.skipIf(noOpenssl)(`F23: proxies${noOpenssl ? " (skipped: no openssl)" : ""}`, () => {
  /** An https server that is `gateway.test`, and the file that vouches for it. */
  async function openGateway() {
    const folder = mkdtempSync(join(tmpdir(), "llmops-proxy-"));
    const [key, pem] = [join(folder, "key"), join(folder, "pem")];
    const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "9"];
    const named = ["-subj", "/CN=gateway.test", "-addext", "subjectAltName=DNS:gateway.test"];
    execFileSync("openssl", [...made, "-keyout", key, "-out", pem, ...named], { stdio: "ignore" });
    const asked: { line: string; headers: Record<string, unknown> }[] = [];
    const gateway = createTls({ key: readFileSync(key), cert: readFileSync(pem) }, (request, response) => {
      asked.push({ line: `${request.method} ${request.url}`, headers: request.headers });
      response.end("safe");
    });
    return { port: await portOf(gateway), ca: pem, asked, remove: () => rmSync(folder, { recursive: true }) };
  }

  it("https goes through a tunnel: the proxy sees a name and a port, and none of the headers", async () => {
    const gateway = await openGateway();
    const proxy = await openProxy(gateway.port);
    const http = openHttp({ HTTPS_PROXY: `http://${proxy.host}` }, realClock);
    const headers = { authorization: "s3cret" };
    const request = { method: "PUT", url: "https://gateway.test/v1/x", headers, body: "{}", deadlineMs: 5000 } as const;
    expect(await http({ ...request, ca: gateway.ca })).toMatchObject({ status: 200, body: "safe" });
    expect(proxy.seen).toEqual([{ line: "CONNECT gateway.test:443", authorization: undefined }]);
    expect(gateway.asked).toMatchObject([{ line: "PUT /v1/x", headers: { authorization: "s3cret" } }]);
    // the certificate is checked as without a proxy
    expect(await http(request)).toMatchObject({
      failed: expect.stringContaining("self-signed") as string,
      sent: false,
    });
    expect(gateway.asked).toHaveLength(1);
    gateway.remove();
  });

  it("credentials of a proxy reach it and no message", async () => {
    const gateway = await openGateway();
    const basic = `Basic ${Buffer.from("dana:hunter2").toString("base64")}`;
    const proxy = await openProxy(gateway.port, basic);
    const ask = (userinfo: string, url: string) =>
      openHttp(
        { https_proxy: `http://${userinfo}${proxy.host}`, http_proxy: `${userinfo}${proxy.host}` },
        realClock,
      )({
        method: "GET",
        url,
        ca: gateway.ca,
        deadlineMs: 5000,
      });
    expect(await ask("dana:hunter2@", "https://gateway.test/")).toMatchObject({ status: 200 });
    expect(await ask("dana:hunter2@", "http://gateway.test/")).toMatchObject({ body: "through the proxy" });
    expect(await ask("dana:wrong1@", "http://gateway.test/")).toMatchObject({
      failed: `proxy ${proxy.host} wants other credentials than the environment gives it (407)`,
      sent: false,
    });
    const refused = await ask("dana:wrong2@", "https://gateway.test/");
    expect(refused).toMatchObject({
      failed: `proxy ${proxy.host} refused to connect to gateway.test:443 (407)`,
      sent: false,
    });
    expect(proxy.seen.map(({ authorization }) => authorization === basic)).toEqual([true, true, false, false]);
    expect(JSON.stringify(refused)).not.toMatch(/wrong|dana/);
    expect(gateway.asked).toHaveLength(1);
    gateway.remove();
  });

  it("that is not there, or is no address, is told without its credentials", async () => {
    for (const [proxy, words] of [
      ["http://dana:hunter2@127.0.0.1:1", /^nothing listens on proxy 127\.0\.0\.1:1/],
      ["http://dana:hunter2@no-such-proxy.invalid:3128", /no-such-proxy\.invalid/],
      ["socks5://dana:hunter2@127.0.0.1:1", /proxy/],
      ["http://dana:hunter2@:::", /proxy/],
      ["//", /proxy/],
    ] as const)
      for (const url of ["http://gateway.test/", "https://gateway.test/"]) {
        const http = openHttp({ http_proxy: proxy, https_proxy: proxy }, realClock);
        const answer = await http({ method: "PUT", url, body: "x", deadlineMs: 5000 });
        expect(answer).toMatchObject({ failed: expect.stringMatching(words) as string, sent: false });
        expect(JSON.stringify(answer)).not.toMatch(/hunter2|dana|ERR_|undici|Invalid URL/);
      }
  });
});

describe("F23: NO_PROXY", () => {
  it.each<[string, string, boolean]>([
    ["", "http://a.test/", true],
    ["a.test", "http://a.test/", false],
    ["a.test", "http://b.a.test/", false],
    [".a.test", "http://b.a.test/", false],
    ["*.a.test", "http://b.a.test/", false],
    ["a.test", "http://ba.test/", true],
    ["A.TEST", "http://a.test/", false],
    ["a.test:81", "http://a.test/", true],
    ["a.test:80", "http://a.test/", false],
    ["x, a.test ,y", "http://a.test/", false],
    ["*", "http://a.test/", false],
    ["10.0.0.1", "http://10.0.0.1/", false],
    ["10.0.0.0/8", "http://10.1.2.3/", false],
    ["10.0.0.0/8", "http://11.1.2.3/", true],
    ["10.0.0.0/33", "http://10.1.2.3/", true],
    ["[fd00::1]", "http://[fd00::1]/", false],
    ["fd00::1", "http://[fd00::1]/", false],
  ])("%j for %s: through the proxy is %s", async (except, url, through) => {
    const { proxyFor } = await import("../../src/world/httpProxy.ts");
    expect(proxyFor({ http_proxy: "http://p:1", NO_PROXY: except })(new URL(url)) !== undefined).toBe(through);
  });
});

const noIpv6 = !Object.values(networkInterfaces())
  .flat()
  .some((one) => one?.address === "::1");

describe("F22: names and addresses", () => {
  it.skipIf(noIpv6)("IPv6 is asked like any other", async () => {
    const server = createServer((_, response) => response.end("six"));
    servers.push(server);
    server.listen(0, "::1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const http = openHttp({ http_proxy: "http://127.0.0.1:1" }, realClock);
    expect(await http({ method: "GET", url: `http://[::1]:${port}/`, deadlineMs: 5000 })).toMatchObject({
      body: "six",
    });
  });

  it.each([
    ["http://no-such-host.invalid/", /^(there is no host|host) no-such-host\.invalid/],
    ["http://127.0.0.1:1/", /^nothing listens on 127\.0\.0\.1:1 \(connection refused\)$/],
    ["http://[::1]:1/", /^(nothing listens on|there is no way to) \[::1\]:1/],
    ["http://192.0.2.1:81/", /^(no connection to|there is no way to|nothing listens on) 192\.0\.2\.1:81/],
    ["http://[100::1]:81/", /^(no connection to|there is no way to|nothing listens on) \[100::1\]:81/],
  ])("%s is one line, soon", async (url, words) => {
    const http = openHttp({}, realClock);
    const answer = await http({ method: "PUT", url, body: "x", deadlineMs: 1000 });
    expect(answer).toMatchObject({ failed: expect.stringMatching(words) as string, sent: false });
    expect(answer.ms).toBeLessThan(10_000);
  });
});
