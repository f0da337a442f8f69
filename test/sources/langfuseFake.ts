import type { FakeAnswer, Routes } from "../fake/world.ts";

/** An observation as `GET /api/public/v2/observations` gives it. Latencies in s, as there. */
export interface FakeObservation {
  id: string;
  at: number;
  type?: string;
  level?: string;
  statusMessage?: string | null;
  traceId?: string;
  traceName?: string;
  userId?: string;
  providedModelName?: string;
  environment?: string;
  promptName?: string;
  promptVersion?: number;
  latency?: number;
  timeToFirstToken?: number;
  totalCost?: number;
  usageDetails?: { input: number; output: number };
  metadata?: Record<string, string>;
  input?: unknown;
  output?: unknown;
}

export interface FakeScore {
  at: number;
  name: string;
  value: number | string | boolean;
  traceId?: string;
  traceName?: string;
  observationModelName?: string;
}

type Row = Record<string, unknown>;
interface Condition {
  type: string;
  column: string;
  operator: string;
  value: unknown;
  key?: string;
}

const columns: Record<string, string[]> = {
  observations:
    "type level name environment traceName providedModelName promptName promptVersion userId traceId metadata".split(
      " ",
    ),
  "scores-numeric": "name value environment traceName observationModelName userId".split(" "),
  "scores-boolean": "name environment traceName observationModelName userId".split(" "),
  "scores-categorical": "name stringValue environment traceName observationModelName userId".split(" "),
};
const listed = "id type level traceId startTime environment traceName providedModelName userId metadata".split(" ");

/**
 * A Langfuse in memory, built from its documented API (metrics v2, observations v2, scores v2): what that refuses, this
 * refuses. Not a recording: nobody here ran a live one.
 */
export function fakeLangfuse(observations: FakeObservation[], scores: FakeScore[], version = "4.16.0") {
  const requests: { path: string; form: URLSearchParams }[] = [];
  const bad = (message: string): FakeAnswer => ({
    status: 400,
    body: JSON.stringify({ message, error: "InvalidRequestError" }),
  });
  const json = (body: unknown): FakeAnswer => ({ body: JSON.stringify(body) });

  const rows: Row[] = observations.map(({ at, ...rest }) => ({
    type: "GENERATION",
    level: "DEFAULT",
    environment: "default",
    ...rest,
    at,
    startTime: new Date(at).toISOString(),
  }));

  function metrics(form: URLSearchParams, path: string): FakeAnswer {
    const query = JSON.parse(form.get("query")!) as {
      view: string;
      dimensions: { field: string }[];
      metrics: { measure: string; aggregation: string }[];
      filters: Condition[];
      timeDimension?: { granularity: string };
      fromTimestamp: string;
      toTimestamp: string;
      config: { row_limit: number };
    };
    const known = columns[query.view];
    if (known === undefined || (query.view === "scores-boolean" && path.includes("/public/metrics")))
      return bad(`Invalid view ${query.view}`);
    if (query.config.row_limit > 1000) return bad("row_limit too large");
    for (const { field } of query.dimensions) {
      if (!known.includes(field) || field === "metadata") return bad(`Invalid dimension ${field}`);
      if (["userId", "traceId"].includes(field)) return bad(`High cardinality dimension(s) '${field}'`);
    }
    const wrong = query.filters.find(({ column }) => !known.includes(column));
    if (wrong !== undefined) return bad(`Invalid filter column ${wrong.column}`);
    const all =
      query.view === "observations"
        ? rows
        : scores
            .filter((score) => kindOf(score) === query.view)
            .map((score): Row => ({ ...score, stringValue: score.value, value: Number(score.value) }));
    const [from, to] = [Date.parse(query.fromTimestamp), Date.parse(query.toTimestamp)];
    const fitting = all.filter(
      (row) =>
        (row["at"] as number) >= from &&
        (row["at"] as number) <= to &&
        query.filters.every((filter) => fits(row, filter)),
    );
    const groups = new Map<string, Row[]>();
    const length = { minute: 60_000, hour: 3_600_000 }[query.timeDimension?.granularity ?? ""];
    for (const row of fitting) {
      const key = JSON.stringify([
        query.dimensions.map(({ field }) => row[field] ?? null),
        length === undefined ? null : Math.floor((row["at"] as number) / length) * length,
      ]);
      groups.set(key, [...(groups.get(key) ?? []), row]);
    }
    // without anything to group by there is one row, also of nothing
    if (groups.size === 0 && query.dimensions.length === 0 && length === undefined) groups.set("[[],null]", []);
    const data = [...groups].map(([key, members]) => {
      const [names, time] = JSON.parse(key) as [unknown[], number | null];
      return {
        ...Object.fromEntries(query.dimensions.map(({ field }, i) => [field, names[i]])),
        ...(time === null ? {} : { time_dimension: new Date(time).toISOString().replace("T", " ").slice(0, 19) }),
        ...Object.fromEntries(
          query.metrics.map(({ measure, aggregation }) => [
            `${aggregation}_${measure}`,
            aggregate(members, measure, aggregation),
          ]),
        ),
      };
    });
    return json({ data: data.slice(0, query.config.row_limit) });
  }

  function list(form: URLSearchParams): FakeAnswer {
    const limit = Number(form.get("limit"));
    if (limit > 1000) return bad("limit too large");
    const filters = JSON.parse(form.get("filter") ?? "[]") as Condition[];
    const wrong = filters.find(({ column }) => !listed.includes(column));
    if (wrong !== undefined) return bad(`Invalid filter column ${wrong.column}`);
    const fitting = rows
      .filter((row) => filters.every((filter) => fits(row, filter)))
      .toSorted((a, b) => Number(b["at"]) - Number(a["at"]));
    const start = Number(form.get("cursor") ?? "0");
    const io = form.get("fields")!.split(",").includes("io");
    const data = fitting
      .slice(start, start + limit)
      .map(({ input, output, ...row }) => (io ? { ...row, input, output } : row));
    const more = start + limit < fitting.length;
    return json({ data, meta: more ? { cursor: String(start + limit) } : {} });
  }

  function scored(form: URLSearchParams): FakeAnswer {
    if (Number(form.get("limit")) > 100) return bad("limit too large");
    const [from, to, value] = [
      Date.parse(form.get("fromTimestamp")!),
      Date.parse(form.get("toTimestamp")!),
      Number(form.get("value")),
    ];
    const data = scores.filter(
      (score) =>
        score.name === form.get("name") &&
        score.at >= from &&
        score.at < to &&
        (form.get("operator") === "<" ? Number(score.value) < value : Number(score.value) > value),
    );
    return json({ data, meta: {} });
  }

  const routes: Routes = ({ method, url, headers }) => {
    const { pathname, searchParams } = new URL(url);
    requests.push({ path: pathname, form: searchParams });
    if (method !== "GET") return { status: 405 };
    if (pathname === "/api/public/health") return json({ status: "OK", version });
    if (headers?.["authorization"] !== `Basic ${Buffer.from("pk-lf-1:sk-lf-secret").toString("base64")}`)
      return { status: 401 };
    const old = !version.startsWith("4.");
    if (pathname === "/api/public/v2/metrics" && !old) return metrics(searchParams, pathname);
    if (pathname === "/api/public/metrics") return metrics(searchParams, pathname);
    if (pathname === "/api/public/v2/observations" && !old) return list(searchParams);
    if (pathname === "/api/public/v2/scores") return scored(searchParams);
    return { status: 404, body: '{"message":"not found"}' };
  };
  return { routes, requests };
}

function kindOf({ value }: FakeScore): string {
  return typeof value === "number"
    ? "scores-numeric"
    : typeof value === "boolean"
      ? "scores-boolean"
      : "scores-categorical";
}

function fits(row: Row, { column, operator, value, key, type }: Condition): boolean {
  const is = column === "metadata" ? (row["metadata"] as Row | undefined)?.[key!] : row[column];
  const [a, b] =
    type === "datetime" ? [Date.parse(String(is)), Date.parse(String(value))] : [is as number, value as number];
  switch (operator) {
    case "=":
      return is === value;
    case "<":
      return a < b;
    case ">":
      return a > b;
    case "<=":
      return a <= b;
    case "any of":
      return (value as unknown[]).includes(is);
    default:
      throw new Error(`operator ${operator} is not known here`);
  }
}

/** ClickHouse gives whole numbers as texts, and null for a percentile of nothing. */
function aggregate(rows: Row[], measure: string, aggregation: string): unknown {
  if (measure === "count") return String(rows.length);
  const values = rows.flatMap((row) => {
    const usage = row["usageDetails"] as { input: number; output: number } | undefined;
    const value =
      {
        inputTokens: usage?.input,
        outputTokens: usage?.output,
        latency: ms(row["latency"]),
        timeToFirstToken: ms(row["timeToFirstToken"]),
      }[measure] ?? row[measure];
    return typeof value === "number" ? [value] : [];
  });
  const sum = values.reduce((a, b) => a + b, 0);
  if (aggregation === "sum") return measure.endsWith("Tokens") ? String(sum) : sum;
  if (values.length === 0) return null;
  if (aggregation === "avg") return sum / values.length;
  const place = (values.length - 1) * (Number(aggregation.slice(1)) / 100);
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(place)]! + (sorted[Math.ceil(place)]! - sorted[Math.floor(place)]!) * (place % 1);
}

function ms(seconds: unknown): number | undefined {
  return typeof seconds === "number" ? seconds * 1000 : undefined;
}
