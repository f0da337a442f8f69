import { Buffer } from "node:buffer";
import { shorten } from "../harmless.ts";
import { sayStderr, type Ask, type Entry } from "./gitBranch.ts";
import { messageFor, type Undone } from "./gitMessage.ts";
import type { Put } from "./keyValue.ts";

type Refused = { why: string; next?: string };

/** A commit on the tip that changes this one file and nothing else; made of objects alone, no branch points to it. */
export async function makeCommit(
  put: Put & { text: string },
  tip: Entry,
  file: string,
  ask: Ask,
): Promise<{ commit: string } | Refused> {
  const blob = await ask(["hash-object", "-w", "--stdin"], put.text);
  if (blob.code !== 0) return refused("the new text cannot be kept", blob);
  const after = { blob: blob.stdout.trim(), mode: tip.mode };
  const tree = await treeWith(after, tip, file, ask);
  if ("why" in tree) return tree;
  const diff = await rawDiff(tip.commit, tree.tree, ask);
  if (diff !== changed(file, tip.mode, tip.blob, after.blob))
    return { why: `a commit could not be made that changes nothing but ${shorten(file, 100)}` };
  const undone = await findUndone(put, tip, file, after.blob, ask);
  const made = await ask(
    [
      ...ownName,
      "-c",
      "i18n.commitEncoding=UTF-8",
      "commit-tree",
      "--no-gpg-sign",
      tree.tree,
      "-p",
      tip.commit,
      "-F",
      "-",
    ],
    messageFor(put, undone),
  );
  if (made.code === 0) return { commit: made.stdout.trim() };
  if (isNobody(made.stderr)) return nobody;
  return refused("the commit cannot be made", made);
}

/** Git does not make up an author from the name of the machine. */
export const ownName = ["-c", "user.useConfigOnly=true"];

export const nobody = {
  why: "git does not know who commits here",
  next: 'git config --global user.name "…" and git config --global user.email …, then again',
};

export function isNobody(stderr: string): boolean {
  return /tell me who you are|auto-detection is disabled|empty ident name/i.test(stderr);
}

/** The tree of the tip with another blob in place of the file: every folder above it is written anew, the rest is as it was. */
async function treeWith(
  after: { blob: string; mode: string },
  { commit }: Entry,
  file: string,
  ask: Ask,
): Promise<{ tree: string } | Refused> {
  const steps = file.split("/");
  let entry = `${after.mode} blob ${after.blob}`;
  let tree = "";
  while (steps.length > 0) {
    const name = steps.pop()!;
    const listed = await ask(["ls-tree", "--full-tree", steps.length === 0 ? commit : `${commit}:${steps.join("/")}`]);
    if (listed.code !== 0) return refused("the folders of the file cannot be read", listed);
    const end = `\t${quoted(name)}`;
    const lines = listed.stdout.split("\n").map((line) => (line.endsWith(end) ? entry + end : line));
    // a partial clone does not hold all that stands beside it
    const made = await ask(["mktree", "--missing"], lines.join("\n"));
    if (made.code !== 0) return refused("the folders of the file cannot be written", made);
    tree = made.stdout.trim();
    entry = `040000 tree ${tree}`;
  }
  return { tree };
}

/** The commit of the change that this one takes back, as long as it still is to be found. */
async function findUndone(put: Put, tip: Entry, file: string, blob: string, ask: Ask): Promise<Undone | undefined> {
  const { undoes } = put.planned;
  if (undoes === undefined) return undefined;
  const trailer = (key: string) => `%(trailers:key=${key},valueonly)`;
  const format = ["%H", "%s", trailer("Incident"), trailer("Change")].join("%x00");
  const log = [
    "log",
    "-z",
    "-100",
    "--encoding=UTF-8",
    `--format=${format}`,
    tip.commit,
    "--",
    `:(top,literal)${file}`,
  ];
  const parts = (await ask(log)).stdout.split("\0").map((part) => part.trim());
  for (let i = 0; i + 3 < parts.length; i += 4) {
    const [commit = "", subject = "", incident, change] = parts.slice(i, i + 4);
    if (incident !== put.cause.incident || change !== undoes || !/^[0-9a-f]{40,64}$/.test(commit)) continue;
    const diff = await rawDiff(`${commit}^1`, commit, ask);
    return { commit, subject, exactly: diff === changed(file, tip.mode, blob, tip.blob) };
  }
  return undefined;
}

async function rawDiff(from: string, to: string, ask: Ask): Promise<string> {
  return (await ask(["diff-tree", "-r", "--raw", "--no-abbrev", "--no-renames", from, to])).stdout;
}

/** What git tells of two trees between which one file got other bytes, and nothing else happened. */
function changed(file: string, mode: string, before: string, after: string): string {
  return `:${mode} ${mode} ${before} ${after} M\t${quoted(file)}\n`;
}

/** A name as git spells it in ASCII (core.quotePath). */
function quoted(name: string): string {
  if (/^[ !#-[\]-~]*$/.test(name)) return name;
  const spelled = [...Buffer.from(name, "utf8")].map((byte) => {
    const char = String.fromCharCode(byte);
    if (char === '"' || char === "\\") return `\\${char}`;
    return byte > 0x7e ? `\\${byte.toString(8)}` : char;
  });
  return `"${spelled.join("")}"`;
}

function refused(what: string, { failed, stderr }: { failed?: string; stderr: string }): Refused {
  return { why: `${what}: ${failed ?? sayStderr(stderr)}` };
}
