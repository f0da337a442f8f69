import { Buffer } from "node:buffer";
import { resolve } from "node:path";
import { z } from "zod";
import { formatDuration } from "../duration.ts";
import { messageOf } from "../errors.ts";
import { durationSchema } from "../schema/schema.ts";
import { readHttp, type Tried } from "../world/httpRead.ts";
import { resolveSecret, secretSchema } from "../world/secret.ts";
import { atMost } from "../world/turns.ts";
import type { World } from "../world/world.ts";
import type { PromAnswer } from "./answer.ts";
import { readExchange, type Given } from "./exchange.ts";
import type { Query, Source, SourceKind } from "./source.ts";

const settings = z.strictObject({
  /** where `/api/v1/query` lives below; a path (Mimir, Grafana's proxy) and a query (Thanos) are kept */
  url: z.string().refine(isAddress, "expected an http:// or https:// address (user and password go into basic)"),
  match: z.record(z.string(), z.string()).optional(),
  bearer: secretSchema.optional(),
  basic: z.strictObject({ user: secretSchema, password: secretSchema }).optional(),
  /** sent as X-Scope-OrgID */
  tenant: z.string().optional(),
  headers: z.record(z.string(), secretSchema).optional(),
  /** PEM file */
  ca: z.string().optional(),
  deadline: durationSchema.default(10_000),
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

/** 10,000 series of an hour fit; with what is made of it, an answer takes ten times its length of memory */
const longest = 4 << 20;

function open(set: Settings, world: World, folder: string): Source {
  const base = new URL(set.url);
  const deadlineMs = set.deadline;
  const inTurn = atMost(20);
  let headers: Promise<Record<string, string>> | undefined;

  async function post(path: string, form: Record<string, string>): Promise<{ answer: PromAnswer; ms: number }> {
    let result: Tried;
    try {
      headers ??= credentials(set, world, folder);
      const sent = await headers;
      const body = new URLSearchParams({ ...form, timeout: formatDuration(deadlineMs) }).toString();
      const ca = set.ca === undefined ? {} : { ca: resolve(folder, set.ca) };
      result = await inTurn(() =>
        readHttp(
          world,
          { method: "POST", url: below(base, path), headers: sent, body, deadlineMs, maxBytes: longest, ...ca },
          // a query that took too long once would only take as long again
          (answer) => answer.includes('"errorType":"timeout"'),
        ),
      );
    } catch (thrown) {
      headers = undefined;
      return { answer: { error: messageOf(thrown) }, ms: 0 };
    }
    // a token may have run out: the next question asks for it anew
    if ("status" in result && result.status === 401) headers = undefined;
    return { answer: readExchange(result, base, gives(set)), ms: result.ms };
  }

  return {
    kind: "prometheus",
    ...(set.match === undefined ? {} : { match: set.match }),
    async instant(query, at) {
      const { answer, ms } = await post("/api/v1/query", { query: promqlOf(query), time: String(at / 1000) });
      if ("error" in answer) return { error: answer.error, ms };
      if ("samples" in answer) return { data: answer.samples, warnings: answer.warnings, ms };
      return {
        error: `${base.host} answered a range of values: put rate(), avg_over_time() or the like around the query`,
        ms,
      };
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
      if ("error" in answer) return { error: answer.error, ms };
      if ("series" in answer) return { data: answer.series, warnings: answer.warnings, ms };
      return { error: `${base.host} answered a single value where a range was asked`, ms };
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

function below(base: URL, path: string): string {
  const url = new URL(base);
  url.pathname = url.pathname.replace(/\/+$/, "") + path;
  return url.href;
}

async function credentials(set: Settings, world: World, folder: string): Promise<Record<string, string>> {
  const headers: Record<string, string> = {
    "content-type": "application/x-www-form-urlencoded",
    accept: "application/json",
  };
  if (set.tenant !== undefined) headers["x-scope-orgid"] = set.tenant;
  if (set.basic !== undefined) {
    const [user, password] = await Promise.all(
      [set.basic.user, set.basic.password].map((s) => resolveSecret(s, world, folder)),
    );
    headers["authorization"] = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  }
  if (set.bearer !== undefined) headers["authorization"] = `Bearer ${await resolveSecret(set.bearer, world, folder)}`;
  for (const [name, secret] of Object.entries(set.headers ?? {}))
    headers[name.toLowerCase()] = await resolveSecret(secret, world, folder);
  return headers;
}

function gives({ bearer, basic, headers, tenant }: Settings): Given {
  const credentials = bearer !== undefined || basic !== undefined || headers !== undefined;
  return { credentials, ...(tenant === undefined ? {} : { tenant }) };
}

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}
