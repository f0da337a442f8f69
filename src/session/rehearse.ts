import { dirname, join, relative, resolve } from "node:path";
import { exit, UserError, type ExitCode } from "../errors.ts";
import { harmless } from "../harmless.ts";
import type { Project } from "../project.ts";
import { runTests, type TestedFile } from "../rehearse/run.ts";
import { readText } from "../runbook/load.ts";
import { tell } from "../show/tell.ts";
import { renderTests, sayTested, type TestFormat } from "../show/tests.ts";
import { optimiseLater } from "../world/compiler.ts";
import type { World } from "../world/world.ts";
import { coverAll, isBelow, rowOf } from "./coverage.ts";
import { onStdout } from "./stdout.ts";
import { librariesOf, type Libraries } from "./testLibraries.ts";

interface TestAsked {
  paths: readonly string[];
  format: TestFormat;
  coverage: boolean;
  /** in per cent, of each count of each runbook; as typed */
  min: string | undefined;
  update: boolean;
}

/** `llmops runbook test`: rehearses files, and the tests of folders; none named: those of the project, else ours. */
export async function testRunbooks(world: World, project: Project, asked: TestAsked): Promise<ExitCode> {
  optimiseLater();
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
  const low = min === undefined ? [] : coverage.filter((one) => isBelow(min, one));
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

function nameOf(path: string, cwd: string): string {
  const name = relative(cwd, path);
  return name.startsWith("..") ? path : name;
}
