import { createServer, type Server } from "node:http";
import { createServer as createRaw } from "node:net";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { lint } from "../../src/lint/lint.ts";
import { parseProject } from "../../src/project.ts";
import { checkValue } from "../../src/schema/schema.ts";
import { fillIn } from "../../src/actions/argv.ts";
import { http } from "../../src/targets/http.ts";
import { openExec } from "../../src/world/exec.ts";
import { realClock } from "../../src/world/clock.ts";
import { openHttp } from "../../src/world/http.ts";
import { UserError } from "../../src/errors.ts";
import { fakeWorld } from "../fake/world.ts";
import { alert, spike } from "../scenario/spike.ts";
import { project, setStage, type Set } from "../scenario/stage.ts";
import { corpus } from "./corpus.ts";
import { faultIn } from "./inspect.ts";
import { cause } from "../fake/cause.ts";

const play = (more: Partial<Set> = {}) => setStage({ ...spike, ...more });
const kind = (...names: string[]) =>
  corpus.filter(({ name }) => names.some((one) => name.startsWith(one))).map(({ text }) => text);
const values = kind("shell", "URL", "path", "JSON", "header", "printf", "prototype", "PromQL", "C0", "bidirectional");

const servers: { close(): void }[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));
const listen = (server: Server | ReturnType<typeof createRaw>) =>
  new Promise<string>((resolve) => {
    servers.push(server);
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });

describe("J04: a value in a command line is one argument, whatever it says", () => {
  it("as argv: it stays where it stands, or is refused because a program could take it for an option", () => {
    for (const text of values) {
      let argv: string[] | undefined;
      try {
        argv = fillIn(["./end.sh", "{route}", "--route={route}", "x"], { route: text });
      } catch (thrown) {
        if (!(thrown instanceof UserError)) throw thrown;
        expect(text).toMatch(/^-|\0/);
        expect(thrown.what).toContain("could be taken for an option");
      }
      if (argv !== undefined) expect(argv).toEqual(["./end.sh", text, `--route=${text}`, "x"]);
    }
  });

  it("by a real program: it sees the value, and nothing else is started", async () => {
    const folder = mkdtempSync(join(tmpdir(), "llmops-hostile-"));
    const exec = openExec({ PATH: process.env["PATH"] });
    const canary = [
      "$(touch X)",
      "`touch X`",
      "; touch X",
      "| touch X",
      "&& touch X",
      "\ntouch X\n",
      "> X",
      "$IFS;touch$IFS X",
    ];
    try {
      for (const route of canary) {
        const { stdout } = await exec(fillIn(["printf", "%s", "{route}"], { route }), {
          cwd: folder,
          timeoutMs: 10_000,
        });
        expect(stdout).toBe(route);
      }
      expect(existsSync(join(folder, "X"))).toBe(false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** A target on a fake network that answers everything, and what was asked of it. */
function target(levers: object, document = '{"max":1,"big":12345678901234567890}') {
  const asked: { method: string; url: string; body?: string; headers: Record<string, string> }[] = [];
  const world = fakeWorld({
    env: { TOKEN: "s3cret" },
    routes: async ({ method, url, body, headers = {} }) => {
      asked.push({ method, url, headers, ...(body === undefined ? {} : { body }) });
      return { status: 200, headers: { "content-type": "application/json" }, body: document };
    },
  });
  const settings = { url: "http://gateway.test:8080/api", headers: { authorization: { env: "TOKEN" } }, levers };
  const { value, mistakes } = checkValue(http.schema, settings);
  expect(mistakes).toEqual([]);
  return { asked, target: http.open(value as never, world, "/project") };
}

describe("J06, J10: a value in an address stays one segment below the configured one", () => {
  it.each(values.map((text) => [text]))("%j", async (route) => {
    const { asked, target: api } = target({ max_tokens: { at: "/routes/{route}/x", pointer: "/max" } });
    const read = await api.read("max_tokens", { route });
    if (asked.length === 0) return expect(read).toHaveProperty("error");
    for (const { url, headers } of asked) {
      const { origin, pathname, search, hash } = new URL(url);
      expect({ origin, search, hash }).toEqual({ origin: "http://gateway.test:8080", search: "", hash: "" });
      expect(pathname.split("/").map(decodeURIComponent)).toEqual(["", "api", "routes", route, "x"]);
      expect(headers["authorization"]).toBe("s3cret");
    }
  });
});

describe("J07: a value in a body is data", () => {
  const texts = kind("JSON", "printf", "prototype", "lone surrogate", "bidirectional", "C1");
  it.each(["PUT", "PATCH"])("%s", async (method) => {
    for (const text of texts) {
      const { asked, target: api } = target(
        { model: { at: "/r", pointer: "/model" } },
        '{"model":"old","big":12345678901234567890}',
      );
      const change = { id: "m1", mitigation: "model-switch", target: "t", setting: "model", scope: {} } as const;
      const written = await api.write({ ...change, before: { is: "old" }, after: { is: text }, version: null }, cause);
      if ("refused" in written) continue;
      const body = asked.at(-1)!.body!;
      expect(JSON.parse(body)).toMatchObject({ model: /\p{Cs}/u.test(text) ? expect.any(String) : text });
      expect(Object.keys(JSON.parse(body) as object)).toEqual(method === "PUT" ? ["model", "big"] : expect.any(Array));
      expect(body).toContain('"big":12345678901234567890');
    }
  });
});

describe("J08, F25: headers", () => {
  it("a value that would begin another header is not sent", async () => {
    const seen: string[] = [];
    const url = await listen(createServer((request, response) => response.end(void seen.push(...request.rawHeaders))));
    const get = openHttp({}, realClock);
    for (const value of [...kind("header"), ...kind("C0", "C1 007f", "bidirectional")]) {
      const answer = await get({ method: "GET", url, headers: { "x-reason": value }, deadlineMs: 5000 });
      if ("failed" in answer)
        expect(answer).toMatchObject({ sent: false, failed: expect.stringContaining("x-reason") });
    }
    expect(seen.join("\n")).not.toMatch(/evil/i);
  });

  it("nothing that a person wrote goes into one", async () => {
    const stage = play();
    const argv = ["mitigate", "token-clamp", "--scope", "route=support.reply", "--with", "max_tokens=512", "--yes"];
    await stage.llmops(...argv, "--wait", "none", "--reason", "WRITTEN\r\nX-Evil: 1");
    expect(stage.writes).toHaveLength(1);
    expect(JSON.stringify(stage.world.requests.map(({ headers, url }) => ({ headers, url })))).not.toMatch(
      /WRITTEN|Evil/,
    );
  });

  it.each([
    ["64 kB of headers", `x-long: ${"y".repeat(65_536)}`],
    ["control characters", "server: a\u0000b\u001b[31m"],
    ["a header that is none", "no colon\r\n\r\n"],
    ["a header without a name", ": x"],
    ["a folded header", "x: a\r\n b\u001b]0;x\u0007"],
  ])("of an answer: %s end in a harmless line or a plain failure", async (_, line) => {
    const url = await listen(
      createRaw((socket) => {
        socket.on("error", () => {});
        socket.once("data", () => socket.end(`HTTP/1.1 200 OK\r\n${line}\r\ncontent-length: 2\r\n\r\n{}`, "latin1"));
      }),
    );
    const answer = await openHttp({}, realClock)({ method: "GET", url, deadlineMs: 5000 });
    if ("failed" in answer) {
      expect(faultIn(answer.failed)).toBeUndefined();
      expect(answer.failed).not.toMatch(/HPE_|UND_ERR|undefined/);
    } else expect(answer.status).toBe(200);
  });
});

describe("J09, J10: only the project names hosts", () => {
  const addresses = [
    "http://169.254.169.254/latest",
    "http://[::1]:1/",
    "http://2130706433/",
    "file:///etc/passwd",
    "gopher://evil.test/",
  ];

  it("a runbook has no place for one", () => {
    const head = "id: x\ntitle: X\nclass: cost\nseverity: SEV2\nsummary: S\n";
    for (const key of ["url", "base_url", "host", "headers", "token", "targets"]) {
      const step = `steps: [{ id: a, title: A, instruct: A, ${key}: "http://evil.test" }]\n`;
      for (const text of [
        `${head}${key}: "http://evil.test"\n${step}`,
        `${head}${step}evidence: { e: { promql: up, ${key}: "http://evil.test" } }\n`,
      ])
        expect(lint([{ file: "x.yaml", text }]).length, `${key}\n${text}`).toBeGreaterThan(0);
    }
  });

  it("links, labels, annotations and redirects are never fetched, and get no credentials", async () => {
    const guarded = project.replace(
      'url: "http://gateway.test:8080"',
      'url: "http://gateway.test:8080"\n      headers: { authorization: { env: TOKEN } }',
    );
    for (const [n, url] of addresses.entries()) {
      const stage = play({
        project: guarded,
        files: {
          ...spike.files,
          "alert.json": JSON.stringify({
            ...alert,
            generatorURL: url,
            annotations: { runbook_url: url },
            labels: { ...alert.labels, instance: url },
          }),
        },
        ...(n % 2 === 0 ? { onWrite: () => ({ status: 307, headers: { location: url }, body: "" }) } : {}),
        ...(n % 2 === 0 ? {} : { prometheus: () => ({ status: 302, headers: { location: url }, body: "" }) }),
      });
      (stage.world.env as Record<string, string>)["TOKEN"] = "s3cret";
      await stage.llmops("incident", "start", "--alert", "alert.json", "--answers", "answers.yaml");
      const hosts = new Map<string, boolean>();
      for (const request of stage.world.requests)
        hosts.set(new URL(request.url).host, JSON.stringify(request.headers ?? {}).includes("s3cret"));
      expect([...hosts].sort(([a], [b]) => (a < b ? -1 : 1))).toEqual([
        ["gateway.test:8080", true],
        ["prometheus.test:9090", false],
      ]);
    }
  });

  it.each([
    "file:///etc/passwd",
    "gopher://evil.test/",
    "data:text/plain,x",
    "ftp://x.test/",
    "javascript:x",
    "http://user:pw@x.test/",
    "//x.test",
    "x.test",
    "http://",
  ])("an address of the project is http or https: %s", async (url) => {
    for (const text of [
      { targets: { t: { http: { url, levers: { enabled: "/x" } } } } },
      { sources: { s: { prometheus: { url } } } },
      { sinks: { s: { pushgateway: { url } } } },
    ])
      expect((await parseProject(JSON.stringify(text), "llmops.yaml")).findings, JSON.stringify(text)).not.toEqual([]);
  });
});

describe("J13: LogQL", () => {
  it("has no source that it could reach: a runbook that asks for it is told so, and nothing is sent", async () => {
    const query = '{app="x"} |= "}" | line_format "{{.password}}"';
    const stage = play({
      files: {
        ...spike.files,
        "runbooks/spike.yaml": `${spike.files!["runbooks/spike.yaml"]}`.replace(
          "  burn: cost_per_hour\n",
          `  burn: cost_per_hour\n  lines: { logql: '${query}' }\n`,
        ),
      },
    });
    await stage.llmops("incident", "start", "spike", "--scope", "route=support.reply", "--answers", "answers.yaml");
    expect(stage.world.requests.length).toBeGreaterThan(0);
    expect(JSON.stringify(stage.world.requests)).not.toMatch(/password|line_format/);
    expect(stage.world.terminal.screen).toMatch(/lines/);
  });
});

describe("J14: keys that every object has", () => {
  const clean = () =>
    expect([
      ({} as { x?: unknown }).x,
      ({} as { polluted?: unknown }).polluted,
      Object.prototype.toString.call({}),
    ]).toEqual([undefined, undefined, "[object Object]"]);

  it.each(["__proto__.x=1", "__proto__=1", "constructor.prototype.x=1", "toString=1", "prototype=x"])(
    "--scope and --with %s",
    async (pair) => {
      const stage = play();
      expect(await stage.llmops("mitigate", "token-clamp", "--scope", pair, "--reason", "x", "--yes")).toBe(2);
      const clamp = ["mitigate", "token-clamp", "--scope", "route=support.reply", "--reason", "x", "--yes"];
      expect(await stage.llmops(...clamp, "--with", "max_tokens=512", "--with", pair)).toBe(2);
      expect(stage.writes).toEqual([]);
      clean();
    },
  );

  it.each([
    "__proto__: { polluted: 1 }\n",
    '{"__proto__": {"polluted": 1}}',
    "constructor: { prototype: { polluted: 1 } }\n",
  ])("in YAML and JSON files: %j", async (text) => {
    for (const file of ["llmops.yaml", "answers.yaml", "runbooks/spike.yaml"]) {
      const stage = play({ files: { ...spike.files, [file]: text } });
      expect(await stage.llmops("incident", "start", "spike", "--answers", "answers.yaml")).toBe(2);
      clean();
    }
  });

  it("in an alert they are labels like others", async () => {
    const labels = '{"alertname":"TokenCostExplosion","__proto__":"a","constructor":"b","toString":"c"}';
    const stage = play({ files: { ...spike.files, "alert.json": `{"labels":${labels},"__proto__":{"polluted":1}}` } });
    expect(await stage.llmops("incident", "start", "--alert", "alert.json", "--answers", "answers.yaml")).toBe(0);
    expect(Object.entries(stage.world.files.all()).find(([path]) => path.endsWith("timeline.jsonl"))![1]).toContain(
      '"__proto__":"a"',
    );
    clean();
  });

  it.each(["toString", "constructor", "valueOf", "hasOwnProperty"])(
    "as names of steps and choices: %s",
    async (name) => {
      const text = spike
        .files!["runbooks/spike.yaml"]!.replace("id: mended", `id: ${name}`)
        .replace("mended: done", `${name}: done`);
      const stage = play({ files: { ...spike.files, "runbooks/spike.yaml": text } });
      await stage.llmops("incident", "start", "--alert", "alert.json", "--answers", "answers.yaml");
      expect(stage.world.terminal.screen).not.toMatch(/native code|This is a bug|A defect/);
    },
  );
});

describe("J15: names are not paths", () => {
  const paths = kind("path").filter((text) => text !== "" && !text.startsWith("-") && !text.includes("\0"));
  it("nothing is read or written outside, whatever an incident, a runbook or a change is called", async () => {
    const stage = play();
    const read: string[] = [];
    const { files } = stage.world;
    const original = files.read.bind(files);
    files.read = (path, most) => {
      read.push(path);
      return original(path, most);
    };
    for (const path of paths) {
      for (const argv of [
        ["incident", "show", path],
        ["incident", "note", "x", "--incident", path],
        ["incident", "close", path],
        ["incident", "start", path, "--answers", "answers.yaml"],
        ["mitigation", "show", path],
        ["postmortem", path],
        ["mitigate", "token-clamp", "--scope", "route=a", "--reason", "x", "--yes", "--incident", path],
      ])
        expect(await stage.llmops(...argv).catch(() => 2), argv.join(" ")).not.toBe(0);
    }
    const { cwd, home } = stage.world;
    expect(read.filter((path) => !path.startsWith(cwd) && !path.startsWith(`${home}/`))).toEqual([]);
    expect(Object.keys(files.all()).filter((path) => !path.startsWith(`${cwd}/`))).toEqual([]);
  });

  it("a folder that is called like no incident is none", async () => {
    const stage = play({
      files: {
        ...spike.files,
        ".llmops/incidents/../../x/timeline.jsonl": "{}\n",
        ".llmops/incidents/INC-1121-..%2f/timeline.jsonl": "{}\n",
      },
    });
    expect(await stage.llmops("incident", "list")).toBe(0);
    expect(stage.world.terminal.output).toContain("No incident");
  });
});
