import type { Clock } from "../../src/world/clock.ts";
import type { Http, HttpRequest, HttpResult } from "../../src/world/http.ts";
import type { Listen, ServedAnswer, ServedRequest } from "../../src/world/server.ts";

export type FakeAnswer =
  | {
      status?: number;
      headers?: Record<string, string>;
      trailers?: Record<string, string>;
      body?: string;
      takesMs?: number;
    }
  | { failed: string; sent?: boolean; takesMs?: number };

/** One request that must happen, once. Any order; of several that fit, the first that is still unused. */
export interface Exchange {
  method: HttpRequest["method"];
  url: string;
  /** left out: any */
  body?: string | RegExp;
  /** each must be sent so */
  headers?: Record<string, string>;
  answer: FakeAnswer;
}

/** Answers any number of requests, for a simulated server; undefined: not mine. */
export type Routes = (request: HttpRequest) => FakeAnswer | undefined | Promise<FakeAnswer | undefined>;

export interface FakeNetwork {
  http: Http;
  /** servers in memory: what listens here is reached by `http` */
  listen: Listen;
  requests: HttpRequest[];
  unused: Exchange[];
}

export function fakeNetwork(
  clock: Clock,
  exchanges: Exchange[],
  routes: Routes | undefined,
  fail: (why: string) => never,
): FakeNetwork {
  const unused = [...exchanges];
  const requests: HttpRequest[] = [];
  const servers = new Map<string, (request: ServedRequest) => Promise<ServedAnswer>>();
  let port = 40_000;

  async function find(request: HttpRequest): Promise<FakeAnswer> {
    const i = unused.findIndex((exchange) => fits(exchange, request));
    if (i >= 0) return unused.splice(i, 1)[0]!.answer;
    const url = new URL(request.url);
    const serve = servers.get(url.origin);
    if (serve !== undefined) return serve(served(request, url)).catch(() => ({ status: 500 }));
    const answer = await routes?.(request);
    if (answer !== undefined) return answer;
    const body = request.body === undefined ? "" : `\n${request.body}`;
    return fail(
      `unscripted request: ${request.method} ${request.url}${body}\nstill scripted: ${unused.map(name).join(", ") || "none"}`,
    );
  }

  return {
    requests,
    unused,
    async http(request) {
      const began = clock.monotonic();
      requests.push(request);
      const answer = await find(request);
      const late = (answer.takesMs ?? 0) > request.deadlineMs;
      try {
        if (answer.takesMs !== undefined)
          await clock.sleep(Math.min(answer.takesMs, request.deadlineMs), request.signal);
      } catch {
        return { failed: "interrupted", sent: true, ms: clock.monotonic() - began };
      }
      const ms = clock.monotonic() - began;
      if (late) return { failed: `no answer within ${request.deadlineMs / 1000}s`, sent: true, ms };
      return finish(answer, ms);
    },
    async listen(address, answer) {
      const url = `http://127.0.0.1:${address.port === 0 ? ++port : address.port}`;
      if (servers.has(url)) return fail(`${url} is listened on already`);
      servers.set(url, answer);
      return {
        url,
        async close() {
          servers.delete(url);
        },
      };
    },
  };
}

function finish(answer: FakeAnswer, ms: number): HttpResult {
  if ("failed" in answer) return { failed: answer.failed, sent: answer.sent ?? false, ms };
  return {
    status: answer.status ?? 200,
    headers: answer.headers ?? {},
    trailers: answer.trailers ?? {},
    body: answer.body ?? "",
    ms,
  };
}

function fits(exchange: Exchange, request: HttpRequest): boolean {
  if (exchange.method !== request.method || exchange.url !== request.url) return false;
  if (typeof exchange.body === "string" && exchange.body !== (request.body ?? "")) return false;
  if (exchange.body instanceof RegExp && !exchange.body.test(request.body ?? "")) return false;
  const sent = lower(request.headers);
  return Object.entries(lower(exchange.headers)).every(([key, value]) => sent[key] === value);
}

function served(request: HttpRequest, url: URL): ServedRequest {
  return {
    method: request.method,
    path: url.pathname,
    query: url.searchParams,
    headers: { host: url.host, ...lower(request.headers) },
    body: request.body ?? "",
  };
}

function lower(headers: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]));
}

function name(exchange: Exchange): string {
  return `${exchange.method} ${exchange.url}`;
}
