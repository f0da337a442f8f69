import { relative } from "node:path";
import { parseDocument } from "../document/document.ts";
import { sayDuration } from "../duration.ts";
import { exit, UserError, type ExitCode } from "../errors.ts";
import type { MeasureFrom } from "../gather/measure.ts";
import { harmlessJson } from "../harmless.ts";
import { openProject, type Project } from "../project.ts";
import { loadRunbooks } from "../runbook/load.ts";
import type { Diagnosis, Place, Trouble } from "../show/diagnosis.ts";
import { showDoctor } from "../show/doctor.ts";
import type { World } from "../world/world.ts";
import { mapDimensions, troublesOfDimensions } from "./doctorDimensions.ts";
import { reachAll, troublesOfReach, type Whereabouts } from "./doctorReach.ts";
import { reviewRunbooks, signalsIn, troublesOfRunbooks } from "./doctorRunbooks.ts";
import { stateOfSignals, type Metrics } from "./doctorSignals.ts";
import { lookAt, type Looked } from "./doctorSource.ts";
import { troublesOfStack } from "./doctorStack.ts";
import { hurry, type Hurried } from "./doctorWorld.ts";
import { measuring } from "./meter.ts";
import { knownStacks } from "./stacks.ts";
import { onStdout } from "./stdout.ts";

/** `llmops doctor`: what of the project is there, and what is not. 1: something that an incident needs is missing. */
export async function runDoctor(world: World, { json }: { json: boolean }): Promise<ExitCode> {
  const hurried = hurry(world);
  const project = await openProject(hurried.world);
  if (project.file === undefined)
    throw new UserError({
      what: `There is no llmops.yaml in ${world.cwd} or above it.`,
      next: "llmops init",
      code: exit.findings,
    });
  try {
    const found = await world.terminal.during("Asking everything that llmops.yaml names", examine(project, hurried));
    world.interrupted.throwIfAborted();
    const fine = !found.troubles.some(({ needed }) => needed);
    world.terminal.programs(json ? harmlessJson({ fine, ...found }) : showDoctor(found, onStdout(world)).join("\n"));
    return fine ? exit.done : exit.findings;
  } finally {
    await project.close();
  }
}

async function examine(project: Project, hurried: Hurried): Promise<Diagnosis> {
  const { world, clocks, inTime } = hurried;
  const at = await whereabouts(project, world);
  const [places, read, library, stacks] = await Promise.all([
    reachAll(project, hurried),
    signalsOf(project, world),
    loadRunbooks(world.files, project.runbookFolders),
    knownStacks(project, world),
  ]);
  const there = project.sources.filter(({ name }) => isThere(places, name));
  const from = "from" in read ? read.from : undefined;
  const looks = there.map((source) => inTime(lookAt(source, from?.stackFor(source.name), stacks, world)));
  const looked = (await Promise.all(looks)).filter((one) => one !== undefined);
  const late = there.filter(({ name }) => !looked.some(({ source }) => source === name));
  const metrics = metricsOf(looked);
  const dimensions = from === undefined ? [] : ((await inTime(mapDimensions(from, metrics))) ?? []);
  const labels =
    from === undefined ? [] : ((await inTime(troublesOfDimensions(project, dimensions, from, metrics, at))) ?? []);
  const signals = from === undefined ? [] : stateOfSignals(from, metrics, signalsIn(library));
  const runbooks = reviewRunbooks(library, project, from, metrics, world.clock.now());
  const skews = [...clocks].map(([host, aheadMs]) => ({ host, aheadMs: Math.round(aheadMs) }));
  const stores = looked.filter(({ metrics: names, blind }) => names !== undefined || blind !== undefined);
  const troubles = [
    ...(project.sources.length === 0 ? [noSource(at)] : []),
    ...troublesOfReach(places, at),
    ...("trouble" in read ? [read.trouble] : []),
    ...troublesOfStack(project.stack, stores, at),
    ...labels,
    ...late.map(sayLate),
    ...skews.filter(({ aheadMs }) => Math.abs(aheadMs) > skewMs).map(saySkew),
    ...looked.filter(({ yesterday }) => yesterday === false).map(sayYoung),
    ...troublesOfRunbooks(
      // that nothing at all is measured has a cause, which stands above
      signals.some(({ needed, state }) => needed && state === "available") ? runbooks : { ...runbooks, unmeasured: [] },
      project,
      at,
      world.clock.now(),
    ),
  ];
  return {
    file: at(),
    stack: project.stack ?? null,
    troubles: troubles.toSorted((a, b) => Number(b.needed) - Number(a.needed)),
    places,
    held: looked.map(({ source, metrics: names, looksLike, yesterday, lastWeek }) => ({
      source,
      ...(names === undefined ? {} : { metrics: names.length }),
      looksLike: looksLike.map(({ stack, score }) => ({ stack, score })),
      ...(yesterday === undefined ? {} : { yesterday }),
      ...(lastWeek === undefined ? {} : { lastWeek }),
    })),
    signals,
    dimensions,
    clocks: skews,
    runbooks,
  };
}

const skewMs = 30_000;

/** Says where the project file names something, as it is typed from here. */
async function whereabouts({ file = "" }: Project, world: World): Promise<Whereabouts> {
  const { document } = parseDocument((await world.files.read(file)) ?? "", file);
  const near = relative(world.cwd, file);
  const said = near.startsWith("..") ? file : near;
  return (...path) => (path.length === 0 ? said : `${said}:${document?.at(path, true).at.line ?? 1}`);
}

/** What measures here; a stack that no file describes is told, and the rest goes on. */
async function signalsOf(project: Project, world: World): Promise<{ from: MeasureFrom } | { trouble: Trouble }> {
  try {
    return { from: await measuring(project, world) };
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    const { what, next } = thrown;
    return { trouble: { needed: true, says: what, ...(next === undefined ? {} : { next }) } };
  }
}

function isThere(places: readonly Place[], source: string): boolean {
  return places.some(({ section, name, ok }) => section === "sources" && name === source && ok);
}

function metricsOf(looked: readonly Looked[]): Metrics {
  return new Map(
    looked.flatMap(({ source, metrics, blind }) => {
      if (blind !== undefined) return [];
      const names = metrics === undefined ? undefined : new Set(metrics);
      return [[source, (metric: string) => names?.has(metric) ?? true] as const];
    }),
  );
}

function noSource(at: Whereabouts): Trouble {
  return {
    needed: true,
    says: "no source is named: nothing can be measured",
    next: `add one under sources: in ${at()}`,
  };
}

function sayLate({ name }: { name: string }): Trouble {
  return { needed: false, says: `source ${name} answers, but what it holds was not told in time` };
}

function saySkew({ host, aheadMs }: Diagnosis["clocks"][number]): Trouble {
  const far = `${sayDuration(Math.abs(aheadMs))} ${aheadMs > 0 ? "ahead of" : "behind"} ours`;
  return {
    needed: false,
    says: `the clock of ${host} is ${far}: what is read as now is not`,
    next: "set the clock that is wrong: date -u, there and here",
  };
}

function sayYoung({ source }: Looked): Trouble {
  return {
    needed: false,
    says: `${source} has nothing of this hour yesterday: what is usual is taken from the hour before`,
    next: "is it new, or does it keep less than 25 hours?",
  };
}
