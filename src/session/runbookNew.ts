import { dirname, join, relative, resolve } from "node:path";
import { didYouMean, exit, UserError } from "../errors.ts";
import { harmless, shorten } from "../harmless.ts";
import type { Project } from "../project.ts";
import { loadRunbooks } from "../runbook/load.ts";
import { severitySchema } from "../runbook/schema.ts";
import { checkValue } from "../schema/schema.ts";
import { shellWord } from "../show/shellWord.ts";
import { tell } from "../show/tell.ts";
import { idSchema } from "../steps/choices.ts";
import { incidentClasses, type IncidentClass } from "../timeline/event.ts";
import type { World } from "../world/world.ts";
import { nameOf } from "./lintFiles.ts";
import { loadStack } from "./meter.ts";
import { newTests } from "./runbookNewTests.ts";
import { newRunbook, skeletons, type Draft } from "./runbookNewText.ts";

/** As they are typed; what is missing is asked. */
export interface Given {
  id?: string | undefined;
  title?: string | undefined;
  class?: string | undefined;
  severity?: string | undefined;
  summary?: string | undefined;
  owner?: string | undefined;
  alert: string[];
  signal: string[];
  output?: string | undefined;
}

const needed = ["id", "title", "class", "summary", "owner"] as const;

/** Writes a runbook of which a person fills in the rest. Nothing is overwritten. */
export async function createRunbook(world: World, project: Project, given: Given): Promise<void> {
  const missing = needed.filter((name) => given[name] === undefined);
  if (missing.length > 0 && !world.terminal.interactive)
    throw new UserError({
      what: `A new runbook needs ${missing.map((name) => `--${name}`).join(", ")}: there is no terminal to ask at.`,
      next: "name them, or run it at a terminal",
      code: exit.usage,
    });
  const id = await idOf(world, given.id);
  const { file, twin } = await placeOf(world, project, id, given.output);
  const draft = await draftOf(world, project, given, id);
  const text = newRunbook(draft);
  const at = (path: string) => shellWord(nameOf(path, world.cwd));
  if (!(await world.files.create(file, text))) throw thereAlready(nameOf(file, world.cwd));
  const tests = file.replace(/(\.ya?ml)?$/, ".test.yaml");
  const wrote = await world.files.create(tests, await newTests(draft, text, world.interrupted));
  tell(
    world.terminal,
    `Wrote ${harmless(nameOf(file, world.cwd))}${wrote ? ", and its first tests beside it" : ""}.`,
    "Put your own causes, changes and words into it, then:",
    `  llmops runbook lint ${at(file)}`,
    ...(wrote ? [`  llmops runbook test ${at(tests)} --coverage`] : []),
    ...(project.runbookFolders.includes(dirname(file)) ? [] : [notFoundYet(project, file)]),
    ...(twin === undefined ? [] : [`It is used instead of ${harmless(twin)}, which has the same id.`]),
  );
}

/** Where it goes, before anything else is asked; `twin`: the file of the same id that it will hide. */
async function placeOf(world: World, project: Project, id: string, output: string | undefined) {
  const file = resolve(world.cwd, output ?? join(await folderOf(project, world), `${id}.yaml`));
  if (!(await world.files.exists(dirname(file))))
    throw new UserError({
      what: `There is no folder ${harmless(nameOf(dirname(file), world.cwd))}.`,
      next: "make it, or name another with -o FILE",
      code: exit.usage,
    });
  if (await world.files.exists(file)) throw thereAlready(nameOf(file, world.cwd));
  const { runbooks } = await loadRunbooks(world.files, project.runbookFolders);
  const twin = runbooks.find(({ runbook }) => runbook.id === id)?.file;
  if (twin !== undefined && dirname(twin) === dirname(file)) throw thereAlready(nameOf(twin, world.cwd));
  return { file, twin };
}

/** The team's folder of runbooks, where it has one; llmops.yaml need not name it yet. */
async function folderOf({ runbookFolders, folder }: Project, { cwd, files }: World): Promise<string> {
  if (runbookFolders.length > 1) return runbookFolders[0]!;
  const usual = join(folder, "runbooks");
  return (await files.exists(usual)) ? usual : cwd;
}

/** What it takes until an incident finds it. */
function notFoundYet({ file: projectFile, folder, runbookFolders }: Project, file: string): string {
  if (runbookFolders.length > 1)
    return `No incident finds it there: runbooks stand in ${harmless(runbookFolders[0]!)}.`;
  const line = `runbooks: ${harmless(JSON.stringify(relative(folder, dirname(file)) || "."))}`;
  if (projectFile === undefined) return `No incident finds it yet: llmops init, then write ${line} into llmops.yaml.`;
  return `No incident finds it yet: write ${line} into llmops.yaml.`;
}

async function draftOf(world: World, project: Project, given: Given, id: string): Promise<Draft> {
  const isAsking = needed.some((name) => given[name] === undefined);
  const title = await wordsOf(world, given.title, "title", "Its title, a few words:");
  const kind = await classOf(world, given.class);
  const summary = await wordsOf(world, given.summary, "summary", "What do users or bills feel, in one sentence:");
  const owner = await wordsOf(world, given.owner, "owner", "Which team owns it:");
  const { signal, severity } = skeletons[kind];
  const known = (await loadStack("", project, world)).catalogue;
  const [first = signal, ...more] = [...new Set(given.signal)].map((name) => knownSignal(name, [...known.keys()]));
  return {
    id,
    title,
    class: kind,
    severity: given.severity === undefined ? severity : checked("severity", severitySchema, given.severity),
    summary,
    alerts: isAsking && given.alert.length === 0 ? await alertsOf(world) : given.alert.map(oneLine),
    owner,
    signals: [first, ...more],
    today: new Date(world.clock.now()).toISOString().slice(0, 10),
  };
}

/** At a terminal a slip costs one question, not all that was typed before. */
async function idOf(world: World, given: string | undefined): Promise<string> {
  if (given !== undefined) return checked("id", idSchema, given);
  for (;;) {
    const typed = (await world.terminal.line("Its id, like cost-spike:")).trim();
    const { mistakes } = checkValue(idSchema, typed, "It");
    if (mistakes[0] === undefined) return typed;
    tell(world.terminal, `${mistakes[0].message}.`);
  }
}

async function wordsOf(world: World, given: string | undefined, name: string, question: string): Promise<string> {
  for (;;) {
    const text = oneLine(given ?? (await world.terminal.line(question)));
    if (text !== "") return text;
    if (given === undefined) continue;
    throw new UserError({ what: `A runbook needs a ${name}.`, next: `--${name} TEXT`, code: exit.usage });
  }
}

async function classOf(world: World, given: string | undefined): Promise<IncidentClass> {
  if (given !== undefined) return given as IncidentClass;
  const choices = incidentClasses.map((value) => ({
    value,
    label: `${value}, measured by ${skeletons[value].signal}`,
  }));
  for (;;) {
    const answer = await world.terminal.menu({ question: "Which class of incident?", choices, keys: {} });
    if ("value" in answer) return answer.value as IncidentClass;
  }
}

async function alertsOf(world: World): Promise<string[]> {
  const typed = await world.terminal.line("Which alerts open it, with commas (Enter: none):");
  return typed
    .split(",")
    .map(oneLine)
    .filter((one) => one !== "");
}

function checked<T>(name: string, schema: Parameters<typeof checkValue<T>>[0], value: string): T {
  const { value: read, mistakes } = checkValue(schema, value, `--${name}`);
  if (mistakes[0] === undefined) return read as T;
  throw new UserError({ what: `${mistakes[0].message}.`, next: `name another with --${name}`, code: exit.usage });
}

function knownSignal(name: string, known: readonly string[]): string {
  if (known.includes(name)) return name;
  throw new UserError({
    what: `There is no signal ${JSON.stringify(shorten(name, 40))}${didYouMean(name, known)}`,
    next: "llmops signal lists them",
    code: exit.usage,
  });
}

function oneLine(text: string): string {
  return harmless(text.replace(/\s+/g, " ").trim());
}

function thereAlready(file: string): UserError {
  return new UserError({
    what: `${harmless(file)} is there already, and is never overwritten.`,
    next: "change it, or take another --id",
    code: exit.usage,
  });
}
