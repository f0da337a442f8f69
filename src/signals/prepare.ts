import { formatDuration } from "../duration.ts";
import { didYouMean } from "../errors.ts";
import { quote } from "../queries/promql.ts";
import { rewrite } from "../queries/rewrite.ts";
import type { Matcher, Refused } from "../queries/edit.ts";
import type { Query } from "../timeline/query.ts";
import { dimensions, type Dimension, type Scope } from "../timeline/scope.ts";
import type { Stack } from "./stack.ts";

export interface Asking {
  scope: Scope;
  by?: Dimension;
  /** left out: the windows of the expression stay (PromQL only) */
  windowMs?: number;
  /** the source's own matchers, added to every selector */
  match?: Readonly<Record<string, string>>;
}

export type Prepared =
  /** `label`: what the resulting series call the dimension of `by` */
  | { query: Query; shown: string; label?: string }
  /** `missing`: the stack has nothing that computes it; else a narrowing or split that would give a wrong number */
  | { refused: string; missing?: true };

/** The query for a signal, narrowed to a scope, split and with its window; or, in a sentence, why there is none. */
export function prepare(stack: Stack, signal: string, asking: Asking): Prepared {
  const query = stack.queries.get(signal);
  if (query !== undefined) return prepareText(stack, query.text, asking, query.labels);
  if (stack.catalogue.has(signal))
    return { refused: `${signal} is not available on stack ${stack.name}`, missing: true };
  return { refused: `there is no signal ${signal}${didYouMean(signal, stack.catalogue.keys())}` };
}

/** As `prepare`, for an expression in the stack's language. `labels`: dimension → label of all its metrics. */
export function prepareText(
  stack: Stack,
  text: string,
  asking: Asking,
  labels?: Partial<Record<Dimension, string>>,
): Prepared {
  const { scope, by, windowMs, match } = asking;
  if (stack.language === "sql") {
    const query: Query = { sql: text, scope, windowMs: windowMs ?? 300_000, ...(by === undefined ? {} : { by }) };
    return { query, shown: saySql(query), ...(by === undefined ? {} : { label: by }) };
  }
  const asked = dimensions.filter((d) => scope[d] !== undefined);
  const labelOf = (metric: string | undefined, dimension: Dimension): string | Refused => {
    const label = labels?.[dimension] ?? (metric === undefined ? undefined : stack.label(metric, dimension));
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
  return { query: result, shown: result.promql, ...(splitBy === undefined ? {} : { label: splitBy }) };
}

function saySql({ sql, scope, by, windowMs }: Extract<Query, { sql: string }>): string {
  const where = dimensions.flatMap((d) => (scope[d] === undefined ? [] : [`${d} = ${quote(scope[d])}`]));
  const parts = [
    sql,
    ...(where.length === 0 ? [] : [`where ${where.join(" and ")}`]),
    ...(by === undefined ? [] : [`by ${by}`]),
  ];
  return `${parts.join(" ")} over ${formatDuration(windowMs)}`;
}
