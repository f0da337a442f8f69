import type { Connection } from "./connection.ts";
import { readExchange, type Api } from "./exchange.ts";
import type { Json } from "./httpAnswer.ts";
import { readTime, valueAt } from "./httpNumber.ts";
import { isRecord } from "./json.ts";
import { callOf, draw, pickText, scopeOf, type Observation } from "./langfuseObservation.ts";
import { mostOnPage, openPages } from "./langfusePages.ts";
import type { LangfuseSettings } from "./langfuseSchema.ts";
import { filtersOf, partOf, type Filter } from "./langfuseSignals.ts";
import type { Answer, Call, CallRule, Line, Range } from "./source.ts";

/** So many pages are looked at for the dearest and slowest: the API does not sort. */
const mostPages = 3;
/** A random draw is made from this many parts of the time. */
const parts = 5;

/** Reads single calls off the observations API (version 2). */
export function openCalls(connection: Connection, api: Api<Json>, { dimensions: fields, scores }: LangfuseSettings) {
  const groups = ["core", "basic", "model", "usage", "prompt", "metrics", "trace_context"];
  if (Object.values(fields).some((field) => field.startsWith("metadata."))) groups.push("metadata");
  const { page, newest } = openPages(connection, api, groups);

  const inside = (from: number, to: number): Filter[] => [
    { type: "datetime", column: "startTime", operator: ">", value: new Date(from).toISOString() },
    { type: "datetime", column: "startTime", operator: "<=", value: new Date(to).toISOString() },
  ];
  const failed: Filter = { type: "string", column: "level", operator: "=", value: "ERROR" };
  const generation: Filter = { type: "string", column: "type", operator: "=", value: "GENERATION" };

  /** The traces that a score with a limit speaks against. */
  async function flagged({ from, to }: Range): Promise<Answer<string[]>> {
    const bad = Object.values(scores).flatMap((score) => {
      const part = partOf(score);
      return part === undefined ? [] : [{ name: score.score, operator: part.operator, value: String(part.value) }];
    });
    if (bad.length === 0)
      return { error: "no score of this source says which calls are bad: give one a limit (below, above)", ms: 0 };
    const times = { fromTimestamp: new Date(from).toISOString(), toTimestamp: new Date(to).toISOString() };
    const answers = await Promise.all(
      bad.map(async (score) => {
        const form = { ...score, ...times, limit: "100", fields: "score" };
        const result = await connection.ask({ method: "GET", path: "/api/public/v2/scores", form, maxBytes: 4 << 20 });
        return { read: readExchange(result, api), ms: result.ms };
      }),
    );
    const ms = Math.max(...answers.map((answer) => answer.ms));
    const traces = new Set<string>();
    for (const { read } of answers) {
      if ("error" in read) return { error: read.error, ms };
      const list = valueAt(read.json, "/data");
      for (const score of Array.isArray(list) ? (list as unknown[]) : [])
        if (isRecord(score) && typeof score["traceId"] === "string") traces.add(score["traceId"]);
    }
    return { data: [...traces], warnings: [], ms };
  }

  async function candidates(of: CallRule, range: Range, filters: Filter[]): Promise<Answer<Observation[]>> {
    const { from, to, limit } = range;
    const period = [...filters, generation, ...inside(from, to)];
    if (of === "failed") {
      const answer = await newest([...period, failed], limit);
      return "error" in answer ? answer : { ...answer, warnings: [] };
    }
    if (of === "flagged") {
      const traces = await flagged(range);
      if ("error" in traces || traces.data.length === 0) return "error" in traces ? traces : { ...traces, data: [] };
      const these: Filter = {
        type: "stringOptions",
        column: "traceId",
        operator: "any of",
        value: traces.data.slice(0, 100),
      };
      return newest([...period, these], limit);
    }
    if (of !== "random") return newest(period, mostPages * mostOnPage);
    const length = (to - from) / parts;
    const drawn = await Promise.all(
      Array.from({ length: parts }, (_, i) =>
        newest([...filters, generation, ...inside(from + i * length, from + (i + 1) * length)], 200),
      ),
    );
    const wrong = drawn.find((answer) => "error" in answer);
    if (wrong !== undefined) return wrong;
    const each = drawn.map((answer) => ("data" in answer ? answer.data.toSorted((a, b) => draw(a) - draw(b)) : []));
    const rows = Array.from({ length: limit }, (_, i) =>
      each.flatMap((part) => (part[i] === undefined ? [] : [part[i]])),
    ).flat();
    return { data: rows, warnings: [], ms: Math.max(...drawn.map(({ ms }) => ms)) };
  }

  /** First which calls, then the texts of those: nobody needs a thousand conversations. */
  async function calls(of: CallRule, range: Range): Promise<Answer<Call[]>> {
    const filters = filtersOf(range.scope, "observations", fields);
    if ("error" in filters) return { error: filters.error, ms: 0 };
    const found = await candidates(of, range, filters);
    if ("error" in found) return found;
    const by = { expensive: "totalCost", slow: "latency" }[of as string];
    const known = by === undefined ? found.data : found.data.filter((row) => typeof row[by] === "number");
    const picked = (by === undefined ? known : known.toSorted((a, b) => Number(b[by]) - Number(a[by]))).slice(
      0,
      range.limit,
    );
    if (picked.length === 0) return { data: [], warnings: found.warnings, ms: found.ms };
    const these: Filter = {
      type: "stringOptions",
      column: "id",
      operator: "any of",
      value: picked.map((row) => row["id"]),
    };
    const texts = await page([these, ...inside(range.from, range.to)], picked.length, { fields: "core,io" });
    const byId = new Map("data" in texts ? texts.data.rows.map((row) => [row["id"], row]) : []);
    return {
      data: picked.map((row) => callOf({ ...row, ...pickText(byId.get(row["id"])) }, fields)),
      warnings: [...found.warnings, ...("error" in texts ? [`the texts could not be read: ${texts.error}`] : [])],
      ms: found.ms + texts.ms,
    };
  }

  async function errors(range: Range): Promise<Answer<Line[]>> {
    const filters = filtersOf(range.scope, "observations", fields);
    if ("error" in filters) return { error: filters.error, ms: 0 };
    const found = await newest([...filters, failed, ...inside(range.from, range.to)], range.limit);
    if ("error" in found) return found;
    const data = found.data.map((row): Line => {
      const message = row["statusMessage"];
      const text = typeof message === "string" && message !== "" ? message : "failed, and no error is recorded";
      return { at: readTime(row["startTime"])!, text, labels: { call: String(row["id"]), ...scopeOf(row, fields) } };
    });
    return { ...found, data };
  }

  return { calls, errors };
}
