import { z } from "zod";
import { formatDuration } from "../duration.ts";
import { quote } from "../queries/quote.ts";
import type { World } from "../world/world.ts";
import { inShape, readPromAnswer, readValues, type PromAnswer } from "./answer.ts";
import { connectionShape, hasCredentials, openConnection } from "./connection.ts";
import { readExchange, type Api } from "./exchange.ts";
import type { Query, Source, SourceKind } from "./source.ts";

const settings = z.strictObject({
  ...connectionShape,
  match: z.record(z.string(), z.string()).optional(),
  /** sent as X-Scope-OrgID */
  tenant: z.string().optional(),
});
type Settings = z.infer<typeof settings>;

export const prometheus: SourceKind<Settings> = {
  kind: "prometheus",
  language: "promql",
  summary: "Prometheus and what speaks its API: Thanos, Mimir, VictoriaMetrics, Grafana's proxy",
  schema: settings,
  example: 'url: "http://127.0.0.1:9090"\nmatch: { job: llm }\nbearer: { env: PROMETHEUS_TOKEN }\ndeadline: 10s\n',
  open,
};

/** the names of 200,000 metrics */
const longestNames = 16 << 20;
/** 10,000 series of an hour fit; with what is made of it, an answer takes ten times its length of memory */
const longest = 4 << 20;

function open(set: Settings, world: World, folder: string): Source {
  const tenant: Record<string, string> = set.tenant === undefined ? {} : { "x-scope-orgid": set.tenant };
  const connection = openConnection(set, tenant, world, folder);
  const { base } = connection;
  const api: Api<PromAnswer> = {
    base,
    credentials: hasCredentials(set),
    tenant: set.tenant,
    paths: "some live at / and others at /prometheus",
    read: readPromAnswer,
  };

  async function post(path: string, form: Record<string, string>): Promise<{ answer: PromAnswer; ms: number }> {
    const result = await connection.ask({
      method: "POST",
      path,
      form: { ...form, timeout: formatDuration(set.deadline) },
      maxBytes: longest,
      // a query that took too long once would only take as long again
      isFinal: (answer) => answer.includes('"errorType":"timeout"'),
    });
    return { answer: readExchange(result, api), ms: result.ms };
  }

  return {
    kind: "prometheus",
    ...(set.match === undefined ? {} : { match: set.match }),
    async instant(query, at) {
      const { answer, ms } = await post("/api/v1/query", { query: promqlOf(query), time: String(at / 1000) });
      return { ...inShape(answer, "samples", base.host), ms };
    },
    async range(query, from, to, resolution) {
      // nocache: VictoriaMetrics moves the ends of a longer range otherwise
      const times = {
        nocache: "1",
        start: String(from / 1000),
        end: String(to / 1000),
        step: String(resolution / 1000),
      };
      const { answer, ms } = await post("/api/v1/query_range", { query: promqlOf(query), ...times });
      return { ...inShape(answer, "series", base.host), ms };
    },
    async values(label, { from, to, metric }) {
      const result = await connection.ask({
        method: "GET",
        path: `/api/v1/label/${encodeURIComponent(label)}/values`,
        form: { start: String(from / 1000), end: String(to / 1000), ...selecting(metric, set.match) },
        maxBytes: longestNames,
      });
      return { ...readExchange(result, { ...api, read: readValues }), ms: result.ms };
    },
    async check() {
      const { answer, ms } = await post("/api/v1/query", { query: "1", time: String(world.clock.now() / 1000) });
      if ("error" in answer) return { ok: false, say: answer.error, ms };
      return { ok: true, say: `${Math.round(ms)} ms`, ms };
    },
    async close() {},
  };
}

function promqlOf(query: Query): string {
  if (!("promql" in query)) throw new Error("a prometheus source was given a query that is not PromQL");
  return query.promql;
}

/** Nothing where every series counts. */
function selecting(metric: string | undefined, match: Settings["match"] = {}): { "match[]"?: string } {
  const matchers = Object.entries({ ...(metric === undefined ? {} : { __name__: metric }), ...match });
  if (matchers.length === 0) return {};
  return { "match[]": `{${matchers.map(([name, value]) => `${name}=${quote(value)}`).join(",")}}` };
}
