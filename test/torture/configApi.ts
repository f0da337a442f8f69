import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the config API does with one request instead of answering it at once. */
export interface Behaviour {
  /** default true for a write: the document is changed */
  apply?: boolean;
  /** ms before the write is applied, and between that and the answer */
  delayBefore?: number;
  /** the write is applied, or the read answered, no sooner than this */
  until?: Promise<unknown>;
  delayAfter?: number;
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  /** the connection is closed here instead */
  cut?: "before-headers" | "in-headers" | "in-body";
  /** ms between two bytes of the body */
  drip?: number;
  /** no answer, ever */
  hang?: true;
}

/** One request as it arrived. */
export interface Exchange {
  /** 1, 2, … over all requests, and over the mutating ones only (0 for a read) */
  n: number;
  write: number;
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
  /** what `witness` saw at the moment the request had arrived, before anything was applied */
  witnessed: string;
  /** the document before and after; the same when nothing was applied */
  before: string | undefined;
  after: string | undefined;
  /** ms since 1970 */
  at: number;
}

export interface ConfigApi {
  /** http://127.0.0.1:PORT */
  url: string;
  /** live documents, as text, by path: "/routes/support.reply" */
  documents: Map<string, string>;
  journal: Exchange[];
  /** mutating requests that arrived */
  writes(): Exchange[];
  close(): Promise<void>;
}

export interface Scripted {
  documents: Record<string, string>;
  /** decides what happens to each request; undefined: a well-behaved answer */
  script?: (exchange: Exchange) => Behaviour | undefined;
  /** called when a mutating request has arrived: best the bytes of the timelines */
  witness?: () => string;
  /** default true: answers carry a strong ETag and If-Match is honoured */
  etag?: boolean;
  /** reads answer from a replica that is this many ms behind */
  staleMs?: number;
  /** default any free port */
  port?: number;
}

/** A config API on loopback: GET, PUT, PATCH (merge of one level) and DELETE of JSON documents, misbehaving as scripted. */
export async function openConfigApi(set: Scripted): Promise<ConfigApi> {
  const documents = new Map(Object.entries(set.documents));
  const past: { until: number; path: string; text: string | undefined }[] = [];
  const journal: Exchange[] = [];
  const server: Server = createServer((request, response) => void serve(request, response));

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [chunks, method, path] = [[] as Buffer[], request.method ?? "", request.url ?? ""];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const mutating = method !== "GET" && method !== "HEAD";
    const now = documents.get(path);
    const exchange: Exchange = {
      n: journal.length + 1,
      write: mutating ? journal.filter(({ write }) => write > 0).length + 1 : 0,
      method,
      path,
      headers: request.headers,
      body: Buffer.concat(chunks).toString("utf8"),
      witnessed: mutating ? (set.witness?.() ?? "") : "",
      before: now,
      after: now,
      at: Date.now(),
    };
    journal.push(exchange);
    const { apply = true, ...does } = set.script?.(exchange) ?? {};
    if (does.delayBefore !== undefined) await sleep(does.delayBefore);
    await does.until;
    const usual = mutating ? write(exchange, apply, documents, past, set) : read(exchange, documents, past, set);
    if (does.delayAfter !== undefined) await sleep(does.delayAfter);
    await answer(response, { ...usual, ...does, headers: { ...usual.headers, ...does.headers } });
  }

  server.listen(set.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    documents,
    journal,
    writes: () => journal.filter((exchange) => exchange.write > 0),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Usual {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const json = { "content-type": "application/json" };

function read(exchange: Exchange, documents: Map<string, string>, past: Past[], set: Scripted): Usual {
  const stale = past.find(({ path, until }) => path === exchange.path && until > Date.now());
  const text = stale === undefined ? documents.get(exchange.path) : stale.text;
  if (text === undefined) return { status: 404, headers: json, body: '{"error":"nothing here"}' };
  return { status: 200, headers: set.etag === false ? json : { ...json, etag: tagOf(text) }, body: text };
}

type Past = { until: number; path: string; text: string | undefined };

function write(exchange: Exchange, apply: boolean, documents: Map<string, string>, past: Past[], set: Scripted): Usual {
  const now = documents.get(exchange.path);
  const [match, none] = [exchange.headers["if-match"], exchange.headers["if-none-match"]];
  if (set.etag !== false) {
    const fails = match !== undefined && (now === undefined || match !== tagOf(now));
    if (fails || (none === "*" && now !== undefined))
      return { status: 412, headers: json, body: '{"error":"changed"}' };
  }
  exchange.before = now;
  const wanted =
    exchange.method === "DELETE" ? undefined : exchange.method === "PATCH" ? merged(now, exchange.body) : exchange.body;
  if (apply) {
    if (set.staleMs !== undefined) past.push({ until: Date.now() + set.staleMs, path: exchange.path, text: now });
    if (wanted === undefined) documents.delete(exchange.path);
    else documents.set(exchange.path, wanted);
    exchange.after = wanted;
  }
  const live = documents.get(exchange.path);
  const headers = set.etag === false || live === undefined ? json : { ...json, etag: tagOf(live) };
  return { status: 200, headers, body: live ?? "null" };
}

function merged(now: string | undefined, patch: string): string {
  return JSON.stringify({ ...(JSON.parse(now ?? "{}") as object), ...(JSON.parse(patch) as object) });
}

function tagOf(text: string): string {
  return `"${createHash("sha256").update(text).digest("hex").slice(0, 12)}"`;
}

async function answer(response: ServerResponse, does: Usual & Behaviour): Promise<void> {
  const { socket } = response;
  if (does.hang || socket === null) return;
  if (does.cut === "before-headers") return void socket.destroy();
  if (does.cut === "in-headers") {
    socket.write(`HTTP/1.1 ${does.status} OK\r\ncontent-ty`);
    return void setTimeout(() => socket.destroy(), 20);
  }
  const length = { "content-length": String(Buffer.byteLength(does.body)) };
  response.writeHead(does.status, { ...length, ...does.headers });
  if (does.cut === "in-body") {
    response.write(does.body.slice(0, Math.floor(does.body.length / 2)));
    return void setTimeout(() => socket.destroy(), 20);
  }
  if (does.drip === undefined) return void response.end(does.body);
  for (const byte of Buffer.from(does.body)) {
    if (response.destroyed) return;
    response.write(Buffer.from([byte]));
    await sleep(does.drip);
  }
  response.end();
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
