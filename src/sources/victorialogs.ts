import { z } from "zod";
import { formatDuration } from "../duration.ts";
import { filtersOf } from "../queries/logLabel.ts";
import { hasStats, rewriteLogsql } from "../queries/logsql.ts";
import type { World } from "../world/world.ts";
import { readPromAnswer, type PromAnswer } from "./answer.ts";
import { connectionShape, hasCredentials, openConnection } from "./connection.ts";
import { readExchange, type Api } from "./exchange.ts";
import { fieldsSchema } from "./logLabels.ts";
import { longestLines, newestLines, sayNewest } from "./newest.ts";
import type { Query, Range, Source, SourceKind } from "./source.ts";
import { iso, openFigures } from "./victorialogsFigures.ts";
import { readJsonLines, victorialogsComplaint } from "./victorialogsWords.ts";

const uint32 = z.number().int().min(0).max(4_294_967_295).default(0);

const settings = z.strictObject({
  ...connectionShape,
  /** sent as AccountID and ProjectID */
  tenant: z.strictObject({ account: uint32, project: uint32 }).optional(),
  labels: fieldsSchema.default({}),
  /** selects the lines that are errors; `format … as _msg` says what of them is read */
  errors: z.string().superRefine(checkErrors).optional(),
});
type Settings = z.infer<typeof settings>;

export const victorialogs: SourceKind<Settings> = {
  kind: "victorialogs",
  language: "logsql",
  summary: "VictoriaLogs: figures counted from log lines, and the newest errors",
  schema: settings,
  example:
    'url: "http://127.0.0.1:9428"\ntenant: { account: 0, project: 7 }\nlabels: { env: env, route: route, model: model }\n' +
    'errors: \'{app="llm-gateway"} status:="error" | format "<error.type>: <error.message>" as _msg\'\n',
  open,
};

const longest = 4 << 20;
const hourMs = 3_600_000;

function open(set: Settings, world: World, folder: string): Source {
  const connection = openConnection(set, tenantOf(set), world, folder);
  const figures: Api<PromAnswer> = {
    base: connection.base,
    credentials: hasCredentials(set),
    tenant: set.tenant === undefined ? undefined : `${set.tenant.account}:${set.tenant.project}`,
    paths: "/select/logsql is added to it",
    read: readPromAnswer,
    complaint: victorialogsComplaint,
  };
  const lines = { ...figures, read: readJsonLines };

  function post(path: string, form: Record<string, string>, maxBytes = longest) {
    return connection.ask({
      method: "POST",
      path: `/select/logsql${path}`,
      form: { ...form, timeout: formatDuration(set.deadline) },
      maxBytes,
      // a query that took too long once would only take as long again
      isFinal: (answer) => answer.startsWith("the request couldn't be executed in"),
    });
  }

  const { instant, range } = openFigures(figures, post);

  async function errors(selector: string, { scope, from, to, limit }: Range) {
    const filters = filtersOf(set.labels, scope);
    const narrowed = "refused" in filters ? filters : rewriteLogsql(selector, { filters });
    if ("refused" in narrowed) return { error: narrowed.refused, ms: 0 };
    return newestLines(limit, async (wanted) => {
      const query = `${narrowed.logsql} | sort by (_time desc) limit ${wanted}`;
      const result = await post("/query", { query, start: iso(from), end: iso(to) }, longestLines);
      const read = readExchange(result, lines);
      return { result, read: "error" in read ? read : { data: read.lines, warnings: read.warnings } };
    });
  }

  return {
    kind: "victorialogs",
    labels: set.labels,
    async instant(query, at) {
      const logsql = statsOf(query);
      return typeof logsql === "string" ? instant(logsql, at) : logsql;
    },
    async range(query, from, to, resolution) {
      const logsql = statsOf(query);
      return typeof logsql === "string" ? range(logsql, from, to, resolution) : logsql;
    },
    ...(set.errors === undefined ? {} : { errors: errors.bind(undefined, set.errors) }),
    async check() {
      const now = world.clock.now();
      const result = await post("/query", { query: "*", start: iso(now - hourMs), end: iso(now), limit: "1" });
      const read = readExchange(result, lines);
      if ("error" in read) return { ok: false, say: read.error, ms: result.ms };
      return { ok: true, say: sayNewest(result.ms, read.lines[0]?.at, now), ms: result.ms };
    },
    async close() {},
  };
}

function tenantOf({ tenant }: Settings): Record<string, string> {
  return tenant === undefined ? {} : { accountid: String(tenant.account), projectid: String(tenant.project) };
}

function statsOf(query: Query): string | { error: string; ms: number } {
  if (!("logsql" in query)) throw new Error("a victorialogs source was given a query that is not LogsQL");
  if (!hasStats(query.logsql)) return { error: "the query gives log lines: count or sum them with | stats", ms: 0 };
  // without one it would read everything that is stored
  if (!/(^|[\s(])_time\s*:/.test(query.logsql))
    return { error: "the query has no window: begin it with _time:5m", ms: 0 };
  return query.logsql;
}

function checkErrors(text: string, context: z.RefinementCtx): void {
  const read = rewriteLogsql(text, {});
  const mistake = "refused" in read ? read.refused : hasStats(text) ? "it counts lines, it must give them" : undefined;
  if (mistake !== undefined)
    context.addIssue({ code: "custom", message: `expected LogsQL that selects lines: ${mistake}` });
}
