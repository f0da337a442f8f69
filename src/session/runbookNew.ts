import { dirname, join, resolve } from "node:path";
import { didYouMean, exit, UserError } from "../errors.ts";
import { harmless, shorten } from "../harmless.ts";
import type { Project } from "../project.ts";
import { loadRunbooks } from "../runbook/load.ts";
import { severitySchema } from "../runbook/schema.ts";
import { checkValue } from "../schema/schema.ts";
import { tell } from "../show/tell.ts";
import { idSchema } from "../steps/choices.ts";
import { incidentClasses, type IncidentClass } from "../timeline/event.ts";
import type { World } from "../world/world.ts";
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

/** Writes a runbook of which a person fills in the rest. Nothing is overwritten. */
export async function createRunbook(world: World, project: Project, given: Given): Promise<void> {
  const draft = await draftOf(world, project, given);
  const file = resolve(world.cwd, given.output ?? join(folderOf(project, world), `${draft.id}.yaml`));
  if (!(await world.files.exists(dirname(file))))
    throw new UserError({
      what: `There is no folder ${harmless(dirname(file))}.`,
      next: "make it, or name another with -o FILE",
      code: exit.usage,
    });
  const { runbooks } = await loadRunbooks(world.files, project.runbookFolders);
  const twin = runbooks.find(({ runbook }) => runbook.id === draft.id);
  if (twin !== undefined && dirname(twin.file) === dirname(file)) throw thereAlready(twin.file, draft.id);
  const text = newRunbook(draft);
  if (!(await world.files.create(file, text))) throw thereAlready(file, draft.id);
  const tests = file.replace(/(\.ya?ml)?$/, ".test.yaml");
  const wrote = await world.files.create(tests, await newTests(draft, text, world.interrupted));
  tell(
    world.terminal,
    `Wrote ${harmless(file)}${wrote ? ", and its first tests beside it" : ""}.`,
    "Put your own causes, changes and words into it, then:",
    `  llmops runbook lint ${harmless(file)}`,
    ...(wrote ? [`  llmops runbook test ${harmless(tests)} --coverage`] : []),
    ...(twin === undefined ? [] : [`It is used instead of ${harmless(twin.file)}, which has the same id.`]),
  );
}

/** The team's folder of runbooks, where it has one. */
function folderOf({ runbookFolders }: Project, { cwd }: World): string {
  return runbookFolders.length > 1 ? runbookFolders[0]! : cwd;
}

async function draftOf(world: World, project: Project, given: Given): Promise<Draft> {
  const needed = ["id", "title", "class", "summary", "owner"] as const;
  const missing = needed.filter((name) => given[name] === undefined);
  if (missing.length > 0 && !world.terminal.interactive)
    throw new UserError({
      what: `A new runbook needs ${missing.map((name) => `--${name}`).join(", ")}: there is no terminal to ask at.`,
      next: "name them, or run it at a terminal",
      code: exit.usage,
    });
  const id = await idOf(world, given.id);
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
    alerts: missing.length > 0 && given.alert.length === 0 ? await alertsOf(world) : given.alert.map(oneLine),
    owner,
    signals: [first, ...more],
    today: new Date(world.clock.now()).toISOString().slice(0, 10),
  };
}

async function idOf(world: World, given: string | undefined): Promise<string> {
  return checked("id", idSchema, given ?? (await world.terminal.line("Its id, like cost-spike:")).trim());
}

async function wordsOf(world: World, given: string | undefined, name: string, question: string): Promise<string> {
  const text = oneLine(given ?? (await world.terminal.line(question)));
  if (text !== "") return text;
  throw new UserError({ what: `A runbook needs a ${name}.`, next: `--${name} TEXT`, code: exit.usage });
}

async function classOf(world: World, given: string | undefined): Promise<IncidentClass> {
  if (given !== undefined) return given as IncidentClass;
  const choices = incidentClasses.map((value) => ({ value, label: `${value}: ${skeletons[value].signal}` }));
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

function thereAlready(file: string, id: string): UserError {
  return new UserError({
    what: `${harmless(file)} is there already, and is never overwritten.`,
    next: `llmops runbook show ${id}, or take another --id`,
    code: exit.usage,
  });
}
