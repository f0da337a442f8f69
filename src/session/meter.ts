import { join } from "node:path";
import { exit, UserError } from "../errors.ts";
import type { Desk } from "../engine/desk.ts";
import { blastRadius, type BlastAsk } from "../gather/blast.ts";
import { measure, type MeasureFrom } from "../gather/measure.ts";
import type { Project } from "../project.ts";
import { readCatalogue, readStack, type Stack, type Text } from "../signals/stack.ts";
import type { Blast } from "../timeline/blast.ts";
import type { Dimension } from "../timeline/scope.ts";
import type { World } from "../world/world.ts";

/** What measures for a project; signals are read at the first measurement. */
export function openMeter(project: Project, world: World): Desk["measure"] {
  return async (id, ask, scope, sinceMs) => {
    const from = await measuring(project, world);
    const asked = { id, ask, scope, at: world.clock.now(), ...(sinceMs === undefined ? {} : { sinceMs }) };
    const measurement = await measure(asked, from);
    // what could not be read because we leave is no evidence
    world.interrupted.throwIfAborted();
    return measurement;
  };
}

/** Where nothing can be read, nothing can be measured. */
export function needSource({ sources }: Project): void {
  if (sources.length > 0) return;
  const what = "There is nothing to read from: llmops.yaml names no source.";
  throw new UserError({ what, next: "llmops init", code: exit.failed });
}

/** Divides the change of a signal among the values of a dimension; undefined: nothing here can tell. */
export async function measureBlast(
  project: Project,
  world: World,
  ask: Omit<BlastAsk, "at"> & { at?: number },
): Promise<Blast | undefined> {
  const blast = await blastRadius({ at: world.clock.now(), ...ask }, await measuring(project, world));
  world.interrupted.throwIfAborted();
  return blast;
}

const ready = new WeakMap<Project, Promise<MeasureFrom>>();

/** What measures; signals are read once for a project. */
export function measuring(project: Project, world: World): Promise<MeasureFrom> {
  const known = ready.get(project) ?? measureFrom(project, world);
  ready.set(project, known);
  return known;
}

/** Dimension → label as the project's alerts and metrics spell it. */
export async function stackLabels(project: Project, world: World): Promise<Partial<Record<Dimension, string>>> {
  return project.stack === undefined ? {} : (await loadStack(project.stack, project, world)).labels;
}

async function measureFrom(project: Project, world: World): Promise<MeasureFrom> {
  const stacks = new Map<string, Stack>();
  for (const { name, language } of project.sources)
    stacks.set(name, await loadStack(stackNameFor(language, project), project, world));
  return {
    sources: project.sources,
    changes: project.changes,
    stackFor: (source) => stacks.get(source),
    objectives: project.objectives,
    windowMs: project.windowMs,
    clock: world.clock,
  };
}

/** Call records have one spelling, ours; metrics have that of the project's stack. "" where it names none. */
function stackNameFor(language: string, project: Project): string {
  return language === "sql" ? "calls" : (project.stack ?? "");
}

/** What stacks are read from. */
export type Signalled = Pick<Project, "runbookFolders" | "signals" | "dimensions" | "prices">;

const loaded = new WeakMap<Signalled, Map<string, Promise<Stack>>>();

/** Each is read once for a project. */
export function loadStack(name: string, project: Signalled, world: World): Promise<Stack> {
  const known = loaded.get(project) ?? new Map<string, Promise<Stack>>();
  loaded.set(project, known);
  const stack = known.get(name) ?? readStackOf(name, project, world);
  known.set(name, stack);
  return stack;
}

async function readStackOf(name: string, project: Signalled, world: World): Promise<Stack> {
  const catalogueText = await readSignals(join(world.home, "runbooks", "signals", "catalogue.yaml"), world);
  const { catalogue } = readCatalogue(catalogueText!);
  const own = { overrides: project.signals, dimensions: project.dimensions, prices: project.prices };
  if (name === "") return readStack({ catalogue: catalogue!, ...own }).stack!;
  const places = project.runbookFolders.map((folder) => join(folder, "signals", `${name}.yaml`));
  for (const place of places) {
    const text = await readSignals(place, world);
    if (text === undefined) continue;
    const { stack, findings } = readStack({ catalogue: catalogue!, stack: text, ...own });
    const [finding] = findings;
    if (stack !== undefined && finding === undefined) return stack;
    const what = `${finding?.file}:${finding?.at.line}:${finding?.at.column}: ${finding?.message}`;
    throw new UserError({ what, next: "mend the signals file", code: exit.usage });
  }
  throw new UserError({
    what: `There is no stack ${JSON.stringify(name)}: no ${name}.yaml in ${places.join(" or ")}.`,
    next: "name a shipped stack under stack:, or write its signals file",
    code: exit.usage,
  });
}

async function readSignals(file: string, world: World): Promise<Text | undefined> {
  const text = await world.files.read(file);
  return text === undefined ? undefined : { text, file };
}
