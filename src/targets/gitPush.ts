import type { Cause, Written } from "../timeline/setting.ts";
import type { ExecResult } from "../world/exec.ts";
import { refOf, sayBranch, sayRemoteFailure, sayStderr, type Branch } from "./gitBranch.ts";

/** Nothing but this one commit to this one branch, whatever else the clone is set to push; never by force. */
export function pushOf(commit: string, branch: Branch): string[] {
  return [
    "push",
    "--porcelain",
    "--no-verify",
    "--no-follow-tags",
    "--no-signed",
    "--recurse-submodules=no",
    branch.remote,
    `${commit}:${refOf(branch)}`,
  ];
}

/** What a push came to: only the remote's own word for this branch counts. */
export function judgePush(
  result: ExecResult,
  commit: string,
  branch: Branch,
  { incident, change }: Pick<Cause, "incident"> & { change: string },
): Written {
  const [flag, , summary = ""] = statusOf(result.stdout, branch) ?? [];
  const at = sayBranch(branch);
  if ((flag === " " || flag === "=") && result.code === 0) return { written: true, version: commit };
  const words = sayStderr(remoteWords(result.stderr));
  if (flag === "!" && lostRace.test(`${summary} ${words}`))
    return { conflict: true, live: null, why: `somebody pushed to ${at} since it was read` };
  if (flag === "!" && /^\[(remote )?rejected\]/.test(summary)) {
    const reason = /\((.*)\)$/.exec(summary)?.[1] ?? summary;
    const own = `llmops/${incident}-${change}`;
    // short, so that no screen breaks it in two
    const push = `git push ${branch.remote} ${commit.slice(0, 12)}:refs/heads/${own}`;
    return {
      refused: true,
      why: `${at} did not take the commit (${sayStderr(reason)})${words === "" ? "" : `: ${words}`}`,
      next: `in ${branch.where}: ${push}; then: gh pr create --base ${branch.branch} --head ${own}`,
    };
  }
  const { error, next } = sayRemoteFailure(result, branch);
  const told = { why: error, ...(next === undefined ? {} : { next }) };
  return neverSent(result) ? { refused: true, ...told } : { unknown: true, ...told };
}

/** Seen by us before we sent it, or by the remote when two arrived at once. */
const lostRace = /fetch first|non-fast-forward|cannot lock ref .* is at \S+ but expected|incorrect old value/;

/** flag, from:to, summary */
function statusOf(stdout: string, branch: Branch): string[] | undefined {
  const lines = stdout.split("\n").map((line) => line.split("\t"));
  return lines.find(([, refs = ""]) => refs.endsWith(`:${refOf(branch)}`));
}

/** What hooks and forges say about a refusal. */
function remoteWords(stderr: string): string {
  return stderr
    .split("\n")
    .filter((line) => line.startsWith("remote: ") && line.trim() !== "remote:")
    .join("\n");
}

/** It failed before a commit could leave: the remote was not reached, or did not let us in. */
function neverSent({ code, stderr }: ExecResult): boolean {
  return (
    code !== undefined &&
    /could not read (Username|Password)|Permission denied|Authentication failed|Could not resolve host|Connection refused|does not appear to be a git repository|transport '.*' not allowed|Repository not found|returned error: 40[134]/i.test(
      stderr,
    )
  );
}
