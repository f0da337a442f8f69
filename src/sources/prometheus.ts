import { Buffer } from "node:buffer";
import { resolve } from "node:path";
import { z } from "zod";
import { formatDuration } from "../duration.ts";
import { messageOf } from "../errors.ts";
import { shorten } from "../harmless.ts";
import { durationSchema } from "../schema.ts";
import type { HttpResult } from "../world/http.ts";
import { resolveSecret, secretSchema } from "../world/secret.ts";
import type { World } from "../world/world.ts";
import { readPromAnswer, sayBody, type PromAnswer } from "./answer.ts";
import type { Query, Source, SourceKind } from "./source.ts";
import { atMost } from "./turns.ts";

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

function open(set: Settings, world: World, folder: string): Source {
  const base = new URL(set.url);
  const deadlineMs = set.deadline;
  const inTurn = atMost(20);
  let headers: Promise<Record<string, string>> | undefined;

  async function post(path: string, form: Record<string, string>): Promise<{ answer: PromAnswer; ms: number }> {
    let result: HttpResult;
    try {
      headers ??= credentials(set, world, folder);
      const sent = await headers;
      const body = new URLSearchParams({ ...form, timeout: formatDuration(deadlineMs) }).toString();
      const ca = set.ca === undefined ? {} : { ca: resolve(folder, set.ca) };
      result = await inTurn(() => world.http({ method: "POST", url: below(base, path), headers: sent, body, deadlineMs, ...ca }));
    } catch (thrown) {
      headers = undefined;
      return { answer: { error: messageOf(thrown) }, ms: 0 };
    }
    // a token may have run out: the next question asks for it anew
    if ("status" in result && result.status === 401) headers = undefined;
    return { answer: explain(result, base, set), ms: result.ms };
  }

  return {
    kind: "prometheus",
    ...(set.match === undefined ? {} : { match: set.match }),
    async instant(query, at) {
      const { answer, ms } = await post("/api/v1/query", { query: promqlOf(query), time: String(at / 1000) });
      if ("error" in answer) return { error: answer.error, ms };
      if ("samples" in answer) return { data: answer.samples, warnings: answer.warnings, ms };
      return { error: `${base.host} answered a range of values: put rate(), avg_over_time() or the like around the query`, ms };
    },
    async range(query, from, to, resolution) {
      // nocache: VictoriaMetrics moves the ends of a longer range otherwise
      const times = { nocache: "1", start: String(from / 1000), end: String(to / 1000), step: String(resolution / 1000) };
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
  const headers: Record<string, string> = { "content-type": "application/x-www-form-urlencoded", accept: "application/json" };
  if (set.tenant !== undefined) headers["x-scope-orgid"] = set.tenant;
  if (set.basic !== undefined) {
    const [user, password] = await Promise.all([set.basic.user, set.basic.password].map((s) => resolveSecret(s, world, folder)));
    headers["authorization"] = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  }
  if (set.bearer !== undefined) headers["authorization"] = `Bearer ${await resolveSecret(set.bearer, world, folder)}`;
  for (const [name, secret] of Object.entries(set.headers ?? {})) headers[name.toLowerCase()] = await resolveSecret(secret, world, folder);
  return headers;
}

/** The data, or one sentence that names the host and the next move. */
function explain(result: HttpResult, base: URL, set: Settings): PromAnswer {
  const host = base.host;
  if ("failed" in result) return { error: result.failed.includes(host) ? result.failed : `${host}: ${result.failed}` };
  const { status, body } = result;
  const given = set.bearer !== undefined || set.basic !== undefined || set.headers !== undefined;
  if (status === 401)
    return { error: `${host} answered 401: ${given ? "it refused the credentials" : "it wants credentials: set bearer or basic on this source"}` };
  if (status === 403) return { error: `${host} answered 403: these credentials may not query${set.tenant === undefined ? "" : ` tenant ${shorten(set.tenant, 40)}`}` };
  if (status >= 300 && status < 400)
    return { error: `${host} answered ${status}, redirecting to ${shorten(result.headers["location"] ?? "nowhere", 120)}: put the final address into url` };
  if (status === 429) return { error: `${host} answered 429: too many requests, try again in a moment` };
  const answer = readPromAnswer(body);
  if ("error" in answer) return { error: `${host} ${isJson(body) ? answer.error : sayOther(status, body, base)}` };
  if (status !== 200) return { error: `${host} answered ${status} with data, which is not trusted` };
  return answer;
}

function isJson(body: string): boolean {
  return /^\s*[{[]/.test(body);
}

/** An answer that did not come from the query API. */
function sayOther(status: number, body: string, base: URL): string {
  const page = sayBody(body);
  if (status === 200) return `answered ${page} instead of JSON: is ${base.pathname} the right path in url, and not a login page?`;
  if (status === 404 || status === 400 || status === 405)
    return `has no query API below ${base.pathname} (${status}: ${page}): check the path in url, some live at / and others at /prometheus`;
  if (status >= 500) return `is not ready (${status}: ${page}): try again in a moment`;
  return `answered ${status}: ${page}`;
}

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}
