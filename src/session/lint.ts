import { join, relative, resolve } from "node:path";
import type { Finding } from "../document/document.ts";
import { exit, UserError } from "../errors.ts";
import { lint } from "../lint/lint.ts";
import type { Project } from "../project.ts";
import { loadRunbooks, readText, runbookFiles } from "../runbook/load.ts";
import type { Linted } from "../show/findings.ts";
import { readCatalogue, type Catalogue } from "../signals/catalogue.ts";
import type { Files } from "../world/files.ts";
import type { World } from "../world/world.ts";

/** Checks files and the runbooks of folders; none named: those of the project, else ours. Names are relative to where we are. */
export async function lintPaths(world: World, project: Project, paths: readonly string[]): Promise<Linted> {
  const named = paths.length > 0 ? paths : project.runbookFolders.slice(0, 1);
  const found = await Promise.all(named.map((path) => filesAt(world.files, resolve(world.cwd, path))));
  const findings: Finding[] = [];
  const texts = new Map<string, string>();
  for (const path of new Set(found.flat())) {
    const file = nameOf(path, world.cwd);
    const read = await readText(world.files, path);
    if ("finding" in read) findings.push({ ...read.finding, file });
    texts.set(file, "text" in read ? read.text : "");
  }
  const { runbooks } = await loadRunbooks(world.files, project.runbookFolders);
  const catalogue = await knownSignals(world);
  const signals =
    catalogue === undefined ? {} : { catalogue, signals: [...catalogue.keys(), ...Object.keys(project.signals)] };
  const unread = new Set(findings.map(({ file }) => file));
  const files = [...texts].flatMap(([file, text]) => (unread.has(file) ? [] : [{ file, text }]));
  return {
    findings: [...findings, ...lint(files, { runbooks, ...signals })],
    texts,
  };
}

async function filesAt(files: Files, path: string): Promise<string[]> {
  if (!(await files.exists(path)))
    throw new UserError({ what: `There is no file or folder ${path}.`, next: "llmops runbook list", code: exit.usage });
  if (/\.ya?ml$/.test(path)) return [path];
  const inside = await runbookFiles(files, path);
  if (inside.length === 0)
    throw new UserError({
      what: `There are no runbooks (*.yaml) in ${path}.`,
      next: "name a file or another folder",
      code: exit.usage,
    });
  return inside;
}

function nameOf(path: string, cwd: string): string {
  const name = relative(cwd, path);
  return name.startsWith("..") ? path : name;
}

/** Undefined where our own catalogue cannot be read: then signals are not checked. */
async function knownSignals(world: World): Promise<Catalogue | undefined> {
  const file = join(world.home, "runbooks/signals/catalogue.yaml");
  const text = await world.files.read(file);
  return text === undefined ? undefined : readCatalogue({ text, file }).catalogue;
}
