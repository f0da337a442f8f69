import { shorten } from "../harmless.ts";
import { dimensions } from "../timeline/scope.ts";
import type { World } from "../world/world.ts";
import { hasCredentials, openConnection } from "./connection.ts";
import { jsonApi } from "./httpAnswer.ts";
import { httpCheck } from "./httpCheck.ts";
import { openReadings, type Ask } from "./httpReadings.ts";
import { httpSchema, type HttpSettings } from "./httpSchema.ts";
import { dimensionsIn, tellsTime } from "./httpTemplate.ts";
import type { Query, Source, SourceKind } from "./source.ts";

export const http: SourceKind<HttpSettings> = {
  kind: "http",
  language: "signal",
  summary: "A service that answers JSON with a number: scores of an evaluation service, an Elasticsearch _search",
  schema: httpSchema,
  example: [
    'url: "https://evals.internal"',
    "bearer: { env: EVALS_TOKEN }",
    "signals:",
    '  groundedness_score: { at: "/scores/latest?route={route}", pointer: /value, scale: 0.01 }',
    "  refusal_rate:",
    "    at: /llm-*/_search",
    "    body:",
    "      size: 0",
    "      query:",
    "        bool:",
    "          filter:",
    '            - { range: { "@timestamp": { gt: "{from}", lte: "{to}" } } }',
    '            - { term: { route: "{route}" } }',
    "      aggs: { refused: { avg: { field: refused } } }",
    "    pointer: /aggregations/refused/value",
    "",
  ].join("\n"),
  open,
};

function open(set: HttpSettings, world: World, folder: string): Source {
  const connection = openConnection(set, {}, world, folder);
  const { host } = connection.base;
  const api = jsonApi(connection.base, hasCredentials(set), "at of each signal goes behind it");
  const { now, split, past, pointByPoint } = openReadings(connection, api);

  /** The signal, or why it cannot be asked for so. */
  function askOf(query: Query): Ask | { error: string; ms: number } {
    if (!("signal" in query)) throw new Error("an http source was given a query that is no signal");
    const { signal: name } = query;
    const signal = Object.hasOwn(set.signals, name) ? set.signals[name] : undefined;
    return signal === undefined
      ? { error: `${shorten(name, 60)} is not among the signals of this source`, ms: 0 }
      : { name, signal, query };
  }

  return {
    kind: "http",
    signals: new Map(
      Object.entries(set.signals).map(([name, signal]) => [
        name,
        dimensions.filter((d) => dimensionsIn(signal).includes(d) || signal.by[d] !== undefined),
      ]),
    ),
    async instant(query, at) {
      const ask = askOf(query);
      if ("error" in ask) return ask;
      if (ask.query.by !== undefined) return split(ask, ask.query.by, at);
      const answer = await now(ask, at);
      if ("error" in answer) return answer;
      return { ...answer, data: answer.data === null ? [] : [{ labels: {}, value: answer.data }] };
    },
    async range(query, from, to, resolution) {
      const ask = askOf(query);
      if ("error" in ask) return ask;
      const { name, signal } = ask;
      if (ask.query.by !== undefined)
        return { data: [], warnings: [`${host} tells no past of the parts of ${name}`], ms: 0 };
      const count = Math.floor((to - from) / resolution) + 1;
      const times = Array.from({ length: count }, (_, i) => from + i * resolution);
      if (signal.history !== undefined) return past(ask, times, resolution);
      if (tellsTime(signal)) return pointByPoint(ask, times);
      const last = times.at(-1)!;
      const isNow = last > world.clock.now() - Math.max(resolution, ask.query.windowMs);
      const warning = `${host} tells only the latest ${name}: there is no past to compare it with`;
      if (!isNow) return { data: [], warnings: [warning], ms: 0 };
      const answer = await pointByPoint(ask, [last]);
      return "error" in answer ? answer : { ...answer, warnings: [...answer.warnings, warning] };
    },
    check: () => httpCheck(set, connection, api, world.clock.now()),
    async close() {},
  };
}
