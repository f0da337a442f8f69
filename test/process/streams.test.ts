import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fact } from "../../src/timeline/event.ts";
import { proven, tell } from "../show/story.ts";
import { openConfigApi, type ConfigApi } from "../torture/configApi.ts";
import { bin, type Place } from "../torture/place.ts";
import { openNight } from "./night.ts";

const id = "INC-1121-7f3k";
const document = '{"max_tokens": 512, "enabled": true}';
let api: ConfigApi;
let place: Place;
beforeAll(async () => {
  api = await openConfigApi({ documents: { "/routes/support.reply": document } });
  place = openNight(api.url);
});
beforeEach(() => {
  record(tell(proven));
  api.journal.length = 0;
  api.documents.set("/routes/support.reply", document);
});
afterAll(async () => {
  place.remove();
  await api.close();
});

/** The only incident of the place: m1 of it is live. */
function record(events: object[]): void {
  const folder = join(place.folder, ".llmops");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "incidents", id), { recursive: true });
  for (const path of [folder, join(folder, "incidents"), join(folder, "incidents", id)]) chmodSync(path, 0o700);
  const text = events.map((event) => `${JSON.stringify(event)}\n`).join("");
  writeFileSync(join(folder, "incidents", id, "timeline.jsonl"), text, { mode: 0o600 });
}

/** A line of a shell in the place; `$llmops` is the program. */
async function shell(line: string, env: Record<string, string> = {}) {
  const child = spawn("bash", ["-c", line.replaceAll("$llmops", `'${process.execPath}' '${bin}'`)], {
    cwd: place.folder,
    env: { PATH: process.env["PATH"] ?? "", HOME: place.folder, LC_ALL: "C.UTF-8", TZ: "UTC", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { status: status as number, stdout, stderr };
}

const asking = [
  "incident start",
  "incident start night",
  "incident resume",
  "incident close",
  "mitigation undo m1",
  "mitigate kill-switch --scope route=support.reply --reason x",
];

describe("without a terminal", () => {
  it.each(["</dev/null", "< <(yes)", '< <(yes "")', "<<< $'1\\n1\\ny\\nsupport.reply\\n'"])(
    "I01, I02: what asks refuses with 4 (or 2, where something is to be chosen) and changes nothing: %s",
    async (input) => {
      const before = place.timeline();
      const ended = await Promise.all(
        (input.includes("yes)") || input === "</dev/null" ? asking : asking.slice(3)).map(
          async (argv) => [argv, await shell(`$llmops ${argv} ${input}`)] as const,
        ),
      );
      for (const [argv, { status, stdout, stderr }] of ended) {
        expect([argv, status]).toEqual([argv, 4]);
        expect(stdout).toBe("");
        expect(stderr).not.toContain("\u001b");
        expect(stderr).toMatch(/production changed: no\n {2}next: /);
      }
      expect(api.writes()).toEqual([]);
      expect([place.timeline(), place.incidents()]).toEqual([before, [id]]);
    },
  );

  it("I01: what only reads works, and writes no escape byte", async () => {
    for (const argv of [
      "",
      "incident list",
      "incident show",
      "mitigation list",
      "mitigation show m1",
      "runbook list",
      "postmortem",
    ]) {
      const { status, stdout, stderr } = await shell(`$llmops ${argv} </dev/null`, { TERM: "xterm-256color" });
      expect([argv, status, stderr]).toEqual([argv, 0, ""]);
      expect(stdout).not.toBe("");
      expect(stdout).not.toContain("\u001b");
    }
  });

  it("I11: colour follows --no-color, NO_COLOR, FORCE_COLOR, TERM=dumb and CI, in this order", async () => {
    const painted = async (env: Record<string, string>, flag = "") =>
      (await shell(`$llmops incident show ${flag}`, env)).stdout.includes("\u001b[");
    expect(await painted({ FORCE_COLOR: "1" })).toBe(true);
    expect(await painted({ FORCE_COLOR: "1", NO_COLOR: "" })).toBe(true);
    expect(await painted({ FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(false);
    expect(await painted({ FORCE_COLOR: "1" }, "--no-color")).toBe(false);
    expect(await painted({ CI: "1", TERM: "xterm-256color" })).toBe(false);
    expect(await painted({ CI: "1", FORCE_COLOR: "0" })).toBe(false);
  });
});

describe("a stream that takes nothing", () => {
  it("I08: a reader that has seen enough is no failure, and a full disk is no success and no crash", async () => {
    expect((await shell('$llmops postmortem | head -c 1 > /dev/null; echo "${PIPESTATUS[0]}"')).stdout).toBe("0\n");
    for (const argv of ["--version", "--help", "incident list", "postmortem --json"]) {
      const { status, stderr } = await shell(`$llmops ${argv} > /dev/full`);
      expect([argv, status, stderr]).toEqual([
        argv,
        1,
        "! The output could not be written (ENOSPC). What was done is done: llmops incident list\n",
      ]);
    }
    expect((await shell("$llmops incident list >&-")).status).toBe(0);
    for (const target of ["/dev/full", "&-"]) {
      expect((await shell(`$llmops incident lst 2>${target}`)).status).toBe(2);
      expect((await shell(`$llmops incident note seen 2>${target}`)).status).toBe(0);
    }
    expect(place.timeline().match(/"noted"/g)?.length).toBeGreaterThanOrEqual(2);
  });

  it("I08: a change is made and recorded whatever becomes of the output", async () => {
    api.documents.set("/routes/support.reply", '{"max_tokens": 4096, "enabled": true}');
    const clamp = "mitigate token-clamp --scope route=support.reply --reason x --yes --wait none --json";
    expect((await shell(`$llmops ${clamp} > /dev/full 2> /dev/full`)).status).toBe(1);
    expect(api.documents.get("/routes/support.reply")).toContain("512");
    expect(place.timeline()).toContain('"read-back"');
  });

  it.each([300_000, 5_000_000])("I08: %i bytes of --json arrive whole through a slow pipe", async (bytes) => {
    const notes = Array.from({ length: 500 }, (_, n) => fact("noted", { text: `${n} ${"x".repeat(bytes / 500)}` }));
    record(tell([...proven, ["03:30:00", "dana", ...notes]]));
    const child = spawn(process.execPath, [bin, "postmortem", "--json"], {
      cwd: place.folder,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const chunks: Buffer[] = [];
    for await (const chunk of child.stdout) {
      chunks.push(chunk as Buffer);
      if (chunks.length < 20) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const text = Buffer.concat(chunks).toString("utf8");
    expect(text.length).toBeGreaterThan(bytes);
    expect((JSON.parse(text) as { markdown: string }).markdown).toContain("499 xxx");
  });
});

describe("bytes that are no UTF-8", () => {
  it("I14: in an argument, in stdin, in a file: refused clearly, and nothing is recorded", async () => {
    const before = place.timeline();
    writeFileSync(join(place.folder, "bad.yaml"), Buffer.from("a: \xff\n", "latin1"));
    for (const argv of [
      "incident note $'a\\xffb'",
      "incident start --alert - < bad.yaml",
      "incident start --alert bad.yaml --answers runbooks/night.yaml",
      "incident start night --answers bad.yaml",
      "postmortem --template bad.yaml",
    ]) {
      const { status, stderr } = await shell(`$llmops ${argv}`);
      expect([argv, [2, 3, 4].includes(status)]).toEqual([argv, true]);
      expect([argv, stderr]).toEqual([argv, expect.stringMatching(/not\s+UTF-8|needs? a terminal|no terminal/)]);
      expect(stderr).toMatch(/next:/);
    }
    expect(place.timeline()).toBe(before);
  });

  it("I14: in the project file: the file, and the next move", async () => {
    const folder = join(place.folder, "bad");
    mkdirSync(folder);
    writeFileSync(join(folder, "llmops.yaml"), Buffer.from("stack: \xff\n", "latin1"));
    const { status, stderr } = await shell(`cd bad && $llmops incident list`);
    expect(status).toBe(3);
    expect(stderr.replace(/\s+/g, " ")).toMatch(/llmops\.yaml: it is not UTF-8 text .* next: save it as UTF-8/);
  });

  it("I14: in the environment: what it names is not taken for somebody", async () => {
    expect((await shell(`SUDO_USER=$'d\\xff' $llmops incident note seen`)).status).toBe(0);
    expect(place.timeline()).not.toContain("\ufffd");
  });
});

it("postmortem -o - writes to stdout, and no file", async () => {
  const { status, stdout } = await shell("$llmops postmortem -o -");
  expect([status, stdout.startsWith("# Postmortem")]).toEqual([0, true]);
  expect(existsSync(join(place.folder, "-"))).toBe(false);
});

it("a folder where nothing can be written says so, and what to do; nothing is changed", async () => {
  for (const argv of ["incident note x", "mitigate kill-switch --scope route=x --reason y --yes", "demo"]) {
    const { status, stderr } = await shell(`cd /sys && $llmops ${argv}`);
    expect([2, 3]).toContain(status);
    expect(stderr).toMatch(/production changed: no\n {2}next:/);
  }
});

it("P02: what lies in the folder is never run", async () => {
  const canary = 'require("node:fs").writeFileSync("canary", "")';
  const names = [
    "llmops.config.js",
    "llmops.config.cjs",
    "llmops.js",
    "index.js",
    "runbooks/helper.js",
    "runbooks/index.js",
    "package.json",
    "node_modules/yaml/index.js",
    "node_modules/chalk/index.js",
  ];
  for (const name of names) {
    mkdirSync(join(place.folder, name, ".."), { recursive: true });
    writeFileSync(join(place.folder, name), name.endsWith(".json") ? '{"main": "index.js"}' : canary);
  }
  writeFileSync(join(place.folder, "llmops.config.mjs"), 'import fs from "node:fs"; fs.writeFileSync("canary", "")');
  for (const argv of ["", "runbook lint runbooks", "postmortem"]) await shell(`$llmops ${argv}`);
  expect(readdirSync(place.folder)).not.toContain("canary");
  for (const name of names) rmSync(join(place.folder, name));
});

const hasStrace = spawnSync("strace", ["-V"]).error === undefined;
it.skipIf(!hasStrace && process.env["CI"] === undefined)(
  `P08: what needs no network opens no socket${hasStrace ? "" : " (skipped: no strace)"}`,
  async () => {
    for (const argv of ["--help", "incident list", "runbook lint runbooks", "postmortem"]) {
      const trace = join(place.folder, "trace");
      await shell(`strace -f -qq -e trace=socket,connect,sendto -o '${trace}' $llmops ${argv}`);
      expect([
        argv,
        readFileSync(trace, "utf8")
          .split("\n")
          .filter((call) => call.includes("AF_INET")),
      ]).toEqual([argv, []]);
    }
  },
);
