import type { MeasureFrom } from "../gather/measure.ts";
import { findRoute, type Route } from "../gather/route.ts";
import { absentMetrics } from "../queries/absent.ts";
import { metricNames } from "../queries/selector.ts";
import type { SignalState } from "../show/diagnosis.ts";
import type { EvidenceAsk } from "../signals/evidence.ts";

/** Source → whether it has a metric; who holds none has them all, and who could not be asked is left out. */
export type Metrics = ReadonlyMap<string, (metric: string) => boolean>;

export type State = Pick<SignalState, "state" | "why">;

/** Whether something can be measured, there where an incident would ask for it. */
export function stateOf(ask: EvidenceAsk, from: MeasureFrom, metrics: Metrics): State {
  if ("changesMs" in ask.ask)
    return from.changes.length > 0
      ? { state: "available" }
      : { state: "not available", why: "no record of changes is set up under changes: in llmops.yaml" };
  const route = findRoute(ask, {}, Infinity, from);
  if (!("source" in route)) return { state: "not available", why: route.why };
  return stateAt(route, metrics);
}

function stateAt({ name, whole, signal, stack }: Route, metrics: Metrics): State {
  const has = metrics.get(name);
  if (has === undefined) return { state: "not known" };
  if (!("promql" in whole.query)) return { state: "available" };
  const { promql } = whole.query;
  const absent = absentMetrics(promql, has);
  if (absent.length === 0) return { state: "available" };
  const some = metricNames(promql).some((metric) => metric !== "up" && has(metric));
  const instead = signal === undefined ? undefined : (stack.without.get(signal.name) ?? signal.instead);
  const why = `${name} has no ${absent.join(", ")}${instead === undefined ? "" : `; instead: ${instead}`}`;
  return { state: some ? "partial" : "not available", why };
}

/** Every signal that there is a name for. */
export function stateOfSignals(from: MeasureFrom, metrics: Metrics, needed: ReadonlySet<string>): SignalState[] {
  const catalogues = from.sources.map(({ name }) => from.stackFor(name)?.catalogue.keys() ?? []);
  const names = new Set(catalogues.flatMap((keys) => [...keys]));
  return [...names].map((signal) => ({
    signal,
    needed: needed.has(signal),
    ...stateOf({ ask: { signal } }, from, metrics),
  }));
}
