import { dirname, isAbsolute, join, resolve } from "node:path";
import { idOfUnread, is } from "../lint/lint.ts";
import { prepare, read, recognise, type ReadFile } from "../lint/read.ts";
import type { Beside, Known, KnownRunbook } from "../lint/rule.ts";
import { findProjectFile } from "../project.ts";
import { runbookFiles } from "../runbook/load.ts";
import { valueAt } from "../schema/schema.ts";
import type { World } from "../world/world.ts";
import { nameOf, readOne } from "./lintFiles.ts";
import { knownOfQueries } from "./lintQueries.ts";

export type Reading = Pick<World, "files" | "cwd" | "home">;

/** What holds where we are. */
export interface Place {
  /** absolute */
  projectFile?: string;
  project?: ReadFile;
  /** of runbooks, absolute: the team's before ours */
  folders: string[];
}

/** A project file that cannot be read is found all the same: it is linted like any other. */
export async function findPlace(world: Reading): Promise<Place> {
  const ours = join(world.home, "runbooks");
  const projectFile = await findProjectFile(world, world.cwd);
  if (projectFile === undefined) return { folders: [ours] };
  const project = await readFile(world, projectFile);
  const team = project === undefined ? undefined : runbooksOf(project, world.cwd);
  return {
    projectFile,
    ...(project === undefined ? {} : { project }),
    folders: [...(team === undefined ? [] : [team]), ours],
  };
}

/** What these files may name and do not hold themselves. */
export async function knownBeside(
  world: Reading,
  files: readonly ReadFile[],
  { project, folders }: Place,
): Promise<Partial<Known>> {
  const held = (path: string) => files.find(({ file }) => file === nameOf(path, world.cwd));
  const catalogueFile = join(world.home, "runbooks/signals/catalogue.yaml");
  const shipped = held(catalogueFile) ?? (await readFile(world, catalogueFile));
  const catalogue = shipped !== undefined && is(shipped, "catalogue") ? shipped.subject : undefined;
  const projects = files.filter((one) => is(one, "project"));
  const nearest = project !== undefined && is(project, "project") ? [project] : [];
  const own = [...nearest, ...projects].flatMap(({ subject }) => Object.keys(subject.config.signals));
  const runbooks: KnownRunbook[] = [];
  const unread = new Set<string>();
  const besideTests = files
    .filter(({ kind }) => kind.kind === "runbook test")
    .map(({ file }) => dirname(resolve(world.cwd, file)));
  for (const folder of new Set([...besideTests, ...folders]))
    for (const path of await runbookFiles(world.files, folder)) {
      const one = held(path) === undefined ? await readFile(world, path) : undefined;
      for (const id of one === undefined ? [] : idOfUnread(one)) unread.add(id);
      const isNew =
        one !== undefined && is(one, "runbook") && !runbooks.some(({ runbook }) => runbook.id === one.subject.id);
      if (isNew) runbooks.push({ file: one.file, runbook: one.subject });
    }
  const beside = new Map<string, Beside>();
  for (const one of projects) beside.set(one.file, await lookBeside(world, one));
  const ofQueries = await knownOfQueries(world, files, async (path) => held(path) ?? (await readFile(world, path)));
  // without our own catalogue signals are not checked
  return {
    runbooks,
    unread,
    beside,
    ...ofQueries,
    ...(catalogue === undefined ? {} : { catalogue, signals: [...catalogue.keys(), ...own] }),
  };
}

async function lookBeside(world: Reading, project: ReadFile): Promise<Beside> {
  const team = runbooksOf(project, world.cwd);
  const folders = [...(team === undefined ? [] : [team]), join(world.home, "runbooks")];
  const names = await Promise.all(folders.map((folder) => world.files.list(join(folder, "signals"))));
  const stacks = names.flat().flatMap((name) => /^(.+)\.yaml$/.exec(name)?.[1] ?? []);
  return {
    stacks: [...new Set(stacks)].filter((name) => name !== "catalogue"),
    noRunbooks: team !== undefined && !(await world.files.exists(team)),
  };
}

/** The folder of runbooks that a project names, absolute; a mistake elsewhere in its file does not make ours of them. */
function runbooksOf(project: ReadFile, cwd: string): string | undefined {
  const runbooks = valueAt(project.document?.value, ["runbooks"]);
  if (typeof runbooks !== "string" || runbooks === "") return undefined;
  return isAbsolute(runbooks) ? runbooks : join(dirname(resolve(cwd, project.file)), runbooks);
}

async function readFile(world: Reading, path: string): Promise<ReadFile | undefined> {
  const text = await readOne(world.files, path);
  if (typeof text !== "string") return undefined;
  const one = recognise({ file: nameOf(path, world.cwd), text });
  await prepare([one.kind]);
  return read(one);
}
