import type { Dimension, Scope } from "../timeline/scope.ts";
import { dimensions } from "../timeline/scope.ts";
import type { LangfuseSettings, Score } from "./langfuseSchema.ts";

export type View = "observations" | "scores-numeric" | "scores-boolean" | "scores-categorical";

/** A condition as the metrics and observations APIs take it. */
export interface Filter {
  column: string;
  operator: string;
  value: unknown;
  type: "string" | "stringObject" | "number" | "datetime" | "stringOptions";
  key?: string;
}

/** Figures of one row by "aggregation_measure". */
export type Figures = ReadonlyMap<string, number>;

/** How a signal comes out of Langfuse's figures. */
export interface Signal {
  view: View;
  filters: Filter[];
  /** the signal is about the part of the rows that fit this too */
  part?: Filter;
  /** NaN: no value */
  value(all: Figures, part: Figures, windowS: number): number;
}

/** What is asked of each view: one question answers all its signals. */
export const metrics: Record<View, readonly (readonly [measure: string, aggregation: string])[]> = {
  observations: [
    ["count", "count"],
    ["totalCost", "sum"],
    ["inputTokens", "sum"],
    ["outputTokens", "sum"],
    ["inputTokens", "p95"],
    ["outputTokens", "p95"],
    ["latency", "p50"],
    ["latency", "p95"],
    ["latency", "p99"],
    ["timeToFirstToken", "p95"],
  ],
  "scores-numeric": [
    ["count", "count"],
    ["value", "avg"],
  ],
  "scores-boolean": [
    ["count", "count"],
    ["value", "avg"],
  ],
  "scores-categorical": [["count", "count"]],
};

const equals = (column: string, value: string): Filter => ({ column, operator: "=", value, type: "string" });
const generations = [equals("type", "GENERATION")];
const of = (figures: Figures, name: string) => figures.get(name) ?? Number.NaN;

function observed(value: (all: Figures, windowS: number) => number): Signal {
  return { view: "observations", filters: generations, value: (all, _, windowS) => value(all, windowS) };
}
/** latencies of the metrics API are in ms (those of observations and traces in s) */
const seconds = (name: string) => observed((all) => of(all, name) / 1000);

const usual: Record<string, Signal> = {
  request_rate: observed((all, windowS) => of(all, "count_count") / windowS),
  error_rate: {
    view: "observations",
    filters: generations,
    part: equals("level", "ERROR"),
    value: (all, part) => (part.get("count_count") ?? 0) / of(all, "count_count"),
  },
  latency_p50: seconds("p50_latency"),
  latency_p95: seconds("p95_latency"),
  latency_p99: seconds("p99_latency"),
  ttft_p95: seconds("p95_timeToFirstToken"),
  cost_per_hour: observed((all, windowS) => (of(all, "sum_totalCost") / windowS) * 3600),
  cost_per_request: observed((all) => of(all, "sum_totalCost") / of(all, "count_count")),
  tokens_in_rate: observed((all, windowS) => of(all, "sum_inputTokens") / windowS),
  tokens_out_rate: observed((all, windowS) => of(all, "sum_outputTokens") / windowS),
  tokens_in_avg: observed((all) => of(all, "sum_inputTokens") / of(all, "count_count")),
  tokens_out_avg: observed((all) => of(all, "sum_outputTokens") / of(all, "count_count")),
  tokens_in_p95: observed((all) => of(all, "p95_inputTokens")),
  tokens_out_p95: observed((all) => of(all, "p95_outputTokens")),
};

/** What a project can ask: the signals of every trace, and those that its scores are. */
export function signalsOf({ scores }: LangfuseSettings): Map<string, Signal> {
  return new Map([
    ...Object.entries(usual),
    ...Object.entries(scores).map(([name, score]) => [name, scored(score)] as const),
  ]);
}

function scored(score: Score): Signal {
  const filters = [equals("name", score.score)];
  if ("is" in score && typeof score.is === "boolean") {
    const { is } = score;
    return {
      view: "scores-boolean",
      filters,
      value: (all) => (is ? of(all, "avg_value") : 1 - of(all, "avg_value")),
    };
  }
  const share: Signal["value"] = (all, part) => (part.get("count_count") ?? 0) / of(all, "count_count");
  if ("is" in score)
    return { view: "scores-categorical", filters, part: equals("stringValue", String(score.is)), value: share };
  const limit = partOf(score);
  if (limit !== undefined) return { view: "scores-numeric", filters, part: limit, value: share };
  return { view: "scores-numeric", filters, value: (all) => of(all, "avg_value") };
}

/** The values of a numeric score that are meant. */
export function partOf(score: Score): Filter | undefined {
  if ("below" in score) return { column: "value", operator: "<", value: score.below, type: "number" };
  if ("above" in score) return { column: "value", operator: ">", value: score.above, type: "number" };
  return undefined;
}

/** A score knows fields of its observation under other names. */
const scoreFields: Record<string, string> = {
  name: "observationName",
  providedModelName: "observationModelName",
  promptName: "observationPromptName",
  promptVersion: "observationPromptVersion",
};

/** The field that plays the part of a dimension; undefined: nothing does. */
export function fieldOf(dimension: Dimension, view: View, fields: LangfuseSettings["dimensions"]): string | undefined {
  const field = fields[dimension];
  if (field === undefined || view === "observations") return field;
  // the metadata of a score is not that of its call
  return field.startsWith("metadata.") ? undefined : (scoreFields[field] ?? field);
}

export function dimensionsOf(view: View, fields: LangfuseSettings["dimensions"]): Dimension[] {
  return dimensions.filter((dimension) => fieldOf(dimension, view, fields) !== undefined);
}

/** What narrows a question to a scope. */
export function filtersOf(
  scope: Scope,
  view: View,
  fields: LangfuseSettings["dimensions"],
): Filter[] | { error: string } {
  const filters: Filter[] = [];
  for (const dimension of dimensions) {
    const value = scope[dimension];
    if (value === undefined) continue;
    const field = fieldOf(dimension, view, fields);
    if (field === undefined)
      return { error: `cannot be narrowed to ${dimension}: put the field that has it into dimensions of this source` };
    const key = /^metadata\.(.+)$/s.exec(field)?.[1];
    filters.push(
      key === undefined
        ? equals(field, value)
        : { column: "metadata", operator: "=", value, type: "stringObject", key },
    );
  }
  return filters;
}
