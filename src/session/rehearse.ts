import { dirname, join, relative, resolve } from "node:path";
import { exit, UserError, type ExitCode } from "../errors.ts";
import { harmless } from "../harmless.ts";
import type { Project } from "../project.ts";
import { coverageOf, percent, type Coverage } from "../rehearse/coverage.ts";
import { runTests, type TestedFile } from "../rehearse/run.ts";
import { findRunbook } from "../runbook/find.ts";
import { loadRunbooks, readText, type Library, type LoadedRunbook } from "../runbook/load.ts";
import { tell } from "../show/tell.ts";
import { renderTests, sayTested, type CoverageRow, type TestFormat } from "../show/tests.ts";
import type { World } from "../world/world.ts";
import { onStdout } from "./stdout.ts";

export interface TestAsked {
  paths: readonly string[];
  format: TestFormat;
  coverage: boolean;
  /** in per cent, of each count of each runbook; as typed */
  min: string | undefined;
  update: boolean;
}

/** `llmops runbook test`: rehearses files, and the tests of folders; none named: those of the project, else ours. */
export async function testRunbooks(world: World, project: Project, asked: TestAsked): Promise<ExitCode> {
  const min = asked.min === undefined ? undefined : readMin(asked.min);
  const named = asked.paths.length > 0 ? asked.paths : project.runbookFolders.slice(0, 1);
  const folders = new Set<string>();
  const files = (await Promise.all(named.map((path) => testsAt(resolve(world.cwd, path), world, folders)))).flat();
  const libraries = librariesOf(world, project);
  const tested: TestedFile[] = [];
  for (const file of new Set(files)) tested.push(await testOne(file, libraries, world, asked.update));
  const coverage = asked.coverage || min !== undefined ? await coverAll(tested, folders, libraries) : [];
  const report = renderTests(tested, coverage.map(rowOf), asked.format, onStdout(world));
  world.terminal.programs(report);
  for (const { file, written } of tested)
    for (const name of written) tell(world.terminal, `${harmless(file)}: wrote what happens in "${harmless(name)}"`);
  const low = min === undefined ? [] : coverage.filter((one) => countsOf(one).some((count) => percent(count) < min));
  tell(world.terminal, sayTested(tested), ...low.map(({ runbook }) => `${runbook} is covered by less than ${min}%`));
  if (tested.some(({ findings }) => findings.some(({ rule }) => rule === "read"))) return exit.usage;
  const bad = tested.some(
    ({ findings, tests }) => findings.length > 0 || tests.some((test) => test.findings.length > 0),
  );
  return bad || low.length > 0 ? exit.findings : exit.done;
}

function readMin(typed: string): number {
  const min = Number(typed);
  if (/^\d{1,3}$/.test(typed) && min <= 100) return min;
  throw new UserError({
    what: `--min ${harmless(typed)} is no number from 0 to 100.`,
    next: "--min 80",
    code: exit.usage,
  });
}

/** The test files there, for a runbook those beside it; a folder that was named is noted: its runbooks without tests count, too. */
async function testsAt(path: string, world: World, folders: Set<string>): Promise<string[]> {
  if (/\.ya?ml$/.test(path)) {
    const beside = path.replace(/(?<!\.test)(?=\.ya?ml$)/, ".test");
    return [(await world.files.exists(beside)) ? beside : path];
  }
  if (!(await world.files.exists(path)))
    throw new UserError({ what: `There is no file or folder ${path}.`, next: "llmops runbook list", code: exit.usage });
  const tests = (await world.files.list(path)).filter((name) => /\.test\.ya?ml$/.test(name));
  if (tests.length === 0)
    throw new UserError({
      what: `There are no runbook tests (*.test.yaml) in ${path}.`,
      next: "name a file or another folder; llmops runbook test --from INCIDENT makes a test of what was",
      code: exit.usage,
    });
  folders.add(path);
  return tests.map((name) => join(path, name));
}

interface Libraries {
  world: World;
  /** the runbooks of a folder alone */
  beside(folder: string): Promise<Library>;
  /** the runbook that a test in this folder means: one beside it, before the project's and ours; or why there is none */
  find(folder: string, id: string): Promise<LoadedRunbook | { why: string }>;
}

function librariesOf(world: World, { runbookFolders }: Project): Libraries {
  const known = new Map<string, Promise<Library>>();
  const load = (...folders: string[]) => {
    const key = folders.join("\n");
    const library = known.get(key) ?? loadRunbooks(world.files, folders);
    known.set(key, library);
    return library;
  };
  return {
    world,
    beside: (folder) => load(folder),
    async find(folder, id) {
      const beside = await load(folder);
      const isBeside = beside.runbooks.some(({ runbook }) => runbook.id === id);
      return findOrWhy(isBeside ? beside : await load(...new Set([folder, ...runbookFolders])), id);
    },
  };
}

async function testOne(path: string, libraries: Libraries, world: World, update: boolean): Promise<TestedFile> {
  const name = nameOf(path, world.cwd);
  const read = await readText(world.files, path);
  if ("finding" in read)
    return {
      file: name,
      text: "",
      runbook: "",
      findings: [{ ...read.finding, file: name }],
      tests: [],
      happened: [],
      written: [],
    };
  // a turn of the real clock: who presses Ctrl-C is heard
  await world.clock.sleep(0, world.interrupted);
  const find = (id: string) => libraries.find(dirname(path), id);
  const tested = await runTests(read.text, name, { find, update, interrupted: world.interrupted });
  if (tested.text !== read.text) await world.files.replace(path, tested.text, "follow");
  return tested;
}

function findOrWhy(library: Library, id: string): LoadedRunbook | { why: string } {
  try {
    return findRunbook(library, id);
  } catch (thrown) {
    if (thrown instanceof UserError) return { why: thrown.what };
    throw thrown;
  }
}

async function coverAll(
  tested: readonly TestedFile[],
  folders: ReadonlySet<string>,
  libraries: Libraries,
): Promise<Coverage[]> {
  const { world } = libraries;
  const covered = new Map<string, Coverage>();
  for (const { file, runbook: id } of tested) {
    const found = await libraries.find(dirname(resolve(world.cwd, file)), id);
    const happened = tested.filter((one) => one.runbook === id).flatMap((one) => one.happened);
    if (!("why" in found)) covered.set(id, coverageOf(found.runbook, happened));
  }
  for (const folder of folders)
    for (const { runbook } of (await libraries.beside(folder)).runbooks)
      if (!covered.has(runbook.id)) covered.set(runbook.id, coverageOf(runbook, []));
  return [...covered.values()];
}

function countsOf({ steps, outcomes, mitigations }: Coverage) {
  return [steps, outcomes, mitigations];
}

function rowOf(coverage: Coverage): CoverageRow {
  const { runbook, missing } = coverage;
  const names = ["steps", "outcomes", "mitigations"];
  const counts = countsOf(coverage).map((count, nth) => ({ what: names[nth]!, ...count, percent: percent(count) }));
  const isUntested = counts[0]!.reached === 0;
  return { runbook, counts, missing: isUntested ? ["no test walks it"] : missing };
}

function nameOf(path: string, cwd: string): string {
  const name = relative(cwd, path);
  return name.startsWith("..") ? path : name;
}
