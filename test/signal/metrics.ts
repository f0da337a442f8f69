import type { FakeAnswer } from "../fake/http.ts";
import type { HttpRequest } from "../../src/world/http.ts";

/** Series that a simulated Prometheus has for a query at a time (ms); undefined: none. */
export type Store = (
  query: string,
  at: number,
) => { labels?: Record<string, string>; value: number | string }[] | undefined;

/** Answers as the query API of Prometheus does. */
export function answerFrom(store: Store, request: Pick<HttpRequest, "url" | "body">): FakeAnswer | undefined {
  const form = new URLSearchParams(request.body);
  const query = form.get("query") ?? "";
  const seconds = (name: string) => Number(form.get(name));
  if (request.url.endsWith("/api/v1/query")) {
    const time = seconds("time");
    const rows = store(query, time * 1000) ?? [];
    return told(
      "vector",
      rows.map(({ labels = {}, value }) => ({ metric: labels, value: [time, String(value)] })),
    );
  }
  if (!request.url.endsWith("/api/v1/query_range")) return undefined;
  const series = new Map<string, { metric: Record<string, string>; values: [number, string][] }>();
  for (let time = seconds("start"); time <= seconds("end"); time += seconds("step"))
    for (const { labels = {}, value } of store(query, time * 1000) ?? []) {
      const key = JSON.stringify(labels);
      const one = series.get(key) ?? { metric: labels, values: [] };
      one.values.push([time, String(value)]);
      series.set(key, one);
    }
  return told("matrix", [...series.values()]);
}

function told(resultType: string, result: unknown[]): FakeAnswer {
  return { body: JSON.stringify({ status: "success", data: { resultType, result } }) };
}

export const project =
  'stack: seed\nsources:\n  metrics: { prometheus: { url: "http://metrics.test", deadline: 1s } }\n';
