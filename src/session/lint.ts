import { dirname, join, resolve } from "node:path";
import type { Finding } from "../document/document.ts";
import { exit, UserError } from "../errors.ts";
import { harmless } from "../harmless.ts";
import { rules } from "../lint/index.ts";
import { check } from "../lint/lint.ts";
import { hideSecrets } from "../lint/hide.ts";
import { prepare, read, type ReadFile } from "../lint/read.ts";
import { shapes } from "../lint/shape.ts";
import type { Linted } from "../show/findings.ts";
import { openShelf } from "./lintFiles.ts";
import { findPlace, knownBeside, type Place, type Reading } from "./lintKnown.ts";

/** What `lint` found, and what it has not looked at. */
export interface Look extends Linted {
  /** the files as they are; `texts` shows nothing secret */
  written: ReadonlyMap<string, string>;
  /** files of folders that are none of ours */
  leftAlone: number;
}

/**
 * Checks files and what is of ours in folders; none named: the project with its runbooks, else ours. Names are relative to
 * where we are. `only`: the others are known and not told of. It sees no clock, no network, no secrets.
 */
export async function lintPaths(
  world: Reading,
  paths: readonly string[],
  alerts: readonly string[] = [],
  only?: (path: string) => boolean,
): Promise<Look> {
  const place = await findPlace(world);
  const at = (path: string) => resolve(world.cwd, path);
  const named = paths.length > 0 ? paths.map(at) : await usual(world, place);
  const shelf = await openShelf(world, [...named, ...alerts.map(at)], place.folders);
  await prepare(shelf.recognised.map(({ kind }) => kind));
  const files = shelf.recognised.map(read);
  const isRules = ({ kind, document }: ReadFile) => document === undefined || kind.kind === "rule file";
  if (alerts.length > 0 && !files.some(isRules)) throw noRules(alerts);
  const isTold = (file: string) => only?.(at(file)) !== false;
  const known = await knownBeside(world, files, place);
  const findings = check(files, known, isTold);
  const written = new Map([...shelf.texts].filter(([file]) => isTold(file)));
  const shown = hiddenIn(files, findings);
  return {
    findings: [...shelf.findings.filter(({ file }) => isTold(file)), ...findings],
    texts: new Map([...written].map(([file, text]) => [file, shown.get(file) ?? text])),
    written,
    kinds: new Map(files.map(({ file, kind }) => [file, kind.kind])),
    rules: [...shapes, ...rules],
    leftAlone: shelf.leftAlone,
  };
}

function noRules(alerts: readonly string[]): UserError {
  return new UserError({
    what: `There are no Prometheus rules in ${alerts.map((path) => harmless(path)).join(", ")}.`,
    next: "name rule files, those with groups: at their top",
    code: exit.usage,
  });
}

/** Files with a secret in them, as they may be shown. */
function hiddenIn(files: readonly ReadFile[], findings: readonly Finding[]): Map<string, string> {
  const byFile = new Map<string, Finding[]>();
  for (const finding of findings.filter(({ rule }) => rule === "secret"))
    byFile.set(finding.file, [...(byFile.get(finding.file) ?? []), finding]);
  return new Map(files.map((one) => [one.file, hideSecrets(one, byFile.get(one.file) ?? [])]));
}

/**
 * What is looked at where nothing is named. A project file can be a stranger's: a folder outside of its own, whose lines would
 * stand in a public log, has to be named by whoever runs this.
 */
async function usual({ files, home, cwd }: Reading, { projectFile, folders }: Place): Promise<string[]> {
  const [first = ""] = folders;
  const ours = join(home, "runbooks");
  const inside = [cwd, ...(projectFile === undefined ? [] : [dirname(projectFile)])];
  if (first !== ours && !inside.some((folder) => isWithin(first, folder)))
    throw new UserError({
      what: `The runbooks of ${harmless(projectFile ?? "")} lie outside of it, in ${harmless(first)}.`,
      next: "name that folder to have it checked: llmops runbook lint FOLDER",
      code: exit.usage,
    });
  const inFirst = first === ours ? [ours, join(home, "templates")] : (await files.exists(first)) ? [first] : [];
  return [...(projectFile === undefined ? [] : [projectFile]), ...inFirst];
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}
