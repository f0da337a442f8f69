import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { realClock } from "../../src/world/clock.ts";
import { openHttp } from "../../src/world/http.ts";

const missing = spawnSync("openssl", ["version"]).error !== undefined && process.env["CI"] === undefined;

describe.skipIf(missing)(`F21: certificates${missing ? " (skipped: no openssl)" : ""}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "llmops-tls-"));
  const path = (name: string) => join(folder, name);
  const http = openHttp({}, realClock);
  const servers: Server[] = [];

  /** A certificate that vouches for itself, for one address; `until` as YYYYMMDD. */
  function certify(name: string, address: string, until: string): void {
    const config = `[ca]
default_ca = d
[d]
database = ${path(`${name}.index`)}
new_certs_dir = ${folder}
rand_serial = yes
default_md = sha256
policy = p
x509_extensions = e
[p]
commonName = supplied
[e]
subjectAltName = ${address}
basicConstraints = CA:true
`;
    writeFileSync(path(`${name}.index`), "");
    writeFileSync(path(`${name}.cnf`), config);
    const run = (...args: string[]) => execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", path(`${name}.key`)];
    run("req", ...key, "-subj", `/CN=${name}`, "-out", path(`${name}.csr`));
    const dates = ["-startdate", "20200101000000Z", "-enddate", `${until}000000Z`];
    const files = ["-keyfile", path(`${name}.key`), "-in", path(`${name}.csr`), "-out", path(`${name}.pem`)];
    run("ca", "-batch", "-selfsign", "-notext", "-config", path(`${name}.cnf`), ...dates, ...files);
  }

  async function serve(certificate: string, more: ServerOptions = {}): Promise<{ url: string; asked(): number }> {
    const [key, cert] = [readFileSync(path(`${certificate}.key`)), readFileSync(path(`${certificate}.pem`))];
    let asked = 0;
    const server = createServer({ key, cert, ...more }, (_, response) => {
      asked++;
      response.end("safe");
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked };
  }

  async function ask(certificate: string, ca?: string) {
    const { url } = await serve(certificate);
    return http({ method: "GET", url, deadlineMs: 5000, ...(ca === undefined ? {} : { ca: path(ca) }) });
  }

  beforeAll(() => {
    certify("good", "IP:127.0.0.1", "20991231");
    certify("elsewhere", "DNS:config.example", "20991231");
    certify("expired", "IP:127.0.0.1", "20200201");
    writeFileSync(path("empty.pem"), "nothing\n");
  });
  afterAll(() => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
    rmSync(folder, { recursive: true });
  });

  it("a CA file makes its certificates good", async () => {
    expect(await ask("good", "good.pem")).toMatchObject({ status: 200, body: "safe" });
  });

  it.each([
    ["good", undefined, "the certificate of 127.0.0.1 is self-signed: name its CA file if you trust it"],
    ["good", "elsewhere.pem", "the certificate of 127.0.0.1 is self-signed: name its CA file if you trust it"],
    ["elsewhere", "elsewhere.pem", "the certificate is not for 127.0.0.1: it names another host"],
    ["expired", "expired.pem", "the certificate of 127.0.0.1 has expired"],
  ])("%s with CA file %s: %s", async (certificate, ca, failed) => {
    expect(await ask(certificate, ca)).toMatchObject({ failed, sent: false });
  });

  it("a CA file that is missing or none", async () => {
    const missingFile = `there is no CA file ${path("none.pem")}`;
    expect(await ask("good", "none.pem")).toMatchObject({ failed: missingFile, sent: false });
    const noPem = `the CA file ${path("empty.pem")} holds no PEM certificate`;
    expect(await ask("good", "empty.pem")).toMatchObject({ failed: noPem, sent: false });
  });

  it("a server that speaks only TLS 1.0 or 1.1 is told from one without TLS", async () => {
    const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
    const { url, asked } = await serve("good", old);
    expect(await http({ method: "GET", url, deadlineMs: 5000, ca: path("good.pem") })).toMatchObject({
      failed: `${url.slice(8)} speaks no TLS that is safe: 1.2 or newer is needed`,
      sent: false,
    });
    expect(asked()).toBe(0);
  });

  it("NODE_TLS_REJECT_UNAUTHORIZED=0 in the shell makes no certificate good, and the refusal says so", async () => {
    const { url, asked } = await serve("good");
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    try {
      const careless = openHttp({ NODE_TLS_REJECT_UNAUTHORIZED: "0" }, realClock);
      expect(await careless({ method: "PUT", url, body: "x", deadlineMs: 5000 })).toMatchObject({
        failed:
          "the certificate of 127.0.0.1 is self-signed: name its CA file if you trust it (NODE_TLS_REJECT_UNAUTHORIZED=0 is not honoured)",
        sent: false,
      });
    } finally {
      delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    }
    expect(asked()).toBe(0);
  });
});
