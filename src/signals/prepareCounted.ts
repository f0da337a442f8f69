import { formatDuration } from "../duration.ts";
import { didYouMean } from "../errors.ts";
import { quote } from "../queries/quote.ts";
import type { Query } from "../timeline/query.ts";
import { dimensions } from "../timeline/scope.ts";
import type { Asking, Prepared } from "./prepare.ts";

/** An SQL aggregate expression over call records. */
export function prepareSql(sql: string, asking: Asking): Prepared {
  return counted({ sql, ...within(asking) });
}

/** `signal` as the source calls it. */
export function prepareComputed(signal: string, asking: Asking): Prepared {
  const known = asking.computes?.get(signal);
  if (known === undefined) {
    const others = didYouMean(signal, asking.computes?.keys() ?? []);
    return { refused: `the source does not compute ${signal}${others}`, missing: true };
  }
  const { scope, by } = asking;
  const unknown = dimensions.find((d) => scope[d] !== undefined && !known.includes(d));
  if (unknown !== undefined)
    return {
      refused: `cannot be narrowed to ${unknown} ${scope[unknown]}: the source computes it for all of them at once`,
    };
  if (by !== undefined && !known.includes(by))
    return { refused: `cannot be split by ${by}: the source computes it for all of them at once` };
  return counted({ signal, ...within(asking) });
}

type Counted = Extract<Query, { windowMs: number }>;

function within({ scope, by, windowMs = 300_000 }: Asking): Pick<Counted, "scope" | "by" | "windowMs"> {
  return { scope, windowMs, ...(by === undefined ? {} : { by }) };
}

/** A query that its source narrows and splits itself. */
function counted(query: Counted): Prepared {
  const { scope, by, windowMs } = query;
  const where = dimensions.flatMap((d) => (scope[d] === undefined ? [] : [`${d} = ${quote(scope[d])}`]));
  const parts = [
    "sql" in query ? query.sql : query.signal,
    ...(where.length === 0 ? [] : [`where ${where.join(" and ")}`]),
    ...(by === undefined ? [] : [`by ${by}`]),
  ];
  const shown = `${parts.join(" ")} over ${formatDuration(windowMs)}`;
  return { query, shown, ...(by === undefined ? {} : { label: by }) };
}
