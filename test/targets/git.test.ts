import { chmodSync, existsSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Read, Target } from "../../src/targets/target.ts";
import type { Scope } from "../../src/timeline/scope.ts";
import type { Change, Setting, Written } from "../../src/timeline/setting.ts";
import type { Value } from "../../src/timeline/value.ts";
import { openExec, type Exec } from "../../src/world/exec.ts";
import { cause } from "../fake/cause.ts";
import { openRemote, openTarget, type Remote } from "./gitRemote.ts";

const yaml = `# who is on call changes this
routes:
  support.reply: # the busiest one
    enabled: true
    max_tokens: 4096
blocked: [u-7]   # by hand
`;

const remotes: Remote[] = [];
afterEach(() => {
  for (const remote of remotes.splice(0)) remote.close();
});

function stage(files: Record<string, string> = { "routes.yaml": yaml }): Remote {
  const remote = openRemote(files);
  remotes.push(remote);
  return remote;
}

const route: Scope = { route: "support.reply" };

async function read(
  target: Target,
  setting: Setting = "max_tokens",
  scope = route,
): Promise<Exclude<Read, { error: string }>> {
  const found = await target.read(setting, scope);
  if ("error" in found) throw new Error(found.error);
  return found;
}

async function planned(target: Target, after: Value, setting: Setting = "max_tokens", scope = route): Promise<Change> {
  const { value, version } = await read(target, setting, scope);
  return { id: "m1", mitigation: "token-clamp", target: "t", setting, scope, before: value, after, version };
}

async function write(target: Target, after: Value, more: Partial<Change> = {}): Promise<Written> {
  return target.write({ ...(await planned(target, after)), ...more }, cause);
}

describe("a write", () => {
  it("is one commit of one file, and tells who, why and for which incident", async () => {
    const remote = stage({ "routes.yaml": yaml, "src/app.ts": "1\n" });
    const target = openTarget(remote);
    const { identity, version } = await read(target);
    expect(identity).toBe(`git origin main, commit ${version!.slice(0, 8)} by Mei Kaya 3h 00m ago`);
    const written = await write(target, { is: 512 });
    expect(written).toEqual({ written: true, version: remote.log("%H", "-1") });
    expect(remote.text("routes.yaml")).toBe(yaml.replace("4096", "512"));
    expect(remote.log("", "-1", "--name-status").trim()).toBe("M\troutes.yaml");
    expect(remote.log("%an <%ae>|%P", "-1")).toBe(`Tunde Osei <tunde.osei@example.com>|${version}`);
    expect(remote.log("%B", "-1")).toBe(
      `Set max_tokens of support.reply to 512 (llmops m1)

answers cost ten times as much

Changed with llmops (token-clamp) by dana: it was 4096.

Incident: INC-1121-aaaa
Change: m1
`.trimEnd(),
    );
    expect(remote.log("%(trailers:only,unfold)", "-1").trim()).toBe("Incident: INC-1121-aaaa\nChange: m1");
  });

  it("takes back as a revert, which names the commit and claims only what is true", async () => {
    const remote = stage();
    const target = openTarget(remote);
    const undo = { id: "m2", mitigation: "undo", undoes: "m1" };
    const first = (await write(target, { is: 512 })) as { version: string };
    expect(await write(target, { is: 4096 }, undo)).toMatchObject({ written: true });
    expect(remote.text("routes.yaml")).toBe(yaml);
    expect(remote.log("%B", "-1")).toContain(
      `Revert "Set max_tokens of support.reply to 512 (llmops m1)"\n\nThis reverts commit ${first.version}.\n`,
    );
    expect(remote.run(remote.bare, "diff", `${first.version}~`, "main")).toBe("");

    const second = (await write(target, { is: 256 }, { id: "m3" })) as { version: string };
    remote.push({ "routes.yaml": remote.text("routes.yaml").replace("u-7", "u-8") });
    expect(await write(target, { is: 4096 }, { ...undo, id: "m4", undoes: "m3" })).toMatchObject({ written: true });
    expect(remote.text("routes.yaml")).toBe(yaml.replace("u-7", "u-8"));
    expect(remote.log("%B", "-1")).not.toContain("This reverts");
    expect(remote.log("%B", "-1")).toContain(`It takes back what commit ${second.version} set`);

    expect(await write(target, { is: 1 }, { ...undo, id: "m5", undoes: "m99" })).toMatchObject({ written: true });
    expect(remote.log("%s", "-1")).toBe("Set max_tokens of support.reply to 1 (llmops m5)");
  });

  it("of one member of a list leaves the others, and every comment", async () => {
    const remote = stage();
    const target = openTarget(remote);
    const scope = { user: "acme-bot" };
    const add = await planned(target, { is: true }, "blocked", scope);
    expect(await target.write(add, cause)).toMatchObject({ written: true });
    expect(remote.text("routes.yaml")).toBe(yaml.replace("[u-7]", "[u-7,acme-bot]"));
    expect(await target.write(await planned(target, { is: false }, "blocked", scope), cause)).toMatchObject({
      written: true,
    });
    expect(remote.text("routes.yaml")).toBe(yaml);
    expect(await target.list!("route")).toEqual(["support.reply"]);
  });

  it("keeps the bits of the file and every name beside it, byte for byte", async () => {
    const remote = stage();
    const odd = ['a "quoted" \\ name', "tab\there", "line\nbreak", "-rf", "ä\u202e.yaml", "routes.yaml.bak"];
    const dir = 'konfig "ü"';
    remote.push(Object.fromEntries([...odd.map((name) => [`${dir}/${name}`, name]), [`${dir}/routes.yaml`, yaml]]));
    chmodSync(join(remote.theirs, dir, "routes.yaml"), 0o755);
    writeFileSync(Buffer.concat([Buffer.from(join(remote.theirs, dir, "latin-")), Buffer.from([0xe4])]), "1");
    remote.push({});
    const tree = () =>
      remote
        .run(remote.bare, "ls-tree", "-r", "-t", "main")
        .replace(/ [0-9a-f]+\t(.*routes\.yaml"|"konfig [^/]*")$/gm, "\t$1");
    const before = tree();
    const target = openTarget(remote, { file: `${dir}/routes.yaml` });
    expect(await write(target, { is: 512 })).toMatchObject({ written: true });
    expect(remote.text(`${dir}/routes.yaml`)).toBe(yaml.replace("4096", "512"));
    expect(tree()).toBe(before);
    expect(before).toContain("100755 blob\t");
    expect(before).toContain("latin-\\344");
  });

  it("J01: shows what a stranger wrote into a commit harmless, and is not deceived by it", async () => {
    const remote = stage();
    remote.run(remote.theirs, "config", "user.name", "x\u001b[2J\u202eevil");
    remote.push({ "routes.yaml": `${yaml}# x\n` }, "Set x (llmops m1)\n\nIncident: INC-1121-aaaa\nChange: m1");
    const target = openTarget(remote);
    expect((await read(target)).identity).toContain("by x\\u001b[2J\\u202eevil");
    const reason = "x\n\nIncident: INC-0000-0000\nSigned-off-by: root";
    const change = { ...(await planned(target, { is: 512 })), id: "m2", undoes: "m1" };
    expect(await target.write(change, { ...cause, reason })).toMatchObject({ written: true });
    expect(remote.log("%(trailers:only,unfold)", "-1").trim()).toBe("Incident: INC-1121-aaaa\nChange: m2");
    expect(remote.log("%B", "-1")).not.toContain("This reverts");
  });
});

describe("the clone", () => {
  it("with work in progress keeps every byte of it: files, index, branches, FETCH_HEAD", async () => {
    const remote = stage({ "routes.yaml": yaml, "notes.md": "a\n" });
    const { ours, run } = remote;
    run(ours, "checkout", "-q", "-b", "feature");
    writeFileSync(join(ours, "routes.yaml"), "half: written");
    writeFileSync(join(ours, "notes.md"), "staged\n");
    run(ours, "add", "notes.md");
    writeFileSync(join(ours, "notes.md"), "and changed again\n");
    writeFileSync(join(ours, "new"), "untracked\n");
    const state = () => [
      readFileSync(join(ours, ".git/index")).toString("base64"),
      readFileSync(join(ours, ".git/HEAD"), "utf8"),
      readFileSync(join(ours, "routes.yaml"), "utf8"),
      readFileSync(join(ours, "notes.md"), "utf8"),
      run(ours, "for-each-ref", "refs/heads", "refs/tags"),
      run(ours, "config", "--local", "--list"),
      existsSync(join(ours, ".git/FETCH_HEAD")),
      run(ours, "stash", "list"),
    ];
    const before = state();
    remote.push({ "routes.yaml": yaml.replace("4096", "4000"), "other.txt": "x" });
    const target = openTarget(remote);
    expect((await read(target)).value).toEqual({ is: 4000 });
    expect(await write(target, { is: 512 })).toMatchObject({ written: true });
    expect((await read(target)).value).toEqual({ is: 512 });
    expect(await target.check()).toMatchObject({ ok: true });
    expect(state()).toEqual(before);
    expect(
      run(ours, "status", "--porcelain")
        .trim()
        .split("\n")
        .map((line) => line.trim()),
    ).toEqual(["MM notes.md", "M routes.yaml", "?? new"]);
  });

  it.each([
    ["shallow", ["--depth", "1"]],
    ["partial", ["--filter=blob:none", "--no-checkout"]],
    ["bare", ["--bare"]],
  ])("may be %s", async (name, how) => {
    const remote = stage({ "routes.yaml": yaml, "big/one": "1\n", "big/two": "2\n" });
    remote.push({ "big/one": "3\n" });
    remote.run(remote.bare, "config", "uploadpack.allowFilter", "true");
    remote.run(remote.folder, "clone", "-q", ...how, `file://${remote.bare}`, name);
    for (const [key, value] of [
      ["user.name", "N"],
      ["user.email", "n@example.com"],
    ] as const)
      remote.run(join(remote.folder, name), "config", key, value);
    remote.push({ "big/two": "4\n" });
    const target = openTarget(remote, { path: name });
    const first = (await write(target, { is: 512 })) as { version: string };
    expect(await write(target, { is: 4096 }, { id: "m2", undoes: "m1" })).toMatchObject({ written: true });
    expect(remote.text("routes.yaml")).toBe(yaml);
    expect(remote.text("big/two")).toBe("4\n");
    expect(remote.log("%B", "-1")).toContain(`This reverts commit ${first.version}.`);
    expect(remote.run(remote.bare, "fsck", "--strict")).toBe("");
  });

  it("may be opened in a folder of it", async () => {
    const remote = stage({ "routes.yaml": "routes: {}\n", "deploy/routes.yaml": yaml });
    const target = openTarget(remote, { path: "ours/deploy", file: "deploy/routes.yaml" });
    expect(await write(target, { is: 512 })).toMatchObject({ written: true });
    expect(remote.text("deploy/routes.yaml")).toBe(yaml.replace("4096", "512"));
    expect(remote.text("routes.yaml")).toBe("routes: {}\n");
  });

  it("runs nothing that it names, pushes nothing else, and reaches no remote that is a command", async () => {
    const remote = stage();
    const { ours, run, folder } = remote;
    const trap = join(folder, "trap.sh");
    const sprung = join(folder, "sprung");
    writeFileSync(trap, `#!/bin/sh\necho "$0 $*" >> ${sprung}\nexit 1\n`);
    chmodSync(trap, 0o755);
    for (const hook of ["pre-push", "reference-transaction", "post-commit", "commit-msg", "pre-commit"]) {
      writeFileSync(join(ours, ".git/hooks", hook), `#!/bin/sh\nexec ${trap} ${hook}\n`);
      chmodSync(join(ours, ".git/hooks", hook), 0o755);
    }
    for (const [key, value] of Object.entries({
      "core.pager": trap,
      "core.fsmonitor": trap,
      "core.askPass": trap,
      "core.editor": trap,
      "gpg.program": trap,
      "commit.gpgSign": "true",
      "push.gpgSign": "if-asked",
      "push.followTags": "true",
      "push.default": "matching",
      "push.recurseSubmodules": "on-demand",
      "alias.push": `!${trap}`,
      "remote.origin.push": "+refs/heads/*:refs/heads/*",
    }))
      run(ours, "config", key, value);
    run(ours, "-c", "core.hooksPath=/dev/null", "tag", "-a", "v1", "-m", "x", "--no-sign");
    run(ours, "-c", "core.hooksPath=/dev/null", "branch", "secret");
    const target = openTarget(remote);
    expect(await read(target)).toMatchObject({
      notes: [`the commit will not be signed, though commit.gpgSign is set in ${ours}`],
    });
    expect(await write(target, { is: 512 })).toMatchObject({ written: true });
    expect(run(remote.bare, "for-each-ref", "--format=%(refname)").trim()).toBe("refs/heads/main");
    expect(existsSync(sprung) ? readFileSync(sprung, "utf8") : "").toBe("");
    run(ours, "config", "remote.origin.url", `ext::${trap}`);
    expect(await target.read("max_tokens", route)).toMatchObject({
      error: expect.stringContaining("'ext' not allowed"),
    });
    expect(existsSync(sprung)).toBe(false);
    run(ours, "config", "remote.origin.url", remote.bare);
    run(ours, "config", "--add", "remote.origin.pushurl", remote.bare);
    run(ours, "config", "--add", "remote.origin.pushurl", `${remote.bare}2`);
    expect(await target.read("max_tokens", route)).toMatchObject({
      error: expect.stringContaining("pushes to 2 places at once"),
    });
  });
});

describe("a push that does not go through", () => {
  it("D03: where a clone fetches from a mirror, what it pushes to is what is read", async () => {
    const remote = stage();
    remote.run(remote.folder, "clone", "-q", "--bare", remote.bare, "mirror.git");
    remote.run(remote.folder, "-C", "ours", "config", "remote.origin.url", `${remote.folder}/mirror.git`);
    remote.run(remote.folder, "-C", "ours", "config", "remote.origin.pushurl", remote.bare);
    const target = openTarget(remote);
    const first = await planned(target, { is: 512 });
    expect(await target.write(first, cause)).toMatchObject({ written: true });
    expect(await target.read("max_tokens", route)).toMatchObject({ value: { is: 512 } });
  });

  it("F05: of two clones that race, one wins and the other is told what is live", async () => {
    const remote = stage();
    remote.run(remote.folder, "clone", "-q", remote.bare, "third");
    remote.run(remote.folder, "-C", "third", "config", "user.name", "Ada");
    remote.run(remote.folder, "-C", "third", "config", "user.email", "ada@example.com");
    const [one, two] = [openTarget(remote), openTarget(remote, { path: "third" })];
    const [first, second] = [await planned(one, { is: 512 }), await planned(two, { is: 256 })];
    const results = await Promise.all([one.write(first, cause), two.write(second, cause)]);
    const lost = results.find((one) => "conflict" in one)!;
    const live = "conflict" in results[0] ? 256 : 512;
    expect(results.filter((one) => "written" in one)).toHaveLength(1);
    expect(lost).toMatchObject({ conflict: true, live: { is: live } });
    expect(remote.text("routes.yaml")).toBe(yaml.replace("4096", String(live)));
    expect(remote.log("%s")).toBe(`Set max_tokens of support.reply to ${live} (llmops m1)\nStart`);
  });

  it("by a protected branch is refused, and the commands that it tells open the pull request", async () => {
    const remote = stage();
    remote.hook(
      "pre-receive",
      'while read _ _ ref; do [ "$ref" != refs/heads/main ] || { echo "GH006: Protected branch \u001b[2J"; exit 1; }; done',
    );
    const written = await write(openTarget(remote), { is: 512 });
    expect(written).toMatchObject({ refused: true });
    const { why, next } = written as { why: string; next: string };
    expect(why).toBe(
      "git origin main did not take the commit (pre-receive hook declined): GH006: Protected branch \\u001b[2J",
    );
    expect(remote.text("routes.yaml")).toBe(yaml);
    const [, push, pullRequest] = /^in .*\/ours: (git push .*); then: (gh pr create .*)$/.exec(next)!;
    remote.run(remote.ours, ...push!.split(" ").slice(1));
    expect(remote.text("routes.yaml", "llmops/INC-1121-aaaa-m1")).toBe(yaml.replace("4096", "512"));
    expect(pullRequest).toBe("gh pr create --base main --head llmops/INC-1121-aaaa-m1");
  });

  it("F08, F10: but was only slow is unknown, and read back as applied", async () => {
    const remote = stage();
    remote.hook("update", "sleep 4");
    const target = openTarget(remote, { deadline: "2s" });
    const written = await write(target, { is: 512 });
    expect(written).toMatchObject({ unknown: true, why: expect.stringContaining("did not end within 2s") });
    await expect.poll(async () => (await read(target)).value, { timeout: 10_000 }).toEqual({ is: 512 });
    expect(remote.log("%s").split("\n")).toHaveLength(2);
  });

  it("I04: that is out when Ctrl-C comes is waited for and can be read back; none is begun after it", async () => {
    const remote = stage();
    const writes = remote.count();
    const left = new AbortController();
    let leaveAt = "push";
    const around = (): Exec => {
      const exec = openExec({ ...process.env, GIT_CONFIG_GLOBAL: "/dev/null" }, left.signal);
      return (argv, options) => {
        if (argv.includes(leaveAt)) setTimeout(() => left.abort(), 300);
        return exec(argv, options);
      };
    };
    remote.hook("update", "sleep 1");
    const target = openTarget(remote, {}, { around });
    expect(await write(target, { is: 512 })).toEqual({ written: true, version: remote.log("%H", "-1") });
    expect(left.signal.aborted).toBe(true);
    expect((await read(target)).value).toEqual({ is: 512 });
    expect(await write(target, { is: 256 })).toMatchObject({
      refused: true,
      why: expect.stringContaining("interrupted"),
    });
    leaveAt = "nothing";
    expect(await openTarget(remote, {}, { around }).read("max_tokens", route)).toMatchObject({
      error: "git was not started: interrupted",
    });
    expect([writes(), remote.text("routes.yaml")]).toEqual([1, yaml.replace("4096", "512")]);
  });

  it("F12: because the remote is gone after it was sent is unknown", async () => {
    const remote = stage();
    remote.hook("update", "kill -9 $PPID");
    expect(await write(openTarget(remote), { is: 512 })).toMatchObject({ unknown: true });
    expect(remote.text("routes.yaml")).toBe(yaml);
  });

  it("because nobody is said to commit here is refused before anything is sent", async () => {
    const remote = stage();
    const writes = remote.count();
    remote.run(remote.ours, "config", "--unset", "user.name");
    remote.run(remote.ours, "config", "--unset", "user.email");
    const target = openTarget(remote);
    expect(await write(target, { is: 512 })).toEqual({
      refused: true,
      why: "git does not know who commits here",
      next: 'git config --global user.name "…" and git config --global user.email …, then again',
    });
    expect(await target.check()).toMatchObject({ ok: false });
    expect(writes()).toBe(0);
  });
});

describe("what cannot be read", () => {
  const error = async (target: Target) => {
    const found = await target.read("max_tokens", route);
    return "error" in found ? found : { error: "none" };
  };

  it("is said in plain words", async () => {
    const remote = stage();
    symlinkSync("routes.yaml", join(remote.theirs, "link.yaml"));
    remote.push({
      "latin.yaml": Buffer.from([0x61, 0x3a, 0x20, 0xe4]),
      "long.yaml": `# ${"x".repeat(1 << 20)}\na: 1\n`,
    });
    const told = async (settings: object) =>
      (await error(openTarget(remote, { ...settings }))).error.replaceAll(remote.folder, "…");
    expect(await told({ branch: "gone" })).toBe("origin has no branch gone");
    expect(await told({ remote: "upstream" })).toBe("…/ours knows no remote upstream");
    expect(await told({ path: "nowhere" })).toBe("git could not start: there is no folder …/nowhere");
    const at = `git origin main (commit ${remote.log("%H", "-1").slice(0, 8)})`;
    expect(await told({ file: "route.yaml" })).toBe(`${at} has no route.yaml`);
    expect(await told({ file: "link.yaml" })).toBe(`link.yaml in ${at} is no plain file but a link or a folder`);
    expect(await told({ file: "latin.yaml" })).toBe(`latin.yaml in ${at} is no UTF-8 text`);
    expect(await told({ file: "long.yaml" })).toBe(`long.yaml in ${at} is longer than 1 MiB`);
    expect((await error(openTarget(remote, {}, { env: { GIT_DIR: "/elsewhere" } }))).error).toBe(
      `GIT_DIR is set and names another repository than ${remote.ours}: unset it`,
    );
    renameSync(remote.bare, `${remote.bare}.gone`);
    expect(await told({})).toMatch(/^origin cannot be asked: .*does not appear to be a git repository/);
  });

  it("because the remote wants a password: nobody is asked, and it is told what to do", async () => {
    const remote = stage();
    const server = createServer((_, response) => response.writeHead(401, { "www-authenticate": "Basic" }).end());
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/config.git`;
    remote.run(remote.ours, "remote", "set-url", "origin", url);
    const trap = join(remote.folder, "sprung");
    writeFileSync(join(remote.folder, "ask.sh"), `#!/bin/sh\ntouch ${trap}\n`);
    chmodSync(join(remote.folder, "ask.sh"), 0o755);
    const env = { GIT_ASKPASS: join(remote.folder, "ask.sh"), SSH_ASKPASS: join(remote.folder, "ask.sh") };
    const found = await error(openTarget(remote, {}, { env }));
    server.closeAllConnections();
    server.close();
    expect(found).toMatchObject({
      error: expect.stringContaining("origin does not let us in: could not read Username"),
      next: expect.stringContaining("git ls-remote origin works in"),
    });
    expect(existsSync(trap)).toBe(false);
  });

  it("asks ssh for no password either, whatever ssh was set up", async () => {
    const remote = stage();
    const log = join(remote.folder, "ssh.log");
    const program = join(remote.folder, "ssh");
    writeFileSync(
      program,
      `#!/bin/sh\necho "$@" >> ${log}\necho "git@host: Permission denied (publickey)." >&2\nexit 255\n`,
    );
    chmodSync(program, 0o755);
    remote.run(remote.ours, "remote", "set-url", "origin", "git@git.example.com:config.git");
    remote.run(remote.ours, "config", "core.sshCommand", `${program} -i key`);
    expect(await error(openTarget(remote))).toMatchObject({
      error: expect.stringContaining("origin does not let us in: git@host: Permission denied"),
    });
    expect(readFileSync(log, "utf8")).toContain("-i key -o BatchMode=yes -o ConnectTimeout=5 ");
  });
});

it.each([
  { branch: "--force" },
  { remote: "-x" },
  { file: "-x.yaml" },
  { file: "../x.yaml" },
  { file: "/etc/x.yaml" },
  { file: "./x.yaml" },
  { file: "a.toml" },
  { branch: "a b" },
  { branch: "$(id)" },
  { deadline: "1m" },
])("takes no %o", (settings) => {
  expect(() => openTarget({ folder: "/nowhere" }, settings)).toThrow(/needs/);
});
