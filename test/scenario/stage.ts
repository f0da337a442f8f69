import { createHash } from "node:crypto";
import { parse } from "../../src/program.ts";
import { run } from "../../src/run.ts";
// the program loads these late, which takes real time: the fake clock would run on meanwhile
import "../../src/session/meter.ts";
import "../../src/session/models.ts";
import type { HttpRequest } from "../../src/world/http.ts";
import { type FakeAnswer, type Routes, type Typed, fakeWorld, type FakeWorld } from "../fake/world.ts";

/** Settings of one route at the simulated gateway, and what it does to requests. */
export type Settings = Record<string, unknown>;

/** The value of a query at a time (ms), or one for each label value; undefined: no series. */
export type Figure = (at: number, stage: Stage, query: string) => number | Record<string, number> | undefined;

export interface Set {
  /** query contains this text → its figure; the first that fits answers */
  figures?: [contains: string, figure: Figure][];
  routes?: Record<string, Settings>;
  typed?: Typed[];
  files?: Record<string, string>;
  /** what the config API says at /info */
  info?: () => FakeAnswer;
  env?: Record<string, string>;
  /** what the config API does instead of answering, for the n-th write (1, 2, …) */
  onWrite?: (n: number, apply: () => void) => FakeAnswer | undefined;
  prometheus?: () => FakeAnswer | undefined;
  /** what api.test, where the gateway serves calls, answers to one */
  calls?: (request: HttpRequest, stage: Stage) => FakeAnswer;
  etag?: boolean;
  columns?: number;
  unicode?: boolean;
  project?: string;
  /** when it begins; RFC 3339 */
  now?: string;
  input?: string;
}

/** A simulated gateway with its config API and its Prometheus, on a fake world: every scenario plays here. */
export interface Stage {
  world: FakeWorld;
  /** live settings, by route */
  live: Record<string, Settings>;
  /** writes that reached the config API, with what the timeline held at that moment */
  writes: { method: string; path: string; body: string; ifMatch: string | undefined; timeline: string }[];
  /** when the live settings last changed, ms */
  changedAt: number;
  llmops(...argv: string[]): Promise<number>;
  /** the same place with other keys typed: for the next command */
  typing(...typed: Typed[]): Stage;
}

export const project = `
stack: seed
sources: { metrics: { prometheus: { url: "http://prometheus.test:9090" } } }
targets:
  gateway:
    http:
      url: "http://gateway.test:8080"
      settles: 5s
      levers:
        enabled:    { at: "/routes/{route}", pointer: /enabled }
        model:      { at: "/routes/{route}", pointer: /model }
        max_tokens: { at: "/routes/{route}", pointer: /max_tokens }
objectives: { cost_per_hour: "< 20" }
defaults: { for: 30m, token-clamp: { max_tokens: 512 }, model-switch: { model: small } }
runbooks: runbooks
`;

export function setStage(set: Set): Stage {
  const stage = { live: structuredClone(set.routes ?? {}), writes: [], changedAt: 0 } as unknown as Stage;
  const routes: Routes = async (request) => {
    const url = new URL(request.url);
    if (url.host === "prometheus.test:9090") {
      return (
        set.prometheus?.() ??
        answerQuery(url.pathname, new URLSearchParams(request.body ?? ""), set.figures ?? [], stage)
      );
    }
    if (url.host === "api.test") return set.calls?.(request, stage);
    if (url.host !== "gateway.test:8080") return undefined;
    return answerConfig(request.method, url.pathname, request.body, request.headers ?? {}, set, stage);
  };
  const open = (typed: Typed[] | undefined, files: Record<string, string>, now: string | undefined) =>
    fakeWorld({
      files,
      routes,
      ...(typed === undefined ? {} : { typed }),
      ...(now === undefined ? {} : { now }),
      ...(set.columns === undefined ? {} : { columns: set.columns }),
      ...(set.unicode === undefined ? {} : { unicode: set.unicode }),
      ...(set.env === undefined ? {} : { env: set.env }),
      ...(set.input === undefined ? {} : { input: set.input }),
    });
  stage.world = open(set.typed, { "llmops.yaml": set.project ?? project, ...set.files }, set.now);
  stage.llmops = async (...argv) => {
    const asked = parse(argv);
    if ("print" in asked) throw new Error(asked.print);
    return run(asked, stage.world);
  };
  stage.typing = (...typed) => {
    const before = stage.world;
    const next = Object.assign(Object.create(null), stage) as Stage;
    next.world = { ...open(typed, {}, new Date(before.clock.now()).toISOString()), files: before.files };
    next.llmops = async (...argv) => {
      const asked = parse(argv);
      if ("print" in asked) throw new Error(asked.print);
      return run(asked, next.world);
    };
    return next;
  };
  return stage;
}

function answerQuery(path: string, form: URLSearchParams, figures: [string, Figure][], stage: Stage): FakeAnswer {
  const query = form.get("query") ?? "";
  const figure = figures.find(([contains]) => query.includes(contains))?.[1];
  const [from, to, step] = path.endsWith("query_range")
    ? [Number(form.get("start")), Number(form.get("end")), Number(form.get("step") ?? 60)]
    : [Number(form.get("time")), Number(form.get("time")), 1];
  const by = /by \((?:le, )?(\w+)\)/.exec(query)?.[1] ?? "none";
  const series = new Map<string, [number, string][]>();
  for (let t = from; t <= to; t += step) {
    const value = figure?.(t * 1000, stage, query);
    if (value === undefined) continue;
    const values = typeof value === "number" ? { "": value } : value;
    for (const [name, v] of Object.entries(values)) series.set(name, [...(series.get(name) ?? []), [t, String(v)]]);
  }
  const range = path.endsWith("query_range");
  const result = [...series].map(([name, values]) => ({
    metric: name === "" ? {} : { [by]: name },
    ...(range ? { values } : { value: values[0] }),
  }));
  const data = { resultType: range ? "matrix" : "vector", result };
  return {
    status: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ status: "success", data }),
  };
}

async function answerConfig(
  method: string,
  path: string,
  body: string | undefined,
  headers: Record<string, string>,
  set: Set,
  stage: Stage,
): Promise<FakeAnswer> {
  const json = { "content-type": "application/json" };
  if (path === "/info") return set.info?.() ?? { status: 404, headers: json, body: "{}" };
  const name = decodeURIComponent(path.replace(/^\/routes\/?/, ""));
  if (name === "") return { status: 200, headers: json, body: JSON.stringify(Object.keys(stage.live)) };
  const now = Object.hasOwn(stage.live, name) ? stage.live[name] : undefined;
  if (now === undefined) return { status: 404, headers: json, body: '{"error":"no such route"}' };
  const text = JSON.stringify(now);
  const tag = `"${createHash("sha256").update(text).digest("hex").slice(0, 8)}"`;
  const tagged = set.etag === false ? json : { ...json, etag: tag };
  if (method === "GET") return { status: 200, headers: tagged, body: text };
  const ifMatch = Object.entries(headers).find(([key]) => key.toLowerCase() === "if-match")?.[1];
  stage.writes.push({ method, path, body: body ?? "", ifMatch, timeline: await timelineOf(stage) });
  const apply = () => {
    stage.live[name] = JSON.parse(body ?? "null") as Settings;
    stage.changedAt = stage.world.clock.now();
  };
  const instead = set.onWrite?.(stage.writes.length, apply);
  if (instead !== undefined) return instead;
  if (set.etag !== false && ifMatch !== undefined && ifMatch !== tag) return { status: 412, headers: json, body: "{}" };
  apply();
  return { status: 200, headers: json, body: JSON.stringify(stage.live[name]) };
}

async function timelineOf(stage: Stage): Promise<string> {
  const { files, cwd } = stage.world;
  const folder = `${cwd}/.llmops/incidents`;
  const texts = await Promise.all((await files.list(folder)).map((id) => files.read(`${folder}/${id}/timeline.jsonl`)));
  return texts.join("");
}
