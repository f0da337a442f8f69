import type { Connection } from "./connection.ts";
import { readExchange, type Api } from "./exchange.ts";
import type { Json } from "./httpAnswer.ts";
import { readNumber, readTime, valueAt } from "./httpNumber.ts";
import { isRecord } from "./json.ts";
import { metrics, type Figures, type Filter, type View } from "./langfuseSignals.ts";
import type { Answer } from "./source.ts";

export interface Question {
  view: View;
  filters: readonly Filter[];
  /** group by this field */
  field?: string | undefined;
  from: number;
  to: number;
  /** in buckets of this length; left out: in one */
  bucket?: "minute" | "hour" | undefined;
}

export interface Row {
  /** value of the field that was grouped by, "" without one */
  name: string;
  /** start of the bucket; without buckets that of the question */
  at: number;
  figures: Figures;
}

/** more are not answered, whatever is asked */
const mostRows = 1000;
const longest = 4 << 20;

export type AskMetrics = (question: Question) => Promise<Answer<Row[]>>;

/**
 * The metrics API: version 2, where a server does not have it version 1, which takes the same questions. Who asks the same
 * while the answer is on its way shares it: a whole burst of signals is one or two requests, of which few a day are free.
 */
export function openMetrics(connection: Connection, api: Api<Json>): AskMetrics {
  const underWay = new Map<string, Promise<Answer<Row[]>>>();
  let path = "/api/public/v2/metrics";

  async function ask(question: Question): Promise<Answer<Row[]>> {
    const form = { query: JSON.stringify(queryOf(question)) };
    let result = await connection.ask({ method: "GET", path, form, maxBytes: longest });
    if ("status" in result && result.status === 404 && path.includes("/v2/")) {
      path = "/api/public/metrics";
      result = await connection.ask({ method: "GET", path, form, maxBytes: longest });
    }
    const read = readExchange(result, api);
    if ("error" in read) return { error: read.error, ms: result.ms };
    const list = valueAt(read.json, "/data");
    if (!Array.isArray(list)) return { error: `${api.base.host} answered no list of metrics`, ms: result.ms };
    const rows = list.flatMap((row) => readRow(row, question) ?? []);
    const warnings = [
      ...(list.length >= mostRows ? [`only ${mostRows} rows were answered, there may be more`] : []),
      ...(rows.length < list.length ? [`${list.length - rows.length} rows could not be read`] : []),
    ];
    // filled in by the server where there was nothing
    return { data: rows.filter(({ figures }) => figures.get("count_count") !== 0), warnings, ms: result.ms };
  }

  return (question) => {
    const key = JSON.stringify(question);
    const known = underWay.get(key);
    if (known !== undefined) return known;
    const asked = ask(question).finally(() => underWay.delete(key));
    underWay.set(key, asked);
    return asked;
  };
}

function queryOf({ view, filters, field, from, to, bucket }: Question): object {
  return {
    view,
    dimensions: field === undefined ? [] : [{ field }],
    metrics: metrics[view].map(([measure, aggregation]) => ({ measure, aggregation })),
    filters,
    ...(bucket === undefined ? {} : { timeDimension: { granularity: bucket } }),
    fromTimestamp: new Date(from).toISOString(),
    toTimestamp: new Date(to).toISOString(),
    ...(bucket === undefined ? {} : { orderBy: [{ field: "time_dimension", direction: "asc" }] }),
    config: { row_limit: mostRows },
  };
}

/** Numbers may come as texts; what is null is not known. */
function readRow(row: unknown, { view, field, from, bucket }: Question): Row | undefined {
  if (!isRecord(row)) return undefined;
  const at = bucket === undefined ? from : readTime(row["time_dimension"]);
  if (at === undefined) return undefined;
  const figures = new Map<string, number>();
  for (const [measure, aggregation] of metrics[view]) {
    const name = `${aggregation}_${measure}`;
    const value = readNumber(row[name] ?? null);
    if (value === undefined) return undefined;
    if (value !== null) figures.set(name, value);
  }
  const name = field === undefined ? "" : (row[field] ?? "");
  if (typeof name !== "string" && typeof name !== "number") return undefined;
  return figures.has("count_count") ? { name: String(name), at, figures } : undefined;
}

/** Several buckets as one: sums add up, averages and percentiles are averages by how many are in a bucket. */
export function together(rows: readonly Figures[]): Figures {
  const names = new Set(rows.flatMap((figures) => [...figures.keys()]));
  const out = new Map<string, number>();
  for (const name of names) {
    const known = rows.filter((figures) => figures.has(name));
    const additive = name === "count_count" || name.startsWith("sum_");
    const weight = (figures: Figures) => (additive ? 1 : figures.get("count_count")!);
    const sum = known.reduce((all, figures) => all + figures.get(name)! * weight(figures), 0);
    out.set(name, additive ? sum : sum / known.reduce((all, figures) => all + weight(figures), 0));
  }
  return out;
}
