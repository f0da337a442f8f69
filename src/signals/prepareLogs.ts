import { filtersOf, unspelt } from "../queries/logLabel.ts";
import { rewriteLogql } from "../queries/logqlRewrite.ts";
import { rewriteLogsql } from "../queries/logsql.ts";
import type { Asking, Prepared } from "./prepare.ts";

/** An expression over log lines, narrowed and split where the labels of the source say how the lines spell a dimension. */
export function prepareLogs(
  language: "logql" | "logsql",
  text: string,
  { scope, by, windowMs, labels = {} }: Asking,
): Prepared {
  const filters = filtersOf(labels, scope);
  if ("refused" in filters) return filters;
  const how = { filters, ...(windowMs === undefined ? {} : { windowMs }) };
  const label = by === undefined ? undefined : labels[by];
  if (by !== undefined && label === undefined) return { refused: `cannot be split by ${by}: ${unspelt(by)}` };
  if (language === "logql") {
    const made = rewriteLogql(text, label === undefined ? how : { ...how, by: label });
    if ("refused" in made) return made;
    return { query: made, shown: made.logql, ...(label === undefined ? {} : { label: label.label }) };
  }
  if (by !== undefined)
    return { refused: `cannot be split by ${by}: write "by (${label!.label})" into the stats of the expression` };
  const made = rewriteLogsql(text, how);
  return "refused" in made ? made : { query: made, shown: made.logsql };
}
