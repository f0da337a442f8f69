import { resolve } from "node:path";
import { z } from "zod";
import { sayDuration } from "../duration.ts";
import { harmless, shorten } from "../harmless.ts";
import type { Deed } from "../timeline/deed.ts";
import type { ExecResult } from "../world/exec.ts";
import { openGit, sayGitFailure } from "../world/git.ts";
import type { World } from "../world/world.ts";
import { isWithin, type ChangeKind, type ChangeLog } from "./change.ts";

const settings = z.strictObject({
  /** the clone, relative to the project file; it is read as it is, nothing is fetched */
  path: z.string().min(1),
  /** left out: what is checked out */
  branch: z
    .string()
    .regex(/^[^-\s]\S*$/, "expected the name of a branch")
    .optional(),
  /** only commits that touch one of these */
  paths: z.array(z.string().min(1)).min(1).optional(),
});
type Settings = z.output<typeof settings>;

export const git: ChangeKind<Settings> = {
  kind: "git",
  summary: "Commits of a local clone: what landed on a branch, by the time of the commit",
  schema: settings,
  example: "path: ../gateway\nbranch: origin/main\npaths: [prompts/, config/]\n",
  open,
};

const deadlineMs = 10_000;
const mostCommits = 200;

function open({ path, branch, paths = [] }: Settings, world: World, folder: string): ChangeLog {
  const cwd = resolve(folder, path);
  const run = openGit(cwd, world);
  const [where, of] = [shorten(cwd, 120), branch === undefined ? "" : ` ${harmless(branch)}`];

  async function ask(...args: string[]): Promise<{ stdout: string; ms: number } | { error: string; ms: number }> {
    const began = world.clock.monotonic();
    const result = await run(args, { timeoutMs: deadlineMs });
    const ms = Math.round((world.clock.monotonic() - began) / world.clock.speed);
    if (result.code === 0 || isEmpty(result)) return { stdout: result.stdout, ms };
    return { error: explain(result, where, branch), ms };
  }

  /** `git log` of the branch itself: a merge is one change, at the time of the merge. */
  const log = (...args: string[]) =>
    ask("log", "--first-parent", ...args, ...(branch === undefined ? [] : [branch]), "--", ...paths);

  return {
    asks: `git log --first-parent${of}${paths.length === 0 ? "" : ` -- ${paths.map((one) => harmless(one)).join(" ")}`} in ${where}`,
    async changes(from, to) {
      const answer = await log(
        "-z",
        "--no-show-signature",
        "--no-color",
        "--encoding=UTF-8",
        `--max-count=${mostCommits}`,
        `--since=${seconds(from)}`,
        `--until=${seconds(to)}`,
        "--format=%H%n%P%n%ct%n%<(100,trunc)%an%n%<(300,trunc)%s",
      );
      if ("error" in answer) return answer;
      const commits = answer.stdout.split("\0").flatMap(readCommit);
      const data = commits.filter(({ deed }) => isWithin(deed.at, from, to));
      const warnings = data.length < mostCommits ? [] : [`only the newest ${mostCommits} commits were read`];
      if (data.some(({ isFirst }) => isFirst) && (await isShallow()))
        warnings.push(`${where} is a shallow clone: older commits are not in it`);
      return { data: data.map(({ deed }) => deed), warnings, ms: answer.ms };
    },
    async check() {
      const answer = await log("-1", "--no-show-signature", "--format=%ct");
      if ("error" in answer) return { ok: false, say: answer.error, ms: answer.ms };
      const newest = Number.parseInt(answer.stdout, 10) * 1000;
      const say = Number.isNaN(newest)
        ? "no commit yet"
        : `newest commit ${sayDuration(world.clock.now() - newest)} old`;
      return { ok: true, say, ms: answer.ms };
    },
  };

  async function isShallow(): Promise<boolean> {
    const answer = await ask("rev-parse", "--is-shallow-repository");
    return "stdout" in answer && answer.stdout.trim() === "true";
  }
}

/** `isFirst`: nothing is known before it. */
function readCommit(text: string): { deed: Deed; isFirst: boolean }[] {
  const [hash, parents, time, author, subject] = text.split("\n").map((line) => line.trim());
  const at = Number(time) * 1000;
  if (hash === undefined || subject === undefined || !/^[0-9a-f]{40,64}$/.test(hash) || !Number.isFinite(at)) return [];
  const what = `commit ${hash.slice(0, 8)}: ${subject}`;
  const deed = { at, what, ...(author === "" ? {} : { who: author! }), ref: hash };
  return [{ deed, isFirst: parents === "" }];
}

function seconds(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

function isEmpty({ code, stderr }: ExecResult): boolean {
  return code === 128 && stderr.includes("does not have any commits yet");
}

function explain(result: ExecResult, where: string, branch: string | undefined): string {
  const unknown = /unknown revision|bad revision|ambiguous argument/.test(result.stderr);
  return branch !== undefined && unknown ? `${where} has no branch ${harmless(branch)}` : sayGitFailure(result, where);
}
