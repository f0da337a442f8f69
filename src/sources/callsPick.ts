import type { Database } from "./callsBurst.ts";
import {
  dimensionFields,
  errorReading,
  failedIf,
  idFields,
  readError,
  sayError,
  scopeOf,
  selectPeriod,
} from "./callsPeriod.ts";
import type { Bound, Reading } from "./callsSql.ts";
import type { Call, CallRule, Range } from "./source.ts";

/** More of one text nobody reads; it also bounds the memory. */
const longestText = 20_000;

/**
 * How a rule picks: which calls at all, groups that each give some, and in a group the greatest key first. Random is a draw
 * by the call's id, the same each time, in which a record counts as often as it stands for calls; from equal parts of the time.
 */
const rules: Record<CallRule, { where: string; group: string; key: string }> = {
  failed: { where: "failed", group: "kind", key: "t" },
  flagged: {
    where: "flagged OR status = 'flagged' OR finish_reason = 'content_filter'",
    group: "finish_reason",
    key: "t",
  },
  expensive: {
    where: "cost_usd > 0 OR (cost_usd IS NULL AND tokens > 0)",
    group: "''",
    key: "struct_pack(cost := coalesce(cost_usd, 0), tokens := coalesce(tokens, 0))",
  },
  slow: { where: "latency_ms IS NOT NULL AND status IS DISTINCT FROM 'refused'", group: "''", key: "latency_ms" },
  random: {
    where: "true",
    group: "(t - $after0::BIGINT - 1) * $limit::BIGINT // ($until0::BIGINT - $after0::BIGINT)",
    key: "ln((hash(id)::DOUBLE + 1) / 18446744073709551617.0) / w",
  },
};

const told = [
  "t::DOUBLE AS t",
  "id",
  "trace_id",
  ...dimensionFields,
  "status",
  "finish_reason",
  "latency_ms",
  "token_usage.prompt AS tokens_in",
  "token_usage.completion AS tokens_out",
  "cost_usd",
  "prompt_version",
  "model_reported",
  `left(prompt_snapshot, ${longestText}) AS prompt`,
  `left(response_snapshot, ${longestText}) AS response`,
];

/** At most `limit` calls, the most telling first: of each group one, then of each a second. */
export async function pickCalls(
  db: Database,
  given: Reading,
  rule: CallRule,
  range: Range,
): Promise<{ data: Call[]; warnings: string[] }> {
  const { reading, fields, whole } = errorReading(given);
  const period = selectPeriod(reading, range, [
    ...idFields,
    ...fields,
    ...(["status", "finish_reason", "flagged", "latency_ms", "cost_usd", "prompt_version", "model_reported"] as const),
    ...(["token_usage.prompt", "token_usage.completion", "token_usage.total"] as const),
    ...(["prompt_snapshot", "response_snapshot", "w"] as const),
  ]);
  const { where, group, key } = rules[rule];
  const kind = whole
    ? `coalesce(regexp_extract(error.message, '"type"\\s*:\\s*"([^"]*)"', 1), '')`
    : "coalesce(error.type, '')";
  const texts = whole
    ? ["NULL::VARCHAR AS kind_told", "left(error.message, 4000) AS message", "NULL::DOUBLE AS http"]
    : ["error.type AS kind_told", "left(error.message, 4000) AS message", "error.http_status AS http"];
  const row = `struct_pack(${[...told, ...texts].map((column) => named(column)).join(", ")})`;
  const sql = `
    WITH calls AS (${period.sql}),
    more AS (SELECT *, ${failedIf(whole)} AS failed, ${kind} AS kind,
      coalesce(token_usage.total, token_usage.prompt + token_usage.completion) AS tokens FROM calls),
    lists AS (SELECT max_by(struct_pack(c := ${row}), struct_pack(k := ${key}, t := t, id := id), $limit::BIGINT) AS list
      FROM more WHERE ${where} GROUP BY ${group}),
    picked AS (SELECT unnest(list) AS one, generate_subscripts(list, 1) AS rank FROM lists)
    SELECT unnest(one.c) FROM picked ORDER BY rank, ${order[rule]}, one.c.t DESC, one.c.id LIMIT $limit::BIGINT`;
  const bound: Bound = { ...period.bound, limit: Math.max(1, Math.floor(range.limit)) };
  return { data: (await db.run(sql, bound)).map((values) => callOf(values, whole)), warnings: [] };
}

const order: Record<CallRule, string> = {
  failed: "one.c.kind_told",
  flagged: "one.c.finish_reason",
  expensive: "one.c.cost_usd DESC NULLS LAST",
  slow: "one.c.latency_ms DESC",
  random: "hash(one.c.id)",
};

/** "a.b AS c" → "c := a.b" */
function named(column: string): string {
  const [, value, name] = /^(.*) AS (\w+)$/.exec(column) ?? [];
  return name === undefined ? `${column} := ${column}` : `${name} := ${value!}`;
}

function callOf(values: readonly unknown[], whole: boolean): Call {
  const [at, id, trace, ...rest] = values;
  const scope = scopeOf(rest.slice(0, dimensionFields.length));
  const [
    status,
    finish,
    latencyMs,
    tokensIn,
    tokensOut,
    costUsd,
    promptVersion,
    modelReported,
    prompt,
    response,
    kind,
    message,
    http,
  ] = rest.slice(dimensionFields.length);
  const error = whole ? readError(message as string | null) : sayError(kind, message, http);
  const known = {
    trace,
    status,
    error,
    finish,
    latencyMs,
    tokensIn,
    tokensOut,
    costUsd,
    promptVersion,
    modelReported,
    prompt,
    response,
  };
  const present = Object.fromEntries(
    Object.entries(known).filter(([, value]) => value !== null && value !== undefined),
  );
  return { id: String(id), at: Number(at), scope, ...present };
}
