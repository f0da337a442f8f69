import { runDoctor } from "../../src/session/doctor.ts";
import type { Diagnosis } from "../../src/show/diagnosis.ts";
import type { HttpRequest } from "../../src/world/http.ts";
import { fakeWorld, type FakeAnswer, type FakeOptions } from "../fake/world.ts";
import { envoy } from "../signals/exporters/envoy.ts";
import { kong } from "../signals/exporters/kong.ts";
import { litellm } from "../signals/exporters/litellm.ts";
import { otel } from "../signals/exporters/otel.ts";
import { portkey } from "../signals/exporters/portkey.ts";
import { seed } from "../signals/exporters/seed.ts";
import { tgi } from "../signals/exporters/tgi.ts";
import { vllm } from "../signals/exporters/vllm.ts";
import { Exporter, streams, type Scraped } from "../signals/exporters/writer.ts";

export const scraped: readonly Scraped[] = [seed, litellm, vllm, otel, envoy, kong, portkey, tgi];

/** One series of a store: its labels, with the name as `__name__`. */
type Labels = Record<string, string>;

/** What a program of this stack exports. */
export function seriesOf(one: Scraped): Labels[] {
  const to = new Exporter(one.stack);
  for (const stream of streams) one.write(to, stream);
  one.around?.(to);
  return [{ __name__: "up", job: one.stack }, ...[...to.series.keys()].map(parse)];
}

function parse(key: string): Labels {
  const open = key.indexOf("{");
  const labels: Labels = { __name__: key.slice(0, open) };
  for (const [, name, value] of key.slice(open).matchAll(/(\w+)=("(?:[^"\\]|\\.)*")/g))
    labels[name!] = JSON.parse(value!) as string;
  return labels;
}

/** A store of metrics, as far as the doctor asks it. `days`: how long it has kept them. */
export function store(series: readonly Labels[], days = 30, more: { headers?: Record<string, string> } = {}) {
  return (request: HttpRequest, now: number): FakeAnswer => {
    const url = new URL(request.url);
    const form = new URLSearchParams(request.body ?? url.search);
    const ok = (data: unknown): FakeAnswer => ({
      body: JSON.stringify({ status: "success", data }),
      takesMs: 12,
      ...more,
    });
    const label = /^\/api\/v1\/label\/([^/]+)\/values$/.exec(url.pathname)?.[1];
    const fitting = (match: string) =>
      series.filter((labels) =>
        [...match.matchAll(/(\w+)=("(?:[^"\\]|\\.)*")/g)].every(
          ([, name, value]) => labels[name!] === JSON.parse(value!),
        ),
      );
    if (label !== undefined && request.method === "GET") {
      const name = decodeURIComponent(label);
      const found = fitting(form.get("match[]") ?? "").flatMap((labels) => labels[name] ?? []);
      return ok([...new Set(found)].sort());
    }
    if (url.pathname !== "/api/v1/query") return { status: 404, body: "404 page not found" };
    const [query, at] = [form.get("query")!, Number(form.get("time")) * 1000];
    const vector = (metrics: Labels[]) =>
      ok({ resultType: "vector", result: metrics.map((metric) => ({ metric, value: [at / 1000, "3"] })) });
    if (query === "1") return ok({ resultType: "scalar", result: [at / 1000, "1"] });
    const one = /^topk\(1, (\w+)\)$/.exec(query)?.[1];
    if (one !== undefined) return vector(series.filter((labels) => labels["__name__"] === one).slice(0, 1));
    const counted = /^count\(last_over_time\(([\w:]+)(?:\{.*\})?\[1h\]\)\)$/.exec(query)?.[1];
    if (counted === undefined) return { status: 400, body: `unscripted query: ${query}` };
    return vector(series.some((labels) => labels["__name__"] === counted) && at > now - days * 86_400_000 ? [{}] : []);
  };
}

export type Store = ReturnType<typeof store>;

/** The doctor in a place with this project file; each host of the network is a store, or answers the same to everything. */
export async function visit(
  project: string,
  hosts: Record<string, Store | FakeAnswer>,
  { json = false, ...options }: FakeOptions & { json?: boolean } = {},
) {
  const world = fakeWorld({
    ...options,
    files: { "llmops.yaml": project, ...options.files },
    routes: (request) => {
      const host = hosts[new URL(request.url).host];
      return typeof host === "function" ? host(request, world.clock.now()) : host;
    },
  });
  const code = await runDoctor(world, { json });
  world.verify();
  return { code, world, screen: world.terminal.output };
}

/** As `--json` tells it. */
export async function told(...[project, hosts, options]: Parameters<typeof visit>) {
  const { code, screen } = await visit(project, hosts, { ...options, json: true });
  return { code, ...(JSON.parse(screen) as Diagnosis & { fine: boolean }) };
}

export const metricsAt = (url: string, more = "") => `sources: { metrics: { prometheus: { url: "${url}"${more} } } }\n`;
