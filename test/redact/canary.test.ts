import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Buffer } from "node:buffer";
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { commands } from "../../src/commands/index.ts";
import { openPlace, projectOn, type Ended, type Place } from "../torture/place.ts";
import { openConfigApi, type ConfigApi } from "../torture/configApi.ts";
import { alnum, base64url, drawFrom, lower } from "./draw.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

const d = drawFrom(77);
/** Words that no pattern would find, and keys that only a pattern can. */
const words = () => `${d.text(lower, 7)}-${d.text(lower, 8)}+${d.text(lower, 6)}/${d.whole(10, 99)}`;
const canaries = {
  inEnvironment: words(),
  inFile: words(),
  fromCommand: words(),
  inProject: words(),
  ofSource: words(),
  ambient: words(),
  inUrl: words().replaceAll(/\W/g, "x"),
  inAlert: `sk-${"proj"}-${d.text(base64url, 64)}`,
  inAlertUrl: d.text(alnum, 32),
  inNote: `ghp_${d.text(alnum, 36)}`,
  inNoteAgain: `hunter${d.whole(10, 99)}${d.text(lower, 3)}`,
  inRunbook: d.text(alnum, 40),
  inReason: `AKIA${d.text("ABCDEFGHJKLMNPQRST234567", 16)}`,
  ofUser: `${d.text(lower, 6)}.${d.text(lower, 7)}@example.com`,
  ofCaller: `+1 212 555 0${d.whole(100, 999)}`,
};

/** Where in some text a canary stands in any of its spellings. */
function leaks(where: string, text: string): string[] {
  return Object.entries(canaries).flatMap(([name, canary]) => {
    const base64 = Buffer.from(canary).toString("base64").replace(/.?=*$/, "");
    const spelled = [canary, encodeURIComponent(canary), JSON.stringify(canary).slice(1, -1), base64];
    const [found] = spelled.filter((one) => text.includes(one));
    return found === undefined
      ? []
      : [`${name} in ${where}: …${text.slice(Math.max(0, text.indexOf(found) - 60)).slice(0, 160)}`];
  });
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((it) => {
    const path = join(folder, it.name);
    return it.isDirectory() ? [path, ...filesBelow(path)] : [path];
  });
}

const runbook = `
id: leak
title: Somebody talks
class: safety
severity: SEV2
summary: Everything that can hold a secret does.
alerts: [Talks]
scope: [route]
evidence: { burn: { promql: "vector(1)" } }
steps:
  - { id: hand, title: Call by hand, instruct: "curl -H 'x-api-key: ${canaries.inRunbook}' https://x.test" }
  - { id: look, title: Look around, run: look }
  - id: clamp
    title: Clamp
    mitigate: { do: token-clamp, for: 30m }
`;

const alert = {
  status: "firing",
  labels: { alertname: "Talks", route: "support.reply", api_key: canaries.inAlert },
  annotations: { summary: `${canaries.ofUser} (${canaries.ofCaller}) sends ${canaries.inAlert}` },
  generatorURL: `http://prometheus.test/graph?token=${canaries.inAlertUrl}`,
  startsAt: "2026-11-21T03:00:00Z",
};

/** A source that fails and says with what it was asked. */
async function openEcho(): Promise<string> {
  const server: Server = createServer((request, response) => {
    const error = `cannot: ${request.url} ${JSON.stringify(request.headers)}`;
    response.writeHead(500, { "content-type": "application/json" });
    response.end(JSON.stringify({ status: "error", errorType: "internal", error }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push({ close: () => (server.closeAllConnections(), server.close()) });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Scene {
  place: Place;
  api: ConfigApi;
  run(...argv: string[]): Promise<Ended>;
  /** all that was said */
  said: Map<string, Ended>;
}

async function setScene(): Promise<Scene> {
  const documents = { "/routes/support.reply": '{"enabled":true,"max_tokens":4096,"model":"big"}' };
  let failing = true;
  const api = await openConfigApi({
    documents,
    // the first write fails and shows its headers, raw, cut in the middle, and in JSON
    script({ write, headers }) {
      if (write === 0 || !failing) return undefined;
      failing = false;
      const all = Object.values(headers).join(" ");
      return {
        apply: false,
        status: 422,
        body: JSON.stringify({ error: { message: `${all} ${JSON.stringify(headers)}` } }),
      };
    },
  });
  open.push(api);
  const echo = await openEcho();
  const headers = `
      headers:
        authorization: { env: GATE_HEADER }
        x-file: { file: keys/gate }
        x-command: { command: [./vault.sh, read] }
        x-api-key: "${canaries.inProject}"`;
  const project = `${projectOn(api.url).replace("http:\n", `http:${headers}\n`)}
sources:
  metrics: { prometheus: { url: "${echo}/?token=${canaries.inAlertUrl}", basic: { user: svc, password: { env: SOURCE_PASS } } } }
actions: { look: { command: [./look.sh] } }
runbooks: runbooks
`;
  const place = openPlace(project);
  open.push({ close: () => place.remove() });
  const { folder } = place;
  for (const name of ["runbooks", "keys"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "runbooks", "leak.yaml"), runbook);
  writeFileSync(join(folder, "keys", "gate"), `${canaries.inFile}\n`);
  // what they were called with, as anybody on the machine can read it
  const commandLines = `tr '\\0' ' ' < /proc/$$/cmdline >> cmdlines`;
  writeFileSync(join(folder, "vault.sh"), `#!/bin/sh\n${commandLines}\nprintf %s '${canaries.fromCommand}'\n`);
  writeFileSync(join(folder, "look.sh"), `#!/bin/sh\n${commandLines}\nenv\necho "${canaries.ofUser}"\n`);
  for (const name of ["vault.sh", "look.sh"]) chmodSync(join(folder, name), 0o755);
  writeFileSync(join(folder, "answers.yaml"), "hand: done\nlook: run\nclamp: apply\n");
  const env = {
    GATE_HEADER: `Bearer ${canaries.inEnvironment}`,
    SOURCE_PASS: canaries.ofSource,
    PAGER_API_KEY: canaries.ambient,
  };
  const said = new Map<string, Ended>();
  const run = async (...argv: string[]) => {
    const ended = await place.llmops(argv, { env, input: JSON.stringify(alert) });
    said.set(`${said.size + 1} llmops ${argv[0]} ${argv[1] ?? ""}`, ended);
    return ended;
  };
  return { place, api, run, said };
}

/** What was planted on purpose is not the program's. */
const planted = /\/(llmops\.yaml|leak\.yaml|gate|vault\.sh|look\.sh)$/;

describe("K01: canaries", () => {
  it.each([[[] as string[]], [["--json"]]])(
    "are in no byte that is shown or written %j",
    { timeout: 120_000 },
    async (json) => {
      const { place, api, run, said } = await setScene();
      const walk = ["--alert", "-", "--answers", "answers.yaml", "--title", `${canaries.ofUser} talks`];
      expect((await run("incident", "start", "leak", ...walk, ...json)).code).toBe(0);
      const [id] = place.incidents();
      const note = `key ${canaries.inNote}, password=${canaries.inNoteAgain}, header was Bearer ${canaries.inEnvironment}, pager ${canaries.ambient}; told ${canaries.ofUser}`;
      expect((await run("incident", "note", note, ...json)).code).toBe(0);
      const clamp = ["mitigate", "token-clamp", "--scope", "route=support.reply", "--yes", "--wait", "none"];
      expect((await run(...clamp, "--reason", `leak of ${canaries.inReason}`, ...json)).code).toBe(0);
      await run("mitigation", "list", ...json);
      await run("incident", "show", ...json);
      const live = place
        .timeline()
        .match(/"change":\{"id":"(m\d)"/g)!
        .at(-1)!
        .slice(-3, -1);
      expect((await run("mitigation", "undo", live, "--incident", id!, "--yes", ...json)).code).toBe(0);
      expect((await run("incident", "resolve", ...json)).code).toBe(0);
      expect((await run("incident", "close", "--note", `by ${canaries.ofUser}`, ...json)).code).toBe(0);
      expect((await run("postmortem", id!, "-o", "postmortem.md", ...json)).code).toBe(0);
      expect((await run("postmortem", id!, ...json)).code).toBe(0);
      await run("incident", "list", ...json);
      await run("incident", "note", ...json, "--token", canaries.inNote);
      await run("incident", "show", canaries.inNote, ...json);
      await run();

      // the canaries were where they could leak from
      const sent = JSON.stringify(api.writes().map(({ headers }) => headers));
      for (const name of ["inEnvironment", "inFile", "fromCommand", "inProject"] as const)
        expect(sent).toContain(canaries[name]);
      expect(api.writes()).toHaveLength(3);
      const timeline = place.timeline();
      for (const trace of [
        "[secret GATE_HEADER]",
        "[secret PAGER_API_KEY]",
        "[secret SOURCE_PASS]",
        "answered 422",
        '"type":"ran"',
        "[github token ",
        "[password ",
        "[email ",
      ])
        expect(timeline).toContain(trace);
      expect(readFileSync(join(place.folder, "cmdlines"), "utf8")).toContain("look.sh");
      expect(readFileSync(join(place.folder, "postmortem.md"), "utf8").includes("\\[email ")).toBe(true);

      const files = filesBelow(place.folder).filter((path) => lstatSync(path).isFile() && !planted.test(path));
      const found = [
        ...[...said].flatMap(([name, { stdout, stderr }]) => [
          ...leaks(`stdout of ${name}`, stdout),
          ...leaks(`stderr of ${name}`, stderr.replaceAll(/\n */g, "")),
          ...leaks(`stderr of ${name}`, stderr),
        ]),
        ...files.flatMap((path) => leaks(path.slice(place.folder.length), readFileSync(path, "utf8"))),
      ];
      expect(found).toEqual([]);
      if (json.length > 0)
        for (const [name, { stdout }] of said)
          if (!/show sk|llmops $/.test(name) && stdout !== "")
            for (const line of stdout
              .trimEnd()
              .split("\n")
              .filter((l) => l.startsWith("{")))
              expect(() => JSON.parse(line) as unknown).not.toThrow();
    },
  );

  it("in an address of the project file are refused without being repeated", async () => {
    const url = `http://svc:${canaries.inUrl}@127.0.0.1:1`;
    for (const project of [projectOn(url), `sources: { m: { prometheus: { url: "${url}" } } }`]) {
      const place = openPlace(project);
      open.push({ close: () => place.remove() });
      for (const json of [[], ["--json"]]) {
        const { code, stdout, stderr } = await place.llmops(["incident", "list", ...json]);
        expect(code).toBe(2);
        expect(leaks("stdout", stdout)).toEqual([]);
        expect(leaks("stderr", stderr.replaceAll(/\n */g, ""))).toEqual([]);
      }
    }
  });
});

it("K02: no command takes a secret as an argument", () => {
  const names = commands.flatMap(({ options = {}, args = {} }) => [...Object.keys(options), ...Object.keys(args)]);
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => /token|secret|passw|key|header|credential|auth|cookie/i.test(name))).toEqual([]);
});

it("K07: with umask 000, what is written is 0600 in folders of 0700", async () => {
  const api = await openConfigApi({ documents: { "/routes/a": '{"max_tokens":4096}' } });
  open.push(api);
  const place = openPlace(projectOn(api.url));
  open.push({ close: () => place.remove() });
  const before = new Set(filesBelow(place.folder));
  // the shell sets the mask for the program and what it starts
  const under = ["sh", "-c", 'umask 000; exec "$@"', "sh"];
  const clamp = ["mitigate", "token-clamp", "--scope", "route=a", "--yes", "--wait", "none"];
  expect((await place.llmops([...clamp, "--reason", `asked for by ${canaries.ofUser}`], { under })).code).toBe(0);
  const [id] = place.incidents();
  expect((await place.llmops(["postmortem", id!, "-o", "postmortem.md"], { under })).code).toBe(0);
  const made = filesBelow(place.folder).filter((path) => !before.has(path));
  const modes = made.map(
    (path) => `${path.slice(place.folder.length + 1)} ${(lstatSync(path).mode & 0o777).toString(8)}`,
  );
  expect(modes.filter((line) => !/ (600|700)$/.test(line))).toEqual([]);
  expect(modes.filter((line) => line.endsWith(" 700")).length).toBeGreaterThanOrEqual(3);
  expect(modes).toContain(".llmops/redaction.key 600");
  expect(modes).toContain("postmortem.md 600");
});
