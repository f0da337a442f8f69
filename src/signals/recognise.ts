import { absentMetrics } from "../queries/absent.ts";
import { metricNames } from "../queries/selector.ts";
import { sayInstead } from "./prepare.ts";
import type { Query, Stack } from "./stack.ts";

/** Whether a store of metrics can answer a signal. */
export interface Availability {
  signal: string;
  state: "available" | "partial" | "not available";
  /** metrics that its query needs and that the store does not have */
  absent: string[];
  /** why not, and where to look instead, in words */
  why?: string;
}

/** Each signal of the catalogue, by the names of the metrics that a store has. */
export function availability(stack: Stack, names: readonly string[]): Availability[] {
  const known = new Set(names);
  return [...stack.catalogue.keys()].map((signal): Availability => {
    const query = stack.queries.get(signal);
    const found =
      query?.language === "promql" ? stateOf(query, known) : { state: "not available" as const, absent: [] };
    const why = found.state === "not available" ? sayInstead(stack, signal) : undefined;
    return { signal, ...found, ...(why === undefined ? {} : { why }) };
  });
}

function stateOf({ text }: Query, known: ReadonlySet<string>): Pick<Availability, "state" | "absent"> {
  const absent = absentMetrics(text, (metric) => known.has(metric));
  if (absent.length === 0) return { state: "available", absent };
  const some = metricNames(text).some((metric) => known.has(metric) && metric !== "up");
  return { state: some ? "partial" : "not available", absent };
}

export interface Recognised {
  stack: string;
  /** 0..1: how many of the stack's signals these metrics can answer */
  score: number;
  /** metrics of the stack that are there */
  seen: string[];
}

/**
 * Which stack these metric names look like, the likeliest first; stacks of which nothing is there are left out. A
 * stack whose requests are not counted is probably only a neighbour (an Envoy or a web server that stands there anyway).
 */
export function recognise(names: readonly string[], stacks: readonly Stack[]): Recognised[] {
  const known = new Set(names);
  return stacks
    .flatMap((stack): Recognised[] => {
      const queries = [...stack.queries.values()].filter((query) => query.language === "promql" && query.own !== true);
      const seen = [...new Set(queries.flatMap(({ text }) => metricNames(text)))].filter(
        (metric) => metric !== "up" && known.has(metric),
      );
      if (seen.length === 0) return [];
      const answered = queries.filter((query) => stateOf(query, known).state === "available");
      const requests = answered.some(({ name }) => name === "request_rate");
      return [{ stack: stack.name, score: (answered.length / queries.length) * (requests ? 1 : 0.25), seen }];
    })
    .sort((a, b) => b.score - a.score || b.seen.length - a.seen.length);
}
