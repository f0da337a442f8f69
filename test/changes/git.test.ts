import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { git } from "../../src/changes/git.ts";
import { openExec } from "../../src/world/exec.ts";
import { dataOf } from "../sources/recorded.ts";
import { fakeWorld } from "../fake/world.ts";

const to = Date.parse("2026-11-21T03:12:00Z");
const hour = 3_600_000;
const from = to - 24 * hour;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Nobody's own settings: what the machine's git is set to must not decide a test. */
const own = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };

/** A real repository; `run` is git in it, at a time of the day. */
function repository() {
  const folder = mkdtempSync(join(tmpdir(), "llmops-git-"));
  folders.push(folder);
  const path = join(folder, "shop");
  mkdirSync(path);
  let date = "2026-11-21T00:00:00Z";
  let author = "Mei Kaya";
  const run = (...args: string[]) => {
    const env = { ...own, GIT_AUTHOR_DATE: "2020-01-01T00:00:00Z", GIT_COMMITTER_DATE: date };
    const id = ["-c", `user.name=${author}`, "-c", "user.email=m@example.com", "-c", "commit.gpgSign=false"];
    return execFileSync("git", ["-c", "protocol.file.allow=always", ...id, ...args], {
      cwd: path,
      env,
      stdio: "pipe",
    }).toString();
  };
  run("init", "-q", "-b", "main");
  const commit = (at: string, message: string, file = "a", by = "Mei Kaya") => {
    [date, author] = [at, by];
    mkdirSync(join(path, file, ".."), { recursive: true });
    writeFileSync(join(path, file), `${at} ${message}`);
    run("add", "-A");
    run("commit", "-q", "--cleanup=verbatim", "-m", message);
  };
  return { folder, path, run, commit, at: (time: string) => (date = time) };
}

function log(settings: object, folder: string, env: Record<string, string> = {}) {
  const world = { ...fakeWorld({ env }), exec: openExec({ ...own, ...env }) };
  return git.open(git.schema.parse(settings), world, folder);
}
const whats = (deeds: { what: string }[]) => deeds.map(({ what }) => what.replace(/^commit [0-9a-f]{8}: /, ""));

describe("git", () => {
  it("tells the commits of the time, newest first, with who and which", async () => {
    const { folder, run, commit } = repository();
    commit("2026-11-20T03:00:00Z", "Yesterday, a bit too early");
    commit("2026-11-21T02:58:00Z", "Make the support prompt friendlier\n\nA body.");
    commit("2026-11-21T03:10:00Z", "Wider cache", "a", "Tunde Osei");
    const deeds = dataOf(await log({ path: "shop" }, folder).changes(from, to));
    const [last, first] = run("log", "-2", "--format=%H").trim().split("\n") as [string, string];
    expect(deeds).toEqual([
      {
        at: Date.parse("2026-11-21T03:10:00Z"),
        what: `commit ${last.slice(0, 8)}: Wider cache`,
        who: "Tunde Osei",
        ref: last,
      },
      {
        at: Date.parse("2026-11-21T02:58:00Z"),
        what: `commit ${first.slice(0, 8)}: Make the support prompt friendlier`,
        who: "Mei Kaya",
        ref: first,
      },
    ]);
  });

  it("takes a merge for one change, when it was merged, and only commits on the paths that were named", async () => {
    const { folder, run, commit, at } = repository();
    commit("2026-11-21T00:00:00Z", "Start", "prompts/support.md");
    run("checkout", "-q", "-b", "feature");
    commit("2026-11-21T01:00:00Z", "Try", "prompts/support.md");
    commit("2026-11-21T01:30:00Z", "Try again", "prompts/support.md");
    run("checkout", "-q", "main");
    commit("2026-11-21T02:00:00Z", "Docs only", "README.md");
    at("2026-11-21T03:00:00Z");
    run("merge", "-q", "--no-ff", "-m", "Merge the friendlier prompt", "feature");
    const all = dataOf(await log({ path: "shop" }, folder).changes(from, to));
    expect(whats(all)).toEqual(["Merge the friendlier prompt", "Docs only", "Start"]);
    const prompts = dataOf(await log({ path: "shop", paths: ["prompts/"] }, folder).changes(from, to));
    expect(whats(prompts)).toEqual(["Merge the friendlier prompt", "Start"]);
  });

  it("reads a branch that is not checked out, and a detached HEAD", async () => {
    const { folder, run, commit } = repository();
    commit("2026-11-21T01:00:00Z", "One");
    commit("2026-11-21T02:00:00Z", "Two");
    run("checkout", "-q", "--detach", "HEAD~1");
    expect(whats(dataOf(await log({ path: "shop" }, folder).changes(from, to)))).toEqual(["One"]);
    expect(whats(dataOf(await log({ path: "shop", branch: "main" }, folder).changes(from, to)))).toEqual([
      "Two",
      "One",
    ]);
    expect(await log({ path: "shop" }, folder).check()).toMatchObject({ ok: true, say: "newest commit 2h 12m old" });
  });

  it("says of a shallow clone that older commits are not in it, and not where it reaches back far enough", async () => {
    const { folder, run, commit } = repository();
    for (const n of [9, 10, 11]) commit(`2026-11-${n + 10}T01:00:00Z`, `Number ${n}`);
    run("clone", "-q", "--depth", "1", `file://${join(folder, "shop")}`, join(folder, "shallow"));
    run("clone", "-q", "--depth", "2", `file://${join(folder, "shop")}`, join(folder, "deeper"));
    const shallow = await log({ path: "shallow" }, folder).changes(from, to);
    expect(shallow).toMatchObject({ warnings: [expect.stringMatching(/shallow is a shallow clone: older commits/)] });
    expect(await log({ path: "deeper" }, folder).changes(from, to)).toMatchObject({ warnings: [] });
  });

  it("has no change where there is no commit yet", async () => {
    const { folder } = repository();
    expect(await log({ path: "shop" }, folder).changes(from, to)).toMatchObject({ data: [], warnings: [] });
    expect(await log({ path: "shop" }, folder).check()).toMatchObject({ ok: true, say: "no commit yet" });
  });

  it("says in plain words what it cannot read", async () => {
    const { folder, commit } = repository();
    commit("2026-11-21T01:00:00Z", "One");
    mkdirSync(join(folder, "plain"));
    const error = async (settings: object, env = {}) => {
      const answer = await log(settings, folder, env).changes(from, to);
      return "error" in answer ? answer.error.replaceAll(folder, "…") : answer;
    };
    // the folders above may be repositories on the machine of whoever runs this
    expect(await error({ path: "plain" }, { GIT_CEILING_DIRECTORIES: folder })).toBe("…/plain is no git repository");
    expect(await error({ path: "nowhere" })).toBe("git could not start: there is no folder …/nowhere");
    expect(await error({ path: "shop", branch: "gone" })).toBe("…/shop has no branch gone");
    expect(await error({ path: "shop" }, { PATH: join(folder, "plain") })).toBe("there is no program git");
    expect(await error({ path: "shop" }, { GIT_DIR: "/elsewhere" })).toBe(
      "GIT_DIR is set and names another repository than …/shop: unset it",
    );
  });

  it("takes no option for a branch", () => {
    for (const branch of ["--output=/tmp/x", "-p", "a b"])
      expect(git.schema.safeParse({ path: ".", branch }).success).toBe(false);
  });

  it("runs nothing that a repository names: no pager, hook, monitor, signature program, or remote that is a command", async () => {
    const { folder, path, run, commit } = repository();
    commit("2026-11-21T01:00:00Z", "One");
    commit("2026-11-21T02:00:00Z", "Two", "prompts/a");
    const trap = join(folder, "trap.sh");
    const sprung = join(folder, "sprung");
    writeFileSync(trap, `#!/bin/sh\necho "$0 $*" >> ${sprung}\nexit 1\n`);
    chmodSync(trap, 0o755);
    // a commit that says it is signed, so that log.showSignature would have something to show
    const tree = run("rev-parse", "HEAD^{tree}").trim();
    const parent = run("rev-parse", "HEAD").trim();
    const when = `${Date.parse("2026-11-21T03:00:00Z") / 1000} +0000`;
    const signed = `tree ${tree}\nparent ${parent}\nauthor A <a@b> ${when}\ncommitter A <a@b> ${when}\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\nSigned\n`;
    writeFileSync(join(folder, "signed"), signed);
    run("update-ref", "HEAD", run("hash-object", "-t", "commit", "-w", join(folder, "signed")).trim());
    for (const [key, value] of Object.entries({
      "core.pager": trap,
      "pager.log": trap,
      "core.fsmonitor": trap,
      "core.hooksPath": folder,
      "core.sshCommand": trap,
      "core.askPass": trap,
      "diff.external": trap,
      "gpg.program": trap,
      "log.showSignature": "true",
      "format.pretty": "%G?",
      "alias.log": `!${trap}`,
      "protocol.allow": "always",
      "protocol.ext.allow": "always",
      "remote.origin.url": `ext::${trap}`,
      "remote.origin.promisor": "true",
      "remote.origin.uploadpack": trap,
      "extensions.partialClone": "origin",
    }))
      run("config", key, value);
    const settings = { path: "shop", paths: ["prompts/", "a"] };
    const spring = () => dataOfOr(log(settings, folder).changes(from, to));
    expect(whats((await spring()).data ?? [])).toEqual(["Two", "One"]);
    expect(whats(dataOf(await log({ path: "shop" }, folder).changes(from, to)))).toEqual(["Signed", "Two", "One"]);
    // without the objects that it needs to compare, the remote would be asked for them
    rmSync(join(path, ".git/objects", run("rev-parse", "HEAD~1^{tree}").trim().replace(/^(..)/, "$1/")));
    expect((await spring()).error).toMatch(/^git could not read /);
    expect(existsSync(sprung) ? readFileSync(sprung, "utf8") : "").toBe("");
    // the trap itself works: without our care it is sprung
    expect(() => run("log", "-1", "--show-signature")).not.toThrow();
    expect(existsSync(sprung)).toBe(true);
  });

  it.skipIf(process.getuid?.() !== 0)(
    "leaves it to git to refuse what belongs to somebody else (needs root)",
    async () => {
      const { folder, path, commit } = repository();
      commit("2026-11-21T01:00:00Z", "One");
      execFileSync("chown", ["-R", "65534", path]);
      const answer = await log({ path: "shop" }, folder).changes(from, to);
      expect(answer).toMatchObject({ error: expect.stringContaining("belongs to somebody else: git config --global") });
    },
  );

  it("hands on hostile texts as they are, one line each, and bounded", async () => {
    const { folder, commit } = repository();
    commit("2026-11-21T01:00:00Z", "\u001b[2J\u202eevil", "a", "\u001b[31mred");
    commit("2026-11-21T02:00:00Z", "x".repeat(100_000));
    const deeds = dataOf(await log({ path: "shop" }, folder).changes(from, to));
    expect(deeds).toHaveLength(2);
    expect(deeds[0]!.what.length).toBeLessThan(400);
    expect(deeds[1]!.what).toContain("\u202eevil");
  });
});

async function dataOfOr(answer: ReturnType<ReturnType<typeof log>["changes"]>) {
  return (await answer) as { data?: { what: string }[]; error?: string };
}
