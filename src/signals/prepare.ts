import { didYouMean } from "../errors.ts";
import type { LogLabel } from "../queries/logLabel.ts";
import { rewrite } from "../queries/rewrite.ts";
import type { Matcher, Refused } from "../queries/edit.ts";
import { metricNames } from "../queries/selector.ts";
import type { Language, Query } from "../timeline/query.ts";
import { dimensions, type Dimension, type Scope } from "../timeline/scope.ts";
import { prepareComputed, prepareSql } from "./prepareCounted.ts";
import { prepareLogs } from "./prepareLogs.ts";
import type { Stack } from "./stack.ts";

export interface Asking {
  scope: Scope;
  by?: Dimension;
  /** left out: the windows of the expression stay (PromQL only) */
  windowMs?: number;
  /** the source's own matchers, added to every selector */
  match?: Readonly<Record<string, string>>;
  /** where the lines of a log source have a dimension */
  labels?: { readonly [D in Dimension]?: LogLabel };
  /** what the source understands; left out: the stack's language */
  language?: Language;
  /** the signals that the source computes by itself, each with the dimensions it knows */
  computes?: ReadonlyMap<string, readonly Dimension[]>;
}

export type Prepared =
  /** `label`: what the resulting series call the dimension of `by`; `note`: what whoever reads the value should know */
  | { query: Query; shown: string; label?: string; note?: string }
  /** `missing`: the stack has nothing that computes it; else a narrowing or split that would give a wrong number */
  | { refused: string; missing?: true };

/** The query for a signal, narrowed to a scope, split and with its window; or, in a sentence, why there is none. */
export function prepare(stack: Stack, signal: string, asking: Asking): Prepared {
  const language = asking.language ?? stack.language;
  const query = stack.queries.get(signal);
  if (query?.language === language) {
    const prepared = prepareText(stack, query.text, asking, query.labels);
    if ("refused" in prepared) return prepared;
    const notes = [query.note, prepared.note].filter((note) => note !== undefined);
    return notes.length === 0 ? prepared : { ...prepared, note: notes.join("; ") };
  }
  if (language === "signal" && asking.computes?.has(signal) === true) return prepareText(stack, signal, asking);
  if (stack.catalogue.has(signal)) return { refused: sayMissing(stack, signal), missing: true };
  return { refused: `there is no signal ${signal}${didYouMean(signal, stack.catalogue.keys())}` };
}

/** Why a stack does not answer a signal, and what to look at instead. */
export function sayMissing(stack: Stack, signal: string): string {
  if (stack.name === "") return `${signal} is not available: the project names no stack`;
  const why = sayInstead(stack, signal);
  return `${signal} is not available on stack ${stack.name}${why === undefined ? "" : `; ${why}`}`;
}

/** What the stack, else the catalogue says of a signal that the stack does not have. */
export function sayInstead({ without, catalogue }: Stack, signal: string): string | undefined {
  const instead = catalogue.get(signal)?.instead;
  return without.get(signal) ?? (instead === undefined ? undefined : `instead: ${instead}`);
}

/** As `prepare`, for an expression in the language of the source. `labels`: dimension → label of all its metrics. */
export function prepareText(
  stack: Stack,
  text: string,
  asking: Asking,
  labels: Partial<Record<Dimension, string>> = {},
): Prepared {
  const language = asking.language ?? stack.language;
  switch (language) {
    case "promql":
      return preparePromql(stack, text, asking, labels);
    case "sql":
      return prepareSql(text, asking);
    case "signal":
      return prepareComputed(text, asking);
    case "logql":
    case "logsql":
      return prepareLogs(language, text, asking);
  }
}

function preparePromql(
  stack: Stack,
  text: string,
  { scope, by, windowMs, match }: Asking,
  labels: Partial<Record<Dimension, string>>,
): Prepared {
  const asked = dimensions.filter((d) => scope[d] !== undefined);
  const labelOf = (metric: string | undefined, dimension: Dimension): string | Refused => {
    const label = labels[dimension] ?? (metric === undefined ? undefined : stack.label(metric, dimension));
    return (
      label ?? { refused: `${metric ?? "an unnamed metric"} has no label for ${dimension} on stack ${stack.name}` }
    );
  };
  let splitBy: string | undefined;
  const result = rewrite(text, {
    ...(match === undefined ? {} : { match }),
    ...(windowMs === undefined ? {} : { windowMs }),
    ...(asked.length === 0
      ? {}
      : {
          filters: (metric) => {
            const matchers: Matcher[] = [];
            for (const dimension of asked) {
              const label = labelOf(metric, dimension);
              if (typeof label !== "string")
                return { refused: `cannot be narrowed to ${dimension} ${scope[dimension]}: ${label.refused}` };
              matchers.push({ label, value: scope[dimension]! });
            }
            return matchers;
          },
        }),
    ...(by === undefined
      ? {}
      : {
          by: (metric) => {
            const label = labelOf(metric, by);
            if (typeof label !== "string") return { refused: `cannot be split by ${by}: ${label.refused}` };
            return (splitBy = label);
          },
        }),
  });
  if ("refused" in result) return result;
  const shared =
    match === undefined ? metricNames(text).find((name) => stack.common.some((it) => name.startsWith(it))) : undefined;
  return {
    query: result,
    shown: result.promql,
    ...(splitBy === undefined ? {} : { label: splitBy }),
    ...(shared === undefined ? {} : { note: `other applications may count ${shared} too: give the source a match` }),
  };
}
