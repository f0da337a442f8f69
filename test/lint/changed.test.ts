import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { runbookLint } from "../../src/commands/runbookLint.ts";
import { parse } from "../../src/program.ts";
import { run } from "../../src/run.ts";
import { openExec } from "../../src/world/exec.ts";
import { realFiles } from "../../src/world/files.ts";
import { fakeWorld } from "../fake/world.ts";

const env = { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", GIT_CONFIG_NOSYSTEM: "1" };
const book = readFileSync("runbooks/cost-spike.yaml", "utf8");
const broken = (id: string) =>
  book
    .replace("id: cost-spike", `id: ${id}`)
    .replace("TokenCostExplosion", `Alert${id}`)
    .replace("{ burn:", "{ nowhere:");

let folder: string;
let origin: string;

function git(...args: string[]): string {
  const named = ["-c", "user.name=Dana", "-c", "user.email=dana@example.com", "-c", "init.defaultBranch=main"];
  const { status, stdout, stderr } = spawnSync("git", [...named, ...args], { cwd: folder, env, encoding: "utf8" });
  if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
  return stdout;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

async function lintChanged(argv: string[] = [], cwd = folder) {
  const world = { ...fakeWorld({ cwd }), files: realFiles, env, exec: openExec(env) };
  const code = await run(parse(["runbook", "lint", ...argv], [runbookLint]) as never, world);
  const told = [...world.terminal.output.matchAll(/^(.*):\d+:\d+: (?:error|warning): /gm)].map(([, file]) => file!);
  return { code, told: [...new Set(told)], screen: world.terminal.screen.replace(/\s+/g, " ") };
}

beforeEach(() => {
  const place = mkdtempSync(join(tmpdir(), "llmops-changed-"));
  onTestFinished(() => rmSync(place, { recursive: true }));
  [origin, folder] = [join(place, "origin"), join(place, "clone")];
  mkdirSync(origin);
  folder = origin;
  git("init", "-q");
  write("llmops.yaml", "runbooks: runbooks\n");
  for (const id of ["a", "b", "c"]) write(`runbooks/${id}.yaml`, broken(id));
  git("add", "-A");
  git("commit", "-qm", "one");
  git("clone", "-q", origin, join(place, "clone"));
  folder = join(place, "clone");
  git("checkout", "-qb", "topic");
});

describe("llmops runbook lint --changed", () => {
  it("tells only of what differs from where the default branch was left, and says so", async () => {
    expect((await lintChanged()).told).toEqual(["runbooks/a.yaml", "runbooks/b.yaml", "runbooks/c.yaml"]);
    write("runbooks/b.yaml", `${broken("b")}# edited\n`);
    const { code, told, screen } = await lintChanged(["--changed"]);
    expect({ code, told }).toEqual({ code: 1, told: ["runbooks/b.yaml"] });
    expect(screen).toContain(
      "Only of files that differ from the merge base with origin/main; the others are known, not told. 1 runbook, 1 finding",
    );
  });

  it("takes in what is committed, staged, on disk, new and renamed; what is deleted is gone", async () => {
    write("runbooks/b.yaml", `${broken("b")}# edited\n`);
    git("commit", "-qam", "edited");
    write("runbooks/staged.yaml", broken("staged"));
    git("add", "-A");
    write("runbooks/new.yaml", broken("new"));
    renameSync(join(folder, "runbooks/c.yaml"), join(folder, "runbooks/moved.yaml"));
    rmSync(join(folder, "runbooks/a.yaml"));
    const { told } = await lintChanged(["--changed"]);
    expect(told.sort()).toEqual(["b", "moved", "new", "staged"].map((id) => `runbooks/${id}.yaml`));
  });

  it("is not misled by what the default branch did since, nor by the folder it is run in", async () => {
    write("runbooks/b.yaml", `${broken("b")}# edited\n`);
    git("commit", "-qam", "edited");
    git("checkout", "-q", "main");
    write("runbooks/a.yaml", `${broken("a")}# theirs\n`);
    git("commit", "-qam", "theirs");
    git("push", "-q", "origin", "HEAD:refs/heads/next");
    git("update-ref", "refs/remotes/origin/main", "HEAD");
    git("checkout", "-q", "topic");
    expect((await lintChanged(["--changed"])).told).toEqual(["runbooks/b.yaml"]);
    expect((await lintChanged(["--changed=main"])).told).toEqual(["runbooks/b.yaml"]);
    expect((await lintChanged([".", "--changed"], join(folder, "runbooks"))).told).toEqual(["b.yaml"]);
  });

  it.each([
    "two words.yaml",
    "line\nbreak.yaml",
    'quo"te.yaml',
    "ünï.yaml",
    "-dash.yaml",
    "* star.yaml",
    "\u001b[31m.yaml",
  ])("finds a file called %j", async (name) => {
    write(`runbooks/${name}`, broken("odd"));
    const { code, screen } = await lintChanged(["--changed", "--format", "json"]);
    expect(code).toBe(1);
    expect(screen).toContain("1 runbook, 1 finding");
  });

  it("knows the unchanged: a runbook that goes on with one is no mistake, one that is deleted is", async () => {
    const on = book.replace(/\nsteps:\n[^]*?\nfollow_ups/, "\nsteps: [{ id: go, title: Go, continue: a }]\nfollow_ups");
    write("runbooks/on.yaml", on.replace("id: cost-spike", "id: on"));
    const kept = await lintChanged(["--changed", "--format", "jsonl"]);
    expect(kept.screen).not.toContain("unknown-runbook");
    rmSync(join(folder, "runbooks/a.yaml"));
    const world = { ...fakeWorld({ cwd: folder }), files: realFiles, env, exec: openExec(env) };
    await run(parse(["runbook", "lint", "--changed", "--format", "jsonl"], [runbookLint]) as never, world);
    expect(world.terminal.output).toContain("there is no runbook a");
  });

  it("--fix then writes nothing else", async () => {
    const slip = (id: string) => broken(id).replace("nowhere:", "brun:");
    write("runbooks/a.yaml", slip("a"));
    git("commit", "-qam", "a slip");
    git("update-ref", "refs/remotes/origin/main", "HEAD");
    write("runbooks/b.yaml", slip("b"));
    await lintChanged(["--changed", "--fix"]);
    expect(readFileSync(join(folder, "runbooks/a.yaml"), "utf8")).toContain("brun:");
    expect(readFileSync(join(folder, "runbooks/b.yaml"), "utf8")).not.toContain("brun:");
  });

  it("a shallow clone is told the command that helps, and that command does", async () => {
    write("runbooks/b.yaml", `${broken("b")}# edited\n`);
    git("commit", "-qam", "edited");
    git("push", "-q", "origin", "HEAD:refs/heads/topic");
    const place = dirname(folder);
    // as checkouts in CI are made: one commit, no branch
    folder = join(place, "shallow");
    mkdirSync(folder);
    git("init", "-q");
    git("remote", "add", "origin", `file://${origin}`);
    git("fetch", "-q", "--depth=1", "origin", "topic");
    git("checkout", "-q", "--detach", "FETCH_HEAD");
    const { code, screen } = await lintChanged(["--changed"]);
    expect(code).toBe(2);
    expect(screen).toContain("This is a shallow clone");
    const command = /git (fetch .* --unshallow)/.exec(screen)![1]!;
    expect(command).toBe("fetch --no-tags origin +refs/heads/main:refs/remotes/origin/main --unshallow");
    git(...command.split(" "));
    expect(await lintChanged(["--changed"])).toMatchObject({ code: 1, told: ["runbooks/b.yaml"] });
  });

  it.each([
    [["--changed", "nosuch"], 'git knows no commit "nosuch" here.'],
    [["--changed=origin/nosuch"], "git fetch --no-tags origin +refs/heads/nosuch:refs/remotes/origin/nosuch"],
    [["--changed=--output=/tmp/x"], 'git knows no commit "--output=/tmp/x" here.'],
    [["--changed", "runbooks"], 'git knows no commit "runbooks" here.'],
  ])("%j ends 2", async (argv, what) => {
    const { code, screen } = await lintChanged(argv);
    expect(code).toBe(2);
    expect(screen).toContain(what);
  });

  it("outside of a clone ends 2 and says what to do", async () => {
    rmSync(join(folder, ".git"), { recursive: true });
    const { code, screen } = await lintChanged(["--changed"]);
    expect(code).toBe(2);
    expect(screen).toContain("is no git repository");
    expect(screen).toContain("leave --changed out");
  });

  it("runs nothing that the repository names", async () => {
    const marker = join(dirname(folder), "ran");
    write("evil.sh", `#!/bin/sh\ntouch ${marker}\n`);
    spawnSync("chmod", ["+x", join(folder, "evil.sh")]);
    for (const key of ["core.fsmonitor", "core.pager", "diff.external", "diff.evil.textconv", "diff.evil.command"])
      git("config", key, join(folder, "evil.sh"));
    write(".gitattributes", "*.yaml diff=evil\n");
    write("runbooks/b.yaml", `${broken("b")}# edited\n`);
    expect((await lintChanged(["--changed"])).told).toEqual(["runbooks/b.yaml"]);
    expect(spawnSync("test", ["-e", marker]).status).toBe(1);
  });
});
