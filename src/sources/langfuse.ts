import { shorten } from "../harmless.ts";
import type { World } from "../world/world.ts";
import { openConnection } from "./connection.ts";
import { readExchange } from "./exchange.ts";
import { jsonApi } from "./httpAnswer.ts";
import { valueAt } from "./httpNumber.ts";
import { openCalls } from "./langfuseCalls.ts";
import { openFigures } from "./langfuseFigures.ts";
import { openMetrics } from "./langfuseMetrics.ts";
import { langfuseSchema, type LangfuseSettings } from "./langfuseSchema.ts";
import { dimensionsOf, signalsOf } from "./langfuseSignals.ts";
import type { Query, Source, SourceKind } from "./source.ts";

/** Built from the documented API (4.16: metrics v2, observations v2, scores v2); not yet run against a live Langfuse. */
export const langfuse: SourceKind<LangfuseSettings> = {
  kind: "langfuse",
  language: "signal",
  summary: "Langfuse: scores as quality signals, latency, cost and errors of its traces, single calls",
  schema: langfuseSchema,
  example: [
    'url: "https://cloud.langfuse.com"',
    "public_key: { env: LANGFUSE_PUBLIC_KEY }",
    "secret_key: { env: LANGFUSE_SECRET_KEY }",
    "dimensions: { route: traceName, tenant: metadata.tenant }",
    "scores:",
    "  groundedness_score: groundedness",
    "  thumbs_down_rate: { score: user-feedback, below: 0.5 }",
    "  refusal_rate: { score: refusal, is: true }",
    "",
  ].join("\n"),
  open,
};

function open(set: LangfuseSettings, world: World, folder: string): Source {
  const basic = { user: set.public_key, password: set.secret_key };
  const connection = openConnection({ url: set.url, ca: set.ca, deadline: set.deadline, basic }, {}, world, folder);
  const api = jsonApi(connection.base, true, "url is where the web page of Langfuse is");
  const signals = signalsOf(set);
  const ask = openMetrics(connection, api);
  const figures = openFigures(ask, signals, set);
  const { calls, errors } = openCalls(connection, api, set);

  return {
    kind: "langfuse",
    signals: new Map([...signals].map(([name, { view }]) => [name, dimensionsOf(view, set.dimensions)])),
    instant: (query, at) => figures.instant(signalIn(query), at),
    range: (query, from, to, resolution) => figures.range(signalIn(query), from, to, resolution),
    calls,
    errors,
    async check() {
      const at = world.clock.now();
      const [health, asked] = await Promise.all([
        connection.ask({ method: "GET", path: "/api/public/health", form: {}, maxBytes: 1 << 16 }),
        figures.instant({ signal: "request_rate", scope: {}, windowMs: 300_000 }, at),
      ]);
      if ("error" in asked) return { ok: false, say: asked.error, ms: asked.ms };
      const read = readExchange(health, api);
      const version = "error" in read ? undefined : valueAt(read.json, "/version");
      const named = typeof version === "string" ? `, Langfuse ${shorten(version, 20)}` : "";
      return {
        ok: true,
        say: `${Math.round(asked.ms)} ms${named}${asked.data.length === 0 ? ", no call in the last 5 minutes" : ""}`,
        ms: asked.ms,
      };
    },
    async close() {},
  };
}

function signalIn(query: Query): Extract<Query, { signal: string }> {
  if (!("signal" in query)) throw new Error("a langfuse source was given a query that is no signal");
  return query;
}
