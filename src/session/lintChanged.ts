import { resolve } from "node:path";
import { exit, UserError } from "../errors.ts";
import { harmless, shorten } from "../harmless.ts";
import type { ExecResult } from "../world/exec.ts";
import { openGit, sayGitFailure, type Git } from "../world/git.ts";
import type { World } from "../world/world.ts";

const deadlineMs = 20_000;

export interface Changed {
  /** what they are compared with, in words */
  since: string;
  /** absolute; what is deleted is not in it */
  paths: ReadonlySet<string>;
}

/**
 * Which files differ from `base`, on disk or not yet committed; "": from where this branch left the remote's default
 * branch. Nothing is fetched and nothing is run that the repository names.
 */
export async function changedSince(world: Pick<World, "env" | "exec" | "cwd">, base: string): Promise<Changed> {
  const git = openGit(world.cwd, world);
  const up = (await ask(git, world.cwd, "rev-parse", "--show-cdup")).replace(/\n$/, "");
  const { commit, since } = base === "" ? await findFork(git, world.cwd) : await findBase(git, world.cwd, base);
  const ours = ["--", ":(top,glob)**/*.yaml", ":(top,glob)**/*.yml", ":(top,glob)**/*.hbs"];
  const names = await Promise.all([
    // a renamed file is one that is new
    ask(
      git,
      world.cwd,
      "diff",
      "--name-only",
      "-z",
      "--no-renames",
      "--diff-filter=d",
      "--no-ext-diff",
      "--no-textconv",
      "--ignore-submodules=all",
      "--no-relative",
      commit,
      ...ours,
    ),
    ask(git, world.cwd, "ls-files", "-z", "--others", "--exclude-standard", "--full-name", ...ours),
  ]);
  const paths = names.flatMap((told) => told.split("\0").slice(0, -1));
  return { since, paths: new Set(paths.map((path) => resolve(world.cwd, up, path))) };
}

type Base = { commit: string; since: string };

async function findBase(git: Git, cwd: string, base: string): Promise<Base> {
  const commit = await commitOf(git, base);
  if (commit === undefined) {
    const branch = /^origin\/([\w./-]+)$/.exec(base)?.[1];
    throw new UserError({
      what: `git knows no commit ${shorten(JSON.stringify(base), 80)} here.`,
      next:
        branch === undefined
          ? "git fetch origin, or put files and folders before --changed"
          : `${bring(branch)}${(await isShallow(git, cwd)) ? " --unshallow" : ""}`,
      code: exit.usage,
    });
  }
  const fork = await mergeBase(git, commit);
  return { commit: fork ?? commit, since: harmless(base) };
}

async function findFork(git: Git, cwd: string): Promise<Base> {
  const named = await git(["symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"], {
    timeoutMs: deadlineMs,
  });
  const main = named.code === 0 ? named.stdout.trim() : "origin/main";
  for (const branch of new Set([main, "origin/master", "main", "master"])) {
    const commit = await commitOf(git, branch);
    if (commit === undefined) continue;
    const fork = await mergeBase(git, commit);
    if (fork !== undefined) return { commit: fork, since: `the merge base with ${harmless(branch)}` };
    break;
  }
  const shallow = await isShallow(git, cwd);
  const brings = bring(main.replace(/^origin\//, ""));
  throw new UserError({
    what: shallow
      ? "This is a shallow clone: where the branch left the default branch is not in it."
      : "What the branch is to be compared with is not known: there is no origin/main and no main.",
    next: shallow ? `${brings} --unshallow` : `${brings}, or name what to compare with: --changed BASE`,
    code: exit.usage,
  });
}

/** A clone of one branch alone fetches no other by itself. */
function bring(branch: string): string {
  return `git fetch --no-tags origin +refs/heads/${branch}:refs/remotes/origin/${branch}`;
}

async function isShallow(git: Git, cwd: string): Promise<boolean> {
  return (await ask(git, cwd, "rev-parse", "--is-shallow-repository")).trim() === "true";
}

async function commitOf(git: Git, name: string): Promise<string | undefined> {
  const asked = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`];
  return hashIn(await git(asked, { timeoutMs: deadlineMs }));
}

/** Undefined where the two have nothing in common that is in this clone. */
async function mergeBase(git: Git, commit: string): Promise<string | undefined> {
  return hashIn(await git(["merge-base", commit, "HEAD"], { timeoutMs: deadlineMs }));
}

function hashIn({ code, stdout }: ExecResult): string | undefined {
  return code === 0 ? /^[0-9a-f]{40,64}/.exec(stdout)?.[0] : undefined;
}

/** What is more than fits into an answer is cut, and then does not end as it should. */
async function ask(git: Git, cwd: string, ...args: string[]): Promise<string> {
  const result = await git(args, { timeoutMs: deadlineMs });
  const isCut = args.includes("-z") && result.stdout !== "" && !result.stdout.endsWith("\0");
  if (result.code === 0 && !isCut) return result.stdout;
  const what = isCut ? "too many files differ" : sayGitFailure(result, shorten(cwd, 120));
  const next = "run it in a git clone, or leave --changed out";
  throw new UserError({ what: `What changed is not known: ${what}.`, next, code: exit.usage });
}
