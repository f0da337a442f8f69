import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openExec } from "../../src/world/exec.ts";
import { bundle } from "./bundle.ts";

const exec = openExec({ PATH: process.env["PATH"], GREETING: "hello" });
const node = (code: string, ...args: string[]): [string, ...string[]] => [process.execPath, "-e", code, ...args];

describe("a program", () => {
  it("tells its exit code and both outputs, without cutting the last line break", async () => {
    const code = "process.stdout.write('out\\n'); process.stderr.write('err\\n'); process.exitCode = 7";
    expect(await exec(node(code), { timeoutMs: 10_000 })).toEqual({ code: 7, stdout: "out\n", stderr: "err\n" });
  });

  it("gets its arguments as they are: no shell reads them", async () => {
    const argv = node("console.log(JSON.stringify(process.argv.slice(1)))", "$HOME", "; exit 3", "*", "a b", "");
    expect((await exec(argv, { timeoutMs: 10_000 })).stdout).toBe('["$HOME","; exit 3","*","a b",""]\n');
  });

  it("gets its input, an empty one when there is none", async () => {
    const code = "process.stdin.on('data', (d) => process.stdout.write(d)).on('end', () => console.log('.'))";
    expect((await exec(node(code), { timeoutMs: 10_000, input: "ä" })).stdout).toBe("ä.\n");
    expect((await exec(node(code), { timeoutMs: 10_000 })).stdout).toBe(".\n");
  });

  it("inherits the world's variables, and its own come on top; nothing else", async () => {
    const code =
      "const { GREETING, MORE, VITEST } = process.env; console.log(JSON.stringify({ GREETING, MORE, VITEST }))";
    const told = await exec(node(code), { timeoutMs: 10_000, env: { MORE: "1" } });
    expect(JSON.parse(told.stdout)).toEqual({ GREETING: "hello", MORE: "1" });
  });

  it("K01: is not written to the screen with what it prints, whatever NODE_DEBUG asks for", async () => {
    const runner = await bundle("runner");
    const { code, stdout, stderr } = await exec([process.execPath, runner], {
      timeoutMs: 20_000,
      env: { NODE_DEBUG: "execa" },
    });
    expect([code, stdout, stderr]).toEqual([0, "code 0, 7 characters\n", ""]);
  });

  it("is stopped when its time is up, also when it does not want to", async () => {
    const stubborn = "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)";
    for (const code of ["console.log('up'); setInterval(() => {}, 1000)", stubborn])
      expect(await exec(node(code), { timeoutMs: 500 })).toMatchObject({
        code: undefined,
        failed: `${process.execPath} did not end within 500 ms and was stopped`,
      });
  });

  it("that left something running with its output open is not waited for", async () => {
    const told = await exec(["sh", "-c", "echo up; sleep 20 & wait"], { timeoutMs: 200 });
    expect(told).toEqual({
      code: undefined,
      stdout: "up\n",
      stderr: "",
      failed: "sh did not end within 200 ms and was stopped",
    });
  });

  it("may write more than is kept", async () => {
    const told = await exec(node("process.stdout.write('x'.repeat(3_000_000), () => console.error('written'))"), {
      timeoutMs: 10_000,
    });
    expect(told).toMatchObject({ code: 0, stderr: "written\n" });
    expect(told.stdout.length).toBe(1024 * 1024);
  });

  it("that cannot start says why", async () => {
    const say = async (argv: [string, ...string[]], cwd?: string) =>
      exec(argv, { timeoutMs: 1000, ...(cwd === undefined ? {} : { cwd }) });
    expect(await say(["no-such-program"])).toMatchObject({
      code: undefined,
      failed: "there is no program no-such-program",
    });
    const folder = mkdtempSync(join(tmpdir(), "llmops-exec-"));
    writeFileSync(join(folder, "plain"), "");
    const plain = join(folder, "plain");
    expect(await say([plain])).toMatchObject({ failed: `${plain} may not be executed (permission denied)` });
    rmSync(folder, { recursive: true });
    expect(await say(["ls"], "/none")).toMatchObject({ failed: "ls could not start: there is no folder /none" });
    expect(await say(["a\u001b[2J"])).toMatchObject({ failed: "there is no program a\\u001b[2J" });
    expect(await exec(node("process.kill(process.pid, 'SIGKILL')"), { timeoutMs: 10_000 })).toMatchObject({
      code: undefined,
      failed: `${process.execPath} was ended by SIGKILL`,
    });
  });
});
