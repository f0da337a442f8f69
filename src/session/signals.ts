import { didYouMean, exit, UserError } from "../errors.ts";
import { findRoute, type Readable } from "../gather/route.ts";
import { harmlessJson } from "../harmless.ts";
import { openProject, type Project } from "../project.ts";
import type { Seen } from "../show/signals.ts";
import { signalOf } from "../signals/catalogue.ts";
import type { Signal } from "../signals/stack.ts";
import { iso } from "../timeline/moment.ts";
import type { Dimension, Scope } from "../timeline/scope.ts";
import type { World } from "../world/world.ts";
import { measuring, needSource, openMeter } from "./meter.ts";

export interface SignalsAsk {
  /** none: all that the project can measure */
  names: string[];
  scope: Scope;
  by?: Dimension;
  windowMs?: number;
}

/** Opens the project for `work`, which looks as often as it likes. */
export async function openSignals<T>(
  world: World,
  asked: SignalsAsk,
  work: (look: () => Promise<Seen>) => Promise<T>,
): Promise<T> {
  const project = await openProject(world);
  try {
    needSource(project);
    const { names, scope, by, windowMs } = asked;
    const { signals, unmeasured } = await choose(world, project, names);
    const measure = openMeter(project, world);
    const how = { ...(by === undefined ? {} : { by }), ...(windowMs === undefined ? {} : { windowMs }) };
    const layers = names.length > 0 ? {} : { layers: new Map(signals.map(({ name, layer }) => [name, layer])) };
    return await work(async () => ({
      at: world.clock.now(),
      scope,
      windowMs: windowMs ?? project.windowMs,
      read: await Promise.all(signals.map(({ name }) => measure(name, { ask: { signal: name }, ...how }, scope))),
      unmeasured,
      ...layers,
    }));
  } finally {
    await project.close();
  }
}

/** What was seen, as one object for programs. */
export function seenAsJson({ at, scope, windowMs, read, unmeasured }: Seen): string {
  return harmlessJson({ at: iso(at) ?? null, scope, windowMs, measurements: read, unmeasured });
}

/** The signals that were named; where none was, all that the project can measure. */
async function choose(
  world: World,
  project: Project,
  names: readonly string[],
): Promise<{ signals: Signal[]; unmeasured: string[] }> {
  const known = await knownSignals(project, world);
  if (names.length === 0)
    return {
      signals: known.filter(({ isMeasured }) => isMeasured).map(({ signal }) => signal),
      unmeasured: known.filter(({ isMeasured }) => !isMeasured).map(({ signal }) => signal.name),
    };
  const signals = [...new Set(names)].map((name) => {
    const found = known.find(({ signal }) => signal.name === name);
    if (found !== undefined) return found.signal;
    const all = known.map(({ signal }) => signal.name);
    throw new UserError({
      what: `There is no signal ${JSON.stringify(name)}${didYouMean(name, all)}`,
      next: "llmops signal, for all that are measured here",
      code: exit.usage,
    });
  });
  return { signals, unmeasured: [] };
}

/** Every signal there is a name for here, and whether some source can be asked for it. */
async function knownSignals(project: Project, world: World): Promise<{ signal: Signal; isMeasured: boolean }[]> {
  const from = await measuring(project, world);
  const known = new Map<string, Signal>();
  for (const { name } of from.sources)
    for (const signal of from.stackFor(name)?.catalogue.values() ?? []) known.set(signal.name, signal);
  for (const name of from.sources.flatMap(computedBy)) if (!known.has(name)) known.set(name, signalOf(name, {}));
  return [...known.values()].map((signal) => {
    const route = findRoute({ ask: { signal: signal.name } }, {}, Infinity, from);
    return { signal, isMeasured: !("missing" in route && route.missing) };
  });
}

/** What cannot be opened says so when it is asked. */
function computedBy({ open }: Readable): string[] {
  try {
    return [...(open().signals?.keys() ?? [])];
  } catch {
    return [];
  }
}
