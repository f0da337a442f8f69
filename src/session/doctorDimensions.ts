import { didYouMean } from "../errors.ts";
import type { MeasureFrom } from "../gather/measure.ts";
import { findRoute, type Route } from "../gather/route.ts";
import type { Project } from "../project.ts";
import { metricNames } from "../queries/selector.ts";
import type { Mapped, Trouble } from "../show/diagnosis.ts";
import { dimensions, type Dimension } from "../timeline/scope.ts";
import type { Whereabouts } from "./doctorReach.ts";
import type { Metrics } from "./doctorSignals.ts";

const hourMs = 3_600_000;

/** Where each dimension is told apart, and which values it has had in the last hour. */
export async function mapDimensions(from: MeasureFrom, metrics: Metrics): Promise<Mapped[]> {
  return Promise.all(dimensions.map((dimension) => mapOne(dimension, from, metrics)));
}

async function mapOne(dimension: Dimension, from: MeasureFrom, metrics: Metrics): Promise<Mapped> {
  const found = routeFor(dimension, from, metrics);
  if (found === undefined || !metrics.has(found.route.name)) return { dimension, values: [] };
  const { route, metric } = found;
  const at = from.clock.now();
  const known = { dimension, source: route.name, label: route.split!.label ?? dimension };
  if (route.source.values !== undefined) {
    const of = { from: at - hourMs, to: at, ...(metric === undefined ? {} : { metric }) };
    const answer = await route.source.values(known.label, of);
    if ("error" in answer) return { ...known, values: [], error: answer.error };
    return { ...known, values: answer.data.filter((value) => value !== "") };
  }
  const answer = await route.source.instant(route.split!.query, at);
  if ("error" in answer) return { ...known, values: [], error: answer.error };
  const values = answer.data.toSorted((a, b) => b.value - a.value).map(({ labels }) => labels[known.label] ?? "");
  return { ...known, values: [...new Set(values)].filter((value) => value !== "") };
}

/** The first signal that can be split by it, among those that count calls before the others. */
function routeFor(
  dimension: Dimension,
  from: MeasureFrom,
  metrics: Metrics,
): { route: Route; metric?: string } | undefined {
  const names = from.sources.flatMap(({ name }) => [...(from.stackFor(name)?.queries.keys() ?? [])]);
  let second: { route: Route } | undefined;
  for (const signal of new Set(["request_rate", ...names])) {
    const route = findRoute({ ask: { signal }, by: dimension, windowMs: hourMs }, {}, Infinity, from);
    if (!("source" in route)) continue;
    const { query } = route.whole;
    if (!("promql" in query)) return { route };
    const known = metrics.get(route.name);
    const metric = metricNames(query.promql).find(
      (one) => known?.(one) === true && route.stack.label(one, dimension) === route.split!.label,
    );
    if (metric !== undefined) return { route, metric };
    second ??= { route };
  }
  return second;
}

/** What the project says of dimensions and labels, where it is not so. */
export async function troublesOfDimensions(
  project: Project,
  mapped: readonly Mapped[],
  from: MeasureFrom,
  metrics: Metrics,
  at: Whereabouts,
): Promise<Trouble[]> {
  const parts = [...new Set(from.sources.flatMap(({ name }) => [...(from.stackFor(name)?.parts ?? [])]))];
  const unread = mapped.flatMap(({ dimension, source, error }) =>
    error === undefined ? [] : [{ needed: false, says: `${dimension}: ${source} could not tell its values: ${error}` }],
  );
  const misspelt = Object.entries(project.dimensions).flatMap(([dimension, part]) => {
    if (parts.length === 0 || parts.includes(part)) return [];
    return [
      {
        needed: true,
        says: `dimensions: ${dimension} is to be ${part}, which ${project.stack ?? "no stack"} does not know${didYouMean(part, parts)}`,
        next: `one of ${parts.join(", ")}: ${at("dimensions", dimension)}`,
      },
    ];
  });
  // a store where nothing is called has no values, whatever its labels are
  const alive = mapped.some(({ values }) => values.length > 0);
  const silent = mapped.flatMap(({ dimension, source, label, values, error }) => {
    if (!alive || source === undefined || error !== undefined || values.length > 0) return [];
    const said = project.dimensions[dimension] !== undefined;
    const says = `${dimension}: nothing in ${source} had the label ${label} in the last hour`;
    return [
      {
        needed: said,
        says,
        ...(said ? { next: `another part for ${dimension}: ${at("dimensions", dimension)}` } : {}),
      },
    ];
  });
  return [...misspelt, ...(await troublesOfLabels(project, from, metrics, at)), ...silent, ...unread];
}

/** The labels of the project's own signals. */
async function troublesOfLabels(
  project: Project,
  from: MeasureFrom,
  metrics: Metrics,
  at: Whereabouts,
): Promise<Trouble[]> {
  const now = from.clock.now();
  const looked = Object.entries(project.signals).flatMap(([signal, { labels = {} }]) =>
    Object.entries(labels).map(async ([dimension, label]): Promise<Trouble[]> => {
      const route = findRoute({ ask: { signal } }, {}, Infinity, from);
      if (!("source" in route) || !("promql" in route.whole.query)) return [];
      const known = metrics.get(route.name);
      const metric = metricNames(route.whole.query.promql).find((one) => known?.(one));
      if (metric === undefined) return [];
      const values = await route.source.values?.(label, { from: now - hourMs, to: now, metric });
      if (values === undefined || "error" in values || values.data.some((value) => value !== "")) return [];
      const one = await route.source.instant({ promql: `topk(1, ${metric})` }, now);
      const there = "error" in one ? [] : Object.keys(one.data[0]?.labels ?? {}).filter((name) => name !== "__name__");
      return [
        {
          needed: true,
          says: `signal ${signal}: ${metric} has no label ${label} for ${dimension}${didYouMean(label, there)}`,
          next: `${there.length === 0 ? "another label" : `one of ${there.join(", ")}`}: ${at("signals", signal, "labels", dimension)}`,
        },
      ];
    }),
  );
  return (await Promise.all(looked)).flat();
}
