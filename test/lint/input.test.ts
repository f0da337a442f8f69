import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { runbookLint } from "../../src/commands/runbookLint.ts";
import { parse } from "../../src/program.ts";
import { run } from "../../src/run.ts";
import { realFiles } from "../../src/world/files.ts";
import { fakeWorld } from "../fake/world.ts";

const good = readFileSync("runbooks/cost-spike.yaml", "utf8");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "llmops-input-"));
  const made = folder;
  onTestFinished(() => rmSync(made, { recursive: true }));
});

function write(path: string, text: string | Uint8Array): string {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
  return join(folder, path);
}

/** On the real disk, in a world in which everything else fails. */
async function lintHere(...argv: string[]) {
  const world = fakeWorld({ cwd: folder });
  const code = await run(parse(["runbook", "lint", ...argv], [runbookLint]) as never, { ...world, files: realFiles });
  world.verify();
  return { code, output: world.terminal.output, screen: world.terminal.screen.replace(/\s+/g, " ") };
}

it("J15: a stranger's project file leads to no folder outside of it: that one has to be named", async () => {
  write("elsewhere/hosts.yaml", "token: abc\n");
  write("pr/llmops.yaml", "runbooks: ../elsewhere\n");
  folder = join(folder, "pr");
  const { code, output, screen } = await lintHere();
  expect({ code, output }).toEqual({ code: 2, output: "" });
  expect(screen).toContain("lie outside of it");
  expect((await lintHere("../elsewhere")).output).toContain("elsewhere/hosts.yaml:1:1");
});

describe("whatever lies in a folder ends in a finding or a clear error", () => {
  it("L01: 10 MB are not read to their end, and named", async () => {
    write("big.yaml", `${good}# ${"x".repeat(10 * 1024 * 1024)}\n`);
    const { code, output } = await lintHere(".");
    expect(code).toBe(1);
    expect(output).toMatch(/^big\.yaml:1:1: error: cannot read .*it is larger than \d+ bytes \[read\]/);
  });

  it.each<[string, () => void, RegExp]>([
    ["a pipe", () => void spawnSync("mkfifo", [join(folder, "x.yaml")]), /x\.yaml:1:1: .*a pipe or a device/],
    ["a link to a device", () => symlinkSync("/dev/zero", join(folder, "x.yaml")), /x\.yaml:1:1: .*out of the folder/],
    [
      "a link to our own secrets",
      () => symlinkSync("/proc/self/environ", join(folder, "x.yaml")),
      /1:1: .*out of the f/,
    ],
    ["a link to itself", () => symlinkSync("x.yaml", join(folder, "x.yaml")), /x\.yaml:1:1: .*symbolic link/],
    ["a link to nothing", () => symlinkSync("gone.yaml", join(folder, "x.yaml")), /x\.yaml:1:1: .*no such file/],
    ["UTF-16", () => void write("x.yaml", Buffer.from(`\ufeff${good}`, "utf16le")), /x\.yaml:1:1: .*not UTF-8/],
    ["invalid UTF-8", () => void write("x.yaml", Buffer.from([0x69, 0x64, 0x3a, 0xff])), /x\.yaml:1:1: .*not UTF-8/],
    [
      "a program",
      () => void write("x.yaml", readFileSync(process.execPath).subarray(0, 100_000)),
      /x\.yaml:1:1: .*not UTF-8/,
    ],
    ["escapes in its name", () => void write("\u001b]0;x\u0007.yaml", "a: ["), /^\\u001b]0;x\\u0007\.yaml:1:4: /],
    ["a line break in its name", () => void write("x\ny.yaml", "a: ["), /^x\\ny\.yaml:1:4: /],
  ])("L04: %s", async (_, make, wanted) => {
    make();
    write("fine.yaml", good);
    for (const argv of [["."], [], ["--format", "json"]]) {
      if (argv.length === 0) write("llmops.yaml", "runbooks: .\n");
      const { code, output, screen } = await lintHere(...argv);
      expect(code, output + screen).toBe(1);
      if (!argv.includes("json")) expect(output).toMatch(wanted);
    }
  });

  it("L04: a folder that cannot be read does not hide the others", async () => {
    if (process.getuid?.() === 0) {
      // nothing is closed to root: a link in a circle is, for everybody
      symlinkSync("b", join(folder, "a"));
      symlinkSync("a", join(folder, "b"));
      expect((await lintHere("a")).screen + (await lintHere("a")).output).toMatch(/symbolic link|no file or folder/);
      return;
    }
    write("fine.yaml", good.replace("{ burn: healthy }", "{ brun: healthy }"));
    write("shut/x.yaml", good);
    chmodSync(join(folder, "shut"), 0);
    const { code, output } = await lintHere(".");
    chmodSync(join(folder, "shut"), 0o700);
    expect(code).toBe(1);
    expect(output).toContain("shut:1:1: error: cannot look into");
    expect(output).toContain("fine.yaml");
  });

  it("L01: folders that link to each other are walked once", async () => {
    write("a/fine.yaml", good);
    symlinkSync("..", join(folder, "a/up"));
    symlinkSync(".", join(folder, "a/here"));
    expect(await lintHere("a")).toMatchObject({ code: 0, screen: "1 runbook, no findings " });
  });

  it("L01: depth of folders", async () => {
    write(`${"d/".repeat(200)}fine.yaml`, good);
    expect(await lintHere(".")).toMatchObject({ code: 0, screen: "1 runbook, no findings " });
  });

  it("L11: a folder with 5,000 files of others", async () => {
    for (let n = 0; n < 5000; n++) write(`manifests/${n}.yaml`, `kind: Deployment\nmetadata: { name: d${n} }\n`);
    write("fine.yaml", good);
    expect(await lintHere(".")).toMatchObject({
      code: 0,
      screen: "1 runbook, no findings Left alone, as none of ours: 5000 YAML files. ",
    });
  });

  it("L04: a byte order mark and CRLF are no mistake, and places stay right", async () => {
    write("x.yaml", `\ufeff${good.replace("{ burn: healthy }", "{ brun: healthy }").replaceAll("\n", "\r\n")}`);
    const { output } = await lintHere("x.yaml");
    const line = good.split("\n").findIndex((one) => one.includes("{ burn: healthy }"));
    const column = good.split("\n")[line]!.indexOf("burn") + 1;
    expect(output).toMatch(new RegExp(`^x\\.yaml:${line + 1}:${column}: error: nothing here has the id brun`));
  });
});

/** What somebody sends in a pull request: everything in it that could ask or run something. */
const untrusted = good
  .replace("id: cost-spike", "id: untrusted")
  .replace(/alerts: .*/, "alerts: [Untrusted]")
  .replace(
    "  burn: cost_per_hour\n",
    `  burn: cost_per_hour\n  remote: { sql: "(select count(*) from read_csv('http://127.0.0.1:9/x'))" }\n  local: { sql: "(select count(*) from read_text('/etc/passwd'))" }\n`,
  );

describe("a runbook from an untrusted pull request", () => {
  const strace = spawnSync("strace", ["-V"]).error === undefined;
  const isBuilt = spawnSync("test", ["-e", "dist/main.cjs"]).status === 0;

  it("is read in a world in which everything but reading fails", async () => {
    write("x.yaml", untrusted);
    const { output } = await lintHere("x.yaml");
    expect(output).not.toContain("root:");
  });

  it.skipIf(!strace && process.env["CI"] === undefined)(
    "the real program starts nothing and asks nobody (strace)",
    () => {
      expect(isBuilt, "npm run build").toBe(true);
      write("x.yaml", untrusted);
      write(
        "llmops.yaml",
        'sources: { m: { prometheus: { url: "http://127.0.0.1:9", bearer: { command: [touch, ran] } } } }\nactions: { a: { command: { argv: [touch, ran] } } }\n',
      );
      const trace = join(folder, "trace");
      const { status, stderr } = spawnSync(
        "strace",
        [
          "-f",
          "-qq",
          "-e",
          "trace=network,execve",
          "-o",
          trace,
          process.execPath,
          resolve("bin/llmops.js"),
          "runbook",
          "lint",
          ".",
        ],
        { cwd: folder, encoding: "utf8", env: { PATH: process.env["PATH"] } },
      );
      expect(status, stderr).toBeLessThan(2);
      const calls = readFileSync(trace, "utf8")
        .split("\n")
        .filter((line) => /^\d+ +\w+\(/.test(line));
      const asked = calls.filter(
        (line) => !/execve\(/.test(line) && !/AF_UNIX|socketpair|getsockname|getsockopt|setsockopt|shutdown/.test(line),
      );
      expect(asked).toEqual([]);
      expect(calls.filter((line) => /execve\(/.test(line))).toHaveLength(1);
    },
  );
});
