import { z } from "zod";
import { filtersOf } from "../queries/logLabel.ts";
import type { World } from "../world/world.ts";
import { inShape, readPromAnswer, type PromAnswer } from "./answer.ts";
import { connectionShape, hasCredentials, openConnection } from "./connection.ts";
import { readExchange, type Api } from "./exchange.ts";
import { lokiLabelsSchema } from "./logLabels.ts";
import { lokiCheck } from "./lokiCheck.ts";
import { lokiComplaint, mostLines } from "./lokiWords.ts";
import { moved } from "./moved.ts";
import { longestLines, newestLines } from "./newest.ts";
import type { Query, Range, Source, SourceKind } from "./source.ts";

const settings = z.strictObject({
  ...connectionShape,
  /** sent as X-Scope-OrgID */
  tenant: z.string().optional(),
  labels: lokiLabelsSchema.default({}),
  /** selects the lines that are errors; `line_format` says what of them is read. Checked when it is first used. */
  errors: z.string().optional(),
});
type Settings = z.infer<typeof settings>;

export const loki: SourceKind<Settings> = {
  kind: "loki",
  language: "logql",
  summary: "Grafana Loki: figures counted from log lines, and the newest errors",
  schema: settings,
  example:
    'url: "http://127.0.0.1:3100"\ntenant: llm-prod\nlabels: { env: env, route: { field: route }, user: { metadata: user_id } }\n' +
    'errors: \'{app="llm-gateway"} | json | status="error" | line_format "{{.error_type}}: {{.error_message}}"\'\n',
  open,
};

/** of figures; as for Prometheus, whose answers have the same shape */
const longest = 4 << 20;

function open(set: Settings, world: World, folder: string): Source {
  const tenant: Record<string, string> = set.tenant === undefined ? {} : { "x-scope-orgid": set.tenant };
  const connection = openConnection(set, tenant, world, folder);
  const { host } = connection.base;
  const api: Api<PromAnswer> = {
    base: connection.base,
    credentials: hasCredentials(set),
    tenant: set.tenant,
    paths: "/loki/api/v1 is added to it",
    read: readPromAnswer,
    complaint: lokiComplaint,
  };

  async function ask(path: string, form: Record<string, string>, maxBytes = longest) {
    const result = await connection.ask({
      method: "POST",
      path: `/loki/api/v1${path}`,
      form,
      maxBytes,
      // a query that took too long once would only take as long again
      isFinal: (answer) => answer.startsWith("Request timed out"),
    });
    return { result, answer: readExchange(result, api) };
  }

  async function errors(selector: string, { scope, from, to, limit }: Range) {
    const mistake = await mistakeIn(selector);
    if (mistake !== undefined) return { error: mistake, ms: 0 };
    const filters = filtersOf(set.labels, scope);
    const { rewriteLogql } = await rewriting();
    const narrowed = "refused" in filters ? filters : rewriteLogql(selector, { filters });
    if ("refused" in narrowed) return { error: narrowed.refused, ms: 0 };
    const range = { query: narrowed.logql, start: nanoseconds(from), end: nanoseconds(to), direction: "backward" };
    return newestLines(limit, async (wanted) => {
      const { result, answer } = await ask("/query_range", { ...range, limit: String(wanted) }, longestLines);
      return { result, read: inShape(answer, "lines", host), atMost: mostLines(result) };
    });
  }

  return {
    kind: "loki",
    labels: set.labels,
    async instant(query, at) {
      const { result, answer } = await ask("/query", { query: metricOf(query), time: nanoseconds(at) });
      return { ...inShape(answer, "samples", host), ms: result.ms };
    },
    async range(query, from, to, resolution) {
      // Loki moves both ends to multiples of the step: it is asked for those, and for what was as much earlier
      const early = (resolution - (from % resolution)) % resolution;
      const logql = metricOf(query);
      const form = {
        query: early === 0 ? logql : (await rewriting()).shiftLogql(logql, early),
        start: nanoseconds(from + early),
        end: nanoseconds(to + early),
        step: String(resolution / 1000),
      };
      const { result, answer } = await ask("/query_range", form);
      const read = inShape(answer, "series", host);
      return { ...("error" in read ? read : { ...read, data: moved(read.data, -early, from, to) }), ms: result.ms };
    },
    ...(set.errors === undefined ? {} : { errors: errors.bind(undefined, set.errors) }),
    async check() {
      const mistake = set.errors === undefined ? undefined : await mistakeIn(set.errors);
      return mistake === undefined ? lokiCheck(connection, api, world.clock.now()) : { ok: false, say: mistake, ms: 0 };
    },
    async close() {},
  };
}

/** Loki's times; what a number of this length cannot hold is never asked for. */
function nanoseconds(ms: number): string {
  return `${Math.round(ms)}000000`;
}

function metricOf(query: Query): string {
  if (!("logql" in query)) throw new Error("a loki source was given a query that is not LogQL");
  return query.logql;
}

// Who only switches a route off pays for no grammar.
const rewriting = () => import("../queries/logqlRewrite.ts");

async function mistakeIn(errors: string): Promise<string | undefined> {
  const { checkLogql, isMetric } = await import("../queries/logqlCheck.ts");
  const mistake =
    checkLogql(errors)[0]?.message ?? (isMetric(errors) ? "it counts lines, it must give them" : undefined);
  return mistake === undefined ? undefined : `errors: of this source is no LogQL that selects lines: ${mistake}`;
}
