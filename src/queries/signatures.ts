import type { ValueType } from "./part.ts";

/** What a function takes. */
export interface Signature {
  /** of the arguments; the last is that of all further ones */
  types: readonly ValueType[];
  least: number;
  most: number;
  gives: ValueType;
}

const letters: Record<string, ValueType> = { v: "instant vector", r: "range vector", s: "scalar", t: "string" };

/**
 * Every function of Prometheus 2.42 to 3.x, behind a feature flag or not. `v` instant vector, `r` range, `s` scalar,
 * `t` string; `?` may be left out, `*` any number of them, `?9` up to nine. Gives an instant vector where nothing is said.
 * Source: promql/parser/functions.go of Prometheus.
 */
const table = `
v: abs absent ceil exp floor ln log10 log2 sgn sqrt
v: sort sort_desc timestamp histogram_avg histogram_count histogram_sum histogram_stddev histogram_stdvar start_timestamp
v?: days_in_month day_of_month day_of_week day_of_year hour minute month year
r: absent_over_time avg_over_time changes count_over_time delta deriv idelta increase irate last_over_time
r: first_over_time mad_over_time max_over_time min_over_time present_over_time rate resets stddev_over_time
r: stdvar_over_time sum_over_time ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time
v s s: clamp
v s: clamp_max clamp_min
v s?: round
v v?: info
s v: histogram_quantile
s s v: histogram_fraction
v t s s?9: histogram_quantiles
r s: predict_linear
s r: quantile_over_time
r s s: holt_winters double_exponential_smoothing
v t t t t: label_replace
v t t t*: label_join
v t*: sort_by_label sort_by_label_desc
s: vector
v = s: scalar
 = s: time pi start end range step
v: acos acosh asin asinh atan atanh cos cosh deg rad sin sinh tan tanh
`;

export const signatures: ReadonlyMap<string, Signature> = new Map(table.trim().split("\n").flatMap(readLine));

function readLine(line: string): [string, Signature][] {
  const [shape = "", names = ""] = line.split(":");
  const [takes = "", gives = "v"] = shape.split("=");
  const args = takes.split(" ").filter((arg) => arg !== "");
  const more = args.at(-1)?.slice(1) ?? "";
  const least = args.length - (more === "" ? 0 : 1);
  const most = more === "*" ? Infinity : more === "" ? least : least + Number(more.slice(1) || 1);
  const signature = { types: args.map((arg) => letters[arg[0]!]!), least, most, gives: letters[gives.trim()]! };
  return names
    .trim()
    .split(" ")
    .map((name) => [name, signature]);
}

/** What an aggregation takes before its vector. */
export const aggregations: ReadonlyMap<string, ValueType | undefined> = new Map([
  ...["sum", "avg", "min", "max", "count", "group", "stddev", "stdvar"].map((name) => [name, undefined] as const),
  ...["topk", "bottomk", "quantile", "limitk", "limit_ratio"].map((name) => [name, "scalar"] as const),
  ["count_values", "string"],
]);

/** For "did you mean". */
export const callable = [...signatures.keys(), ...aggregations.keys()];
