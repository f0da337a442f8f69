import type { Database } from "./callsBurst.ts";
import { outOfMemory } from "./callsFailure.ts";
import { idFields, selectPeriod } from "./callsPeriod.ts";
import type { Reading } from "./callsSql.ts";
import type { Consumer, Range } from "./source.ts";

const fields = {
  user: "user_id",
  tenant: "tenant",
  route: "route",
  model: "model",
  prompt_version: "prompt_version",
  trace: "trace_id",
} as const satisfies Record<Consumer["dimension"], string>;
const all = Object.keys(fields) as Consumer["dimension"][];

/**
 * Who uses most, for each dimension the greatest share first, `limit` of each. Of traces only those of several calls. Shares
 * are of the cost, of the tokens where no cost is recorded, of the calls where neither is.
 */
export async function readConsumers(
  db: Database,
  reading: Reading,
  range: Range,
): Promise<{ data: Consumer[]; warnings: string[] }> {
  try {
    return { data: await sum(db, reading, range, all), warnings: [] };
  } catch (thrown) {
    if (!outOfMemory(thrown)) throw thrown;
    const data = await sum(
      db,
      reading,
      range,
      all.filter((dimension) => dimension !== "trace"),
    );
    return { data, warnings: ["too many traces to rank them: ask for a shorter time"] };
  }
}

async function sum(
  db: Database,
  reading: Reading,
  range: Range,
  dimensions: readonly Consumer["dimension"][],
): Promise<Consumer[]> {
  const period = selectPeriod(reading, range, [
    ...idFields,
    "cost_usd",
    "prompt_version",
    "token_usage.prompt",
    "token_usage.completion",
    "token_usage.total",
    "w",
  ]);
  const columns = dimensions.map((dimension) => fields[dimension]);
  const sql = `
    WITH calls AS (SELECT *, coalesce(token_usage.total, coalesce(token_usage.prompt, 0) + coalesce(token_usage.completion, 0)) AS tokens
      FROM (${period.sql})),
    summed AS (SELECT CASE ${columns.map((column, i) => `WHEN grouping(${column}) = 0 THEN ${i}`).join(" ")} ELSE -1 END AS dimension,
      coalesce(${columns.join(", ")}, '') AS name,
      sum(w) AS calls, coalesce(sum(w * tokens), 0) AS tokens, coalesce(sum(w * cost_usd), 0) AS cost, count(*) AS records
      FROM calls GROUP BY GROUPING SETS (${columns.map((column) => `(${column})`).join(", ")}, ())),
    shared AS (SELECT summed.*, CASE WHEN whole.cost > 0 THEN summed.cost / whole.cost
        WHEN whole.tokens > 0 THEN summed.tokens / whole.tokens ELSE summed.calls / whole.calls END AS share
      FROM summed, (SELECT * FROM summed WHERE dimension = -1) AS whole)
    SELECT dimension, name, calls::DOUBLE, tokens::DOUBLE, cost::DOUBLE, share::DOUBLE FROM shared
    WHERE dimension >= 0 AND name <> '' AND (dimension <> ${dimensions.indexOf("trace")} OR records > 1)
    QUALIFY row_number() OVER (PARTITION BY dimension ORDER BY share DESC, calls DESC, name) <= $limit::BIGINT
    ORDER BY dimension, share DESC, calls DESC, name`;
  const rows = await db.run(sql, { ...period.bound, limit: Math.max(1, Math.floor(range.limit)) });
  return rows.map(([dimension, name, calls, tokens, cost, share]) => ({
    dimension: dimensions[Number(dimension)]!,
    name: String(name),
    calls: Number(calls),
    tokens: Number(tokens),
    cost: Number(cost),
    share: Number(share),
  }));
}
