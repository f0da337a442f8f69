import type { Agent, Dispatcher } from "undici";
import { harmless } from "../harmless.ts";
import type { Clock } from "./clock.ts";
import { readCa } from "./httpAuthority.ts";
import { readAll, unpack } from "./httpBody.ts";
import { CaFailure, connectMs, explain, isPassing, isProxyRefusal, TooLarge } from "./httpFailure.ts";
import { fitsHeader, lower } from "./httpHeaders.ts";
import { proxyFor } from "./httpProxy.ts";
import { atMost, type InTurn } from "./turns.ts";
import { never, openLastChance } from "./lastChance.ts";

export interface HttpRequest {
  method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  url: string;
  headers?: Record<string, string>;
  body?: string;
  /** for the whole call: connect, headers and body */
  deadlineMs: number;
  /** default 16 MiB; a longer answer is a failure */
  maxBytes?: number;
  /** PEM file that replaces the system's certificate authorities */
  ca?: string;
  signal?: AbortSignal;
  /**
   * on a connection of its own: one that was kept may be closed just when a write goes out on it, and nobody would know
   * whether it arrived
   */
  fresh?: true;
  /** it changes nothing, whatever its method: after an interrupt it may still see what became of a write */
  reads?: true;
}

export type HttpResult =
  | (Exchanged & { ms: number })
  | {
      /** plain words: "nothing listens on 127.0.0.1:9090 (connection refused)" */
      failed: string;
      /** false only when it is certain that no byte of the request reached a server */
      sent: boolean;
      /** the same request may well succeed a moment later: refused, reset, cut short */
      passing?: true;
      /** the answer is longer than `maxBytes`: asked for less, it may fit */
      tooLarge?: true;
      ms: number;
    };

/** One exchange. Redirects are answers, not followed. Never throws. */
export type Http = (request: HttpRequest) => Promise<HttpResult>;

const defaultMaxBytes = 16 * 1024 * 1024;

/**
 * Connections are kept and shared by all calls of one `Http`; idle ones do not hold the process. After an interrupt no
 * write leaves any more; one that is out, and what is read to see what became of it, have a last chance.
 */
export function openHttp(
  env: Readonly<Record<string, string | undefined>>,
  clock: Clock,
  interrupted: AbortSignal = never,
): Http {
  const over = openLastChance(interrupted);
  const agents = new Map<string, Promise<Dispatcher>>();
  const proxy = proxyFor(env);
  const inTurn = atMost(1);

  return async (request) => {
    const began = clock.monotonic();
    const ms = () => Math.round(clock.monotonic() - began);
    const refused = (failed: string): HttpResult => ({ failed, sent: false, ms: ms() });
    const url = URL.canParse(request.url) ? new URL(request.url) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol)) return refused("not an http or https address");
    for (const [name, value] of Object.entries(request.headers ?? {}))
      if (!fitsHeader(name, value))
        return refused(`header ${harmless(name)} holds a character that no header may hold`);
    if (interrupted.aborted && !request.reads && request.method !== "GET" && request.method !== "HEAD")
      return refused("interrupted before it was sent");

    const via = proxy(url);
    if (via !== undefined && !/^https?:/.test(URL.canParse(via) ? new URL(via).protocol : ""))
      return refused("the proxy that the environment names (http_proxy, https_proxy) is no http or https address");
    const key = `${via ?? ""} ${request.ca ?? ""}`;
    const agent = (request.fresh ? undefined : agents.get(key)) ?? openAgent(via, request.ca);
    if (!request.fresh) agents.set(key, agent);

    const deadline = AbortSignal.timeout(request.deadlineMs);
    const signal = AbortSignal.any([deadline, over, ...(request.signal === undefined ? [] : [request.signal])]);
    // Told by the dispatcher right before the first byte is written on an open connection.
    const progress = { sent: false, answered: false };
    try {
      const answer = await Promise.race([
        exchange(await agent, url, request, signal, progress, inTurn),
        aborted(signal),
      ]);
      return { ...answer, ms: ms() };
    } catch (thrown) {
      if (thrown instanceof CaFailure) agents.delete(key);
      const stopped = deadline.aborted ? "deadline" : signal.aborted ? "interrupted" : undefined;
      const failed = explain(thrown, {
        url,
        via,
        deadlineMs: request.deadlineMs,
        maxBytes: maxOf(request),
        stopped,
        careless: env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0",
        ...progress,
      });
      const passing = stopped === undefined && isPassing(thrown) ? { passing: true as const } : {};
      const tooLarge = thrown instanceof TooLarge ? { tooLarge: true as const } : {};
      return { failed, sent: progress.sent && !isProxyRefusal(thrown), ...passing, ...tooLarge, ms: ms() };
    } finally {
      if (request.fresh) void agent.then((own) => own.destroy()).catch(() => {});
    }
  };
}

interface Exchanged {
  status: number;
  headers: Record<string, string>;
  trailers: Record<string, string>;
  body: string;
  /** the body was no UTF-8: U+FFFD stands where bytes were lost */
  damaged?: true;
}

async function exchange(
  agent: Dispatcher,
  url: URL,
  asked: HttpRequest,
  signal: AbortSignal,
  progress: { sent: boolean; answered: boolean },
  inTurn: InTurn,
): Promise<Exchanged> {
  const { request } = await loadUndici();
  const dispatcher = agent.compose((dispatch) => (options, handler) => dispatch(options, noteStart(handler, progress)));
  const headers = lower({ "accept-encoding": "identity", "user-agent": "llmops", ...lower(asked.headers ?? {}) });
  const answer = await request.call(dispatcher, {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: asked.method,
    headers,
    ...(asked.body === undefined ? {} : { body: asked.body }),
    signal,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  progress.answered = true;
  const max = maxOf(asked);
  const packed = await readAll(answer.body, max, inTurn);
  const given = lower(answer.headers);
  const bytes = await unpack(packed, given["content-encoding"], max, inTurn);
  return {
    status: answer.statusCode,
    headers: given,
    trailers: lower(answer.trailers),
    ...decode(bytes),
  };
}

/** A byte order mark stays: a text that is sent back must be the one that was read. */
function decode(bytes: Uint8Array): Pick<Exchanged, "body" | "damaged"> {
  try {
    return { body: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { body: new TextDecoder().decode(bytes), damaged: true };
  }
}

/** undici hears a signal only once it is connected; from then on an aborted request is not written. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    if (signal.aborted) reject(signal.reason as Error);
  });
}

function noteStart(handler: Dispatcher.DispatchHandler, progress: { sent: boolean }): Dispatcher.DispatchHandler {
  return {
    onRequestStart(controller, context) {
      progress.sent = true;
      handler.onRequestStart?.(controller, context);
    },
    onRequestUpgrade: (...args) => handler.onRequestUpgrade?.(...args),
    onResponseStart: (...args) => handler.onResponseStart?.(...args),
    onResponseData: (...args) => handler.onResponseData?.(...args),
    onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
    onResponseError: (...args) => handler.onResponseError?.(...args),
  };
}

async function openAgent(via: string | undefined, ca: string | undefined): Promise<Dispatcher> {
  const { Agent } = await loadUndici();
  const tls = ca === undefined ? {} : { ca: await readCa(ca) };
  // Said outright, or NODE_TLS_REJECT_UNAUTHORIZED=0 in somebody's shell would trust every certificate.
  const connect = { timeout: connectMs, rejectUnauthorized: true, ...tls };
  if (via === undefined) return new Agent({ connect });
  const { ProxyAgent } = await import("undici");
  // Plain http is asked of the proxy itself, as curl does: many refuse to CONNECT to other ports than 443.
  return new ProxyAgent({ uri: via, requestTls: connect, proxyTls: connect, proxyTunnel: false });
}

interface Undici {
  Agent: typeof Agent;
  request: Dispatcher["request"];
}

let undici: Promise<Undici> | undefined;

/**
 * Loaded on the first request, and no more of it than that needs: the whole, which a proxy needs, takes 50 ms longer. Node
 * 20 spends 60 ms of a short command on optimising undici's parser.
 */
function loadUndici(): Promise<Undici> {
  undici ??= (async () => {
    // an import() of node's own would start the loader of ES modules first
    if (process.versions.node.startsWith("20."))
      process.getBuiltinModule("node:v8").setFlagsFromString("--liftoff-only");
    // @ts-expect-error undici has types for the whole only
    const { default: agent } = (await import("undici/lib/dispatcher/agent.js")) as { default: Undici["Agent"] };
    // @ts-expect-error undici has types for the whole only
    const { default: request } = (await import("undici/lib/api/api-request.js")) as { default: Undici["request"] };
    return { Agent: agent, request };
  })();
  return undici;
}

function maxOf(request: HttpRequest): number {
  return request.maxBytes ?? defaultMaxBytes;
}
