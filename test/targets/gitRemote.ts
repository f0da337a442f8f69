import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checkValue } from "../../src/schema/schema.ts";
import { git } from "../../src/targets/git.ts";
import type { Target } from "../../src/targets/target.ts";
import { openExec, type Exec } from "../../src/world/exec.ts";
import type { World } from "../../src/world/world.ts";
import { fakeWorld } from "../fake/world.ts";

/** Nobody's own settings: what the machine's git is set to must not decide a test. */
const own = {
  ...process.env,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_AUTHOR_DATE: "2026-11-21T00:12:00Z",
  GIT_COMMITTER_DATE: "2026-11-21T00:12:00Z",
};

/** A bare repository with one file on `main`, a clone of it ("ours"), and a second clone in which others work ("theirs"). */
export function openRemote(files: Record<string, string>) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "llmops-git-")));
  const bare = join(folder, "config.git");
  const run = (where: string, ...args: string[]): string =>
    execFileSync("git", ["-c", "protocol.file.allow=always", ...args], {
      cwd: where,
      env: own,
      stdio: "pipe",
    }).toString();
  const identify = (clone: string, name: string) => {
    run(clone, "config", "user.name", name);
    run(clone, "config", "user.email", `${name.toLowerCase().replace(" ", ".")}@example.com`);
  };
  run(folder, "init", "-q", "--bare", "-b", "main", bare);
  run(folder, "clone", "-q", bare, "theirs");
  const theirs = join(folder, "theirs");
  identify(theirs, "Mei Kaya");

  /** Others commit and push. */
  function push(changed: Record<string, string | Buffer>, message = "Work"): void {
    run(theirs, "pull", "-q", "--ff-only", "origin", "main");
    commit(changed, message);
  }
  function commit(changed: Record<string, string | Buffer>, message: string): void {
    for (const [path, text] of Object.entries(changed)) {
      mkdirSync(dirname(join(theirs, path)), { recursive: true });
      writeFileSync(join(theirs, path), text);
    }
    run(theirs, "add", "-A");
    run(theirs, "commit", "-q", "-m", message);
    run(theirs, "push", "-q", "origin", "HEAD:main");
  }
  run(theirs, "checkout", "-q", "-b", "main");
  commit(files, "Start");
  run(folder, "clone", "-q", bare, "ours");
  const ours = join(folder, "ours");
  identify(ours, "Tunde Osei");

  return {
    folder,
    bare,
    ours,
    theirs,
    run,
    push,
    /** what the remote holds, told by the remote itself */
    text: (path: string, at = "main") => run(bare, "show", `${at}:${path}`),
    log: (format: string, ...more: string[]) => run(bare, "log", `--format=${format}`, ...more, "main").trimEnd(),
    hook(name: string, script: string): void {
      writeFileSync(join(bare, "hooks", name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(bare, "hooks", name), 0o755);
    },
    /** pushes that reached the remote, from now on */
    count(): () => number {
      const log = join(folder, "pushes");
      writeFileSync(log, "");
      writeFileSync(join(bare, "hooks", "pre-receive"), `#!/bin/sh\ncat >> ${log}\n`);
      chmodSync(join(bare, "hooks", "pre-receive"), 0o755);
      return () => readFileSync(log, "utf8").split("\n").length - 1;
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
export type Remote = ReturnType<typeof openRemote>;

export const levers = {
  enabled: "/routes/{route}/enabled",
  model: "/routes/{route}/model",
  max_tokens: "/routes/{route}/max_tokens",
  timeout_ms: { at: "/routes/{route}/timeout_ms", create: true },
  rpm_limit: "/routes/{route}/rpm_limit",
  blocked: { at: "/blocked", member: "{user}" },
};

/** `around`: what is run instead of a program, or around it. */
export function openTarget(
  { folder }: Pick<Remote, "folder">,
  settings: Record<string, unknown> = {},
  { env = {}, around = (exec: Exec): Exec => exec }: { env?: Record<string, string>; around?(exec: Exec): Exec } = {},
): Target {
  const given = { path: "ours", branch: "main", file: "routes.yaml", levers, ...settings };
  const { value, mistakes } = checkValue(git.schema, given);
  if (value === undefined) throw new Error(mistakes.map(({ message }) => message).join("\n"));
  const world: World = { ...fakeWorld({ env }), exec: around(openExec({ ...own, ...env })) };
  return git.open(value, world, folder);
}
