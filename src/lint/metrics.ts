import { findNodes, parsePromql } from "../queries/promql.ts";
import { selectorsOf } from "../queries/selector.ts";

/** What a metric is counted as; "bucket": of a histogram. */
type MetricKind = "counter" | "gauge" | "bucket";

/** The metrics of the stacks that are known, by name. */
export type Metrics = ReadonlyMap<string, MetricKind>;

/** What the expressions of the known stacks tell of metrics: what they take the rate of is a counter. */
export function metricsOf(expressions: Iterable<string>): Metrics {
  const metrics = new Map<string, MetricKind>();
  for (const text of expressions) {
    const rated = findNodes(parsePromql(text), "FunctionCall").filter((call) =>
      /^(rate|irate|increase)\b/.test(text.slice(call.from, call.to)),
    );
    for (const { metric, begins, node } of selectorsOf(text)) {
      if (metric === undefined || begins) continue;
      const isRated = rated.some(({ from, to }) => from <= node.from && node.to <= to);
      if (!isRated) metrics.set(metric, metrics.get(metric) ?? "gauge");
      else for (const [name, kind] of familyOf(metric)) metrics.set(name, kind);
    }
  }
  return metrics;
}

/** A histogram is exposed as three. */
function familyOf(metric: string): [string, MetricKind][] {
  const base = /^(.+)_bucket$/.exec(metric)?.[1];
  if (base === undefined) return [[metric, "counter"]];
  return [
    [metric, "bucket"],
    [`${base}_sum`, "counter"],
    [`${base}_count`, "counter"],
  ];
}

/** What a metric surely is, by what is known of it, else by its name. */
export function kindOf(metric: string, metrics: Metrics | undefined): MetricKind | undefined {
  const known = metrics?.get(metric);
  if (known !== undefined) return known;
  if (metric.endsWith("_bucket")) return "bucket";
  if (metric.endsWith("_total")) return amounts.test(metric) ? undefined : "counter";
  return gauges.test(metric) ? "gauge" : undefined;
}

/** `x_members_total` is how many there are, not how often something happened. */
const amounts =
  /(^|[_:])(size|capacity|limits?|max|available|free|used|budget|quota|membership|members|replicas|nodes|slots|space|swap|mem|memory|memtotal|cpus|cores|shards|partitions|keys|rows|entries|bytes_size)_(bytes_)?total$/;

const gauges =
  /^up$|_(info|ratio|percent|percentage|perc|celsius|timestamp|timestamp_seconds|score|utilization|temperature|usage_bytes|queue_(size|length|depth)|in_flight|in_flight_requests|in_progress)$|_current_\w+$|:(rate|irate|avg|ratio|mean)\d*\w*$/;
