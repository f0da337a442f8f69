import { basename } from "node:path";
import { shorten } from "../harmless.ts";
import type { Exec, ExecResult } from "./exec.ts";
import type { World } from "./world.ts";

type Asked = Pick<Parameters<Exec>[1], "timeoutMs" | "input" | "lasts">;
export type Git = (args: readonly string[], options: Asked) => Promise<ExecResult>;

/**
 * What a repository says of itself must run nothing: no pager, no hook, no monitor, no signature program, no upkeep in the
 * background. Who owns it is still checked: that is git's own guard. File names are told in ASCII, whatever their bytes.
 */
const inert = [
  "--no-pager",
  "-c",
  "core.fsmonitor=false",
  "-c",
  "core.hooksPath=/dev/null",
  "-c",
  "core.quotePath=true",
  "-c",
  "log.showSignature=false",
  "-c",
  "gc.auto=0",
  "-c",
  "maintenance.auto=false",
];
const always = { GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" };

/** No remote is asked, not even for objects that a partial clone lacks: it may be a command. */
const alone = { GIT_ALLOW_PROTOCOL: "none", GIT_NO_LAZY_FETCH: "1" };

/**
 * A remote that is a command (`ext::`) is refused, and nobody is asked for a password. How else it is reached (ssh command,
 * credential helper, proxy) is what the user has set up, as for a push by hand.
 */
const reaching = {
  GIT_ALLOW_PROTOCOL: "file:git:http:https:ssh",
  GIT_TERMINAL_PROMPT: "0",
  GIT_ASKPASS: "",
  GCM_INTERACTIVE: "never",
};

/** They name another repository than the settings do. */
const elsewhere = ["GIT_DIR", "GIT_COMMON_DIR", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"];

/** Git in one clone, so that nothing is run which the repository names. `remotes`: it may talk to them. */
export function openGit(cwd: string, { env, exec }: Pick<World, "env" | "exec">, remotes = false): Git {
  const other = elsewhere.find((name) => env[name] !== undefined);
  let ssh: Promise<Record<string, string>> | undefined;
  const run = (args: readonly string[], options: Asked, more: Record<string, string>) =>
    exec(["git", ...inert, ...args], { ...options, cwd, env: { ...always, ...more } });
  return async (args, options) => {
    if (other !== undefined) {
      const failed = `${other} is set and names another repository than ${shorten(cwd, 120)}: unset it`;
      return { code: undefined, stdout: "", stderr: "", failed };
    }
    if (!remotes) return run(args, options, alone);
    ssh ??= quietSsh(env, async () =>
      (await run(["config", "--get", "core.sshCommand"], options, alone)).stdout.trim(),
    );
    return run(args, options, { ...reaching, ...(await ssh) });
  };
}

/** The ssh that the user has set up, told to ask for no password. Another program than OpenSSH is left as it is. */
async function quietSsh(env: World["env"], configured: () => Promise<string>): Promise<Record<string, string>> {
  if (env["GIT_SSH"] !== undefined && env["GIT_SSH_COMMAND"] === undefined) return {};
  const command = env["GIT_SSH_COMMAND"] ?? ((await configured()) || "ssh");
  const isOpenSsh = basename(command.split(/\s/)[0]!) === "ssh";
  return isOpenSsh ? { GIT_SSH_COMMAND: `${command} -o BatchMode=yes -o ConnectTimeout=5` } : {};
}

/** Why git could not read the clone, in plain words. */
export function sayGitFailure({ failed, stderr }: ExecResult, where: string): string {
  if (failed !== undefined) return failed;
  if (/dubious ownership/.test(stderr))
    return `git refuses ${where}, which belongs to somebody else: git config --global --add safe.directory ${where}`;
  if (/not a git repository/.test(stderr)) return `${where} is no git repository`;
  return `git could not read ${where}: ${shorten(stderr.replace(/^fatal: /, ""), 200)}`;
}
