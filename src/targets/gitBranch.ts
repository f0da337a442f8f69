import { createHash } from "node:crypto";
import { Buffer } from "node:buffer";
import { harmless, shorten } from "../harmless.ts";
import type { ExecResult } from "../world/exec.ts";
import { sayGitFailure } from "../world/git.ts";

/** Runs git and tells what it said; `ms` of all calls of one work are bounded together. */
export type Ask = (args: readonly string[], input?: string) => Promise<ExecResult>;

export interface Branch {
  remote: string;
  branch: string;
  /** the file in it */
  file: string;
  /** the clone, as it is told */
  where: string;
}

/** The file in a commit. */
export interface Entry {
  commit: string;
  /** as a tree spells it: "100644", or "100755" where it may be executed */
  mode: string;
  blob: string;
}
type Failed = { error: string; next?: string; missing?: true };

const longest = 1 << 20;

/** Asks the remote itself: what the clone remembers of it may be days old. Fetches without touching any branch or FETCH_HEAD. */
export async function readTip(branch: Branch, ask: Ask): Promise<(Entry & { text: string }) | Failed> {
  const told = await tipOf(branch, ask);
  if ("error" in told) return told;
  const { commit, at } = told;
  const has = async () => (await ask(["cat-file", "-e", `${commit}^{commit}`])).code === 0;
  if (!(await has())) {
    const fetched = await ask([
      "fetch",
      "--quiet",
      "--no-write-fetch-head",
      "--no-tags",
      "--no-prune",
      "--no-recurse-submodules",
      "--no-auto-gc",
      "--refmap=",
      at,
      refOf(branch),
    ]);
    if (fetched.code !== 0) return sayRemoteFailure(fetched, branch);
    if (!(await has())) return { error: `${sayBranch(branch)} moved while it was read: read it again` };
  }
  return readFileAt(commit, branch, ask);
}

/** `at`: where it is read, which is where a push goes: a clone may fetch from a mirror. */
async function tipOf(branch: Branch, ask: Ask): Promise<{ commit: string; at: string } | Failed> {
  const { remote, where } = branch;
  const urls = await ask(["remote", "get-url", "--push", "--all", remote]);
  if (/No such remote/.test(urls.stderr)) return { error: `${where} knows no remote ${remote}` };
  if (urls.code !== 0) return { error: sayGitFailure(urls, where) };
  const places = urls.stdout.trim().split("\n").length;
  if (places > 1)
    return {
      error: `${remote} of ${where} pushes to ${places} places at once, and a change must be one request`,
      next: "name a remote in llmops.yaml that pushes to one place",
    };
  const from = await ask(["remote", "get-url", remote]);
  const at = from.stdout === urls.stdout ? remote : urls.stdout.trim();
  const listed = await ask(["ls-remote", "--quiet", at, refOf(branch)]);
  if (listed.code !== 0) return sayRemoteFailure(listed, branch);
  const line = listed.stdout.split("\n").find((one) => one.split("\t")[1] === refOf(branch));
  const commit = line?.split("\t")[0];
  if (commit === undefined || !/^[0-9a-f]{40,64}$/.test(commit))
    return { error: `${remote} has no branch ${branch.branch}`, missing: true };
  return { commit, at };
}

async function readFileAt(commit: string, branch: Branch, ask: Ask): Promise<(Entry & { text: string }) | Failed> {
  const at = `${sayBranch(branch)} (commit ${commit.slice(0, 8)})`;
  const entry = await entryAt(commit, branch, ask);
  if ("error" in entry) return entry;
  const file = harmless(branch.file);
  const shown = await ask(["cat-file", "blob", entry.blob]);
  if (shown.code !== 0) return { error: sayGitFailure(shown, branch.where) };
  const text = shown.stdout;
  // what is no UTF-8, or longer than one program may print, would be written back as another file
  if (Buffer.byteLength(text) >= longest) return { error: `${file} in ${at} is longer than 1 MiB` };
  if (blobName(text, entry.blob.length) !== entry.blob) return { error: `${file} in ${at} is no UTF-8 text` };
  return { ...entry, text };
}

export async function entryAt(commit: string, branch: Branch, ask: Ask): Promise<Entry | Failed> {
  const at = `${sayBranch(branch)} (commit ${commit.slice(0, 8)})`;
  const file = harmless(branch.file);
  const listed = await ask(["ls-tree", "--full-tree", commit, "--", branch.file]);
  if (listed.code !== 0) return { error: sayGitFailure(listed, branch.where) };
  if (listed.stdout === "") return { error: `${at} has no ${file}`, missing: true };
  const [, mode = "", blob = ""] = /^(100644|100755) blob ([0-9a-f]+)\t/.exec(listed.stdout) ?? [];
  if (blob === "") return { error: `${file} in ${at} is no plain file but a link or a folder` };
  return { commit, mode, blob };
}

function blobName(text: string, digits: number): string {
  const bytes = Buffer.from(text, "utf8");
  return createHash(digits === 40 ? "sha1" : "sha256")
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest("hex");
}

export function refOf({ branch }: Branch): string {
  return `refs/heads/${branch}`;
}

export function sayBranch({ remote, branch }: Branch): string {
  return `git ${remote} ${branch}`;
}

export function sayRemoteFailure(result: ExecResult, { remote, where }: Branch): { error: string; next?: string } {
  const { failed, stderr } = result;
  if (failed !== undefined) return { error: `${remote} did not answer: ${failed}` };
  const said = sayStderr(stderr);
  if (/could not read (Username|Password)|Permission denied|Authentication failed|returned error: 40[13]/.test(stderr))
    return {
      error: `${remote} does not let us in: ${said}`,
      next: `see that git ls-remote ${remote} works in ${where} without asking for a password (an ssh key, a credential helper)`,
    };
  if (/dubious ownership|not a git repository/.test(stderr) && !/remote repository/.test(stderr))
    return { error: sayGitFailure(result, where) };
  return { error: `${remote} cannot be asked: ${said}` };
}

/** Git's own words in one line, without the credentials that an address may hold. */
export function sayStderr(stderr: string): string {
  const lines = stderr.replace(/\/\/[^/@\s]+@/g, "//").split("\n");
  const told = lines.filter((line) => !/^(hint:|To |Please make sure|and the repository exists)/.test(line));
  return shorten(told.join(" ").replaceAll(/\b(fatal|error|remote): /g, ""), 240);
}
