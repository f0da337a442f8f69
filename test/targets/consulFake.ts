import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One key, as Consul keeps it. */
interface Kv {
  text: string;
  flags: string;
  created: number;
  modified: number;
  /** who holds a lock on it */
  session?: string;
}

export interface FakeConsul {
  url: string;
  keys: Map<string, Kv>;
  /** somebody else's hand */
  put(key: string, text: string, more?: Partial<Kv>): void;
  close(): Promise<void>;
}

interface Set {
  /** left out: everybody may do everything */
  tokens?: { write: string; read: string };
}

const json = { "content-type": "application/json" };
const plain = { "content-type": "text/plain; charset=utf-8" };
const denied: [number, Record<string, string>, string] = [403, plain, "Permission denied"];

/** A Consul of one server on loopback that answers in the shapes of the recorded one, byte for byte where that matters. */
export async function startFakeConsul({ tokens }: Set = {}): Promise<FakeConsul> {
  const keys = new Map<string, Kv>();
  let index = 13;
  const put = (key: string, text: string, more: Partial<Kv> = {}) => {
    index++;
    const was = keys.get(key);
    keys.set(key, { flags: "0", created: index, ...was, text, modified: index, ...more });
  };

  function answer(request: IncomingMessage, body: string): [number, Record<string, string>, string] {
    const url = new URL(request.url!, "http://consul");
    const token = request.headers["x-consul-token"];
    const may = (what: "read" | "write") =>
      tokens === undefined || token === tokens.write || (what === "read" && token === tokens.read);
    if (token !== undefined && tokens !== undefined && !Object.values(tokens).includes(String(token)))
      return [403, plain, "ACL not found"];
    if (url.pathname === "/v1/agent/self")
      return may("write") ? [200, json, '{"Config":{"Datacenter":"eu1","NodeName":"consul-1"}}'] : denied;
    if (!url.pathname.startsWith("/v1/kv/")) return [404, {}, ""];
    const key = decodeURIComponent(url.pathname.slice("/v1/kv/".length));
    const meta = { "x-consul-index": String(index), "x-consul-knownleader": "true", "x-consul-lastcontact": "0" };
    if (request.method === "GET" && url.searchParams.has("keys")) {
      const below = namesBelow(may("read") ? [...keys.keys()] : [], key, url.searchParams.get("separator") ?? "");
      return below.length === 0 ? [404, meta, ""] : [200, { ...json, ...meta }, `${JSON.stringify(below, null, 4)}\n`];
    }
    if (!may(request.method === "GET" ? "read" : "write")) return denied;
    const kv = keys.get(key);
    if (request.method === "GET")
      return kv === undefined
        ? [404, meta, ""]
        : [200, { ...json, ...meta, "x-consul-index": String(kv.modified) }, tell(key, kv)];
    const cas = url.searchParams.get("cas");
    if (cas !== null && !/^\d+$/.test(cas)) return [500, plain, `strconv.ParseUint: parsing "${cas}": invalid syntax`];
    if (cas !== null && Number(cas) !== (kv?.modified ?? 0)) return [200, json, "false\n"];
    if (request.method === "PUT") put(key, body, { flags: url.searchParams.get("flags") ?? "0" });
    else if (request.method === "DELETE") keys.delete(key);
    else return [405, { ...plain, allow: "OPTIONS,GET,PUT,DELETE" }, `method ${request.method} not allowed`];
    return [200, json, "true\n"];
  }

  const server = createServer((request, response) => void serve(request, response));
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const [status, headers, body] = answer(request, Buffer.concat(chunks).toString("utf8"));
    response.writeHead(status, headers).end(body);
  }
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keys,
    put,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** An empty value is null; flags may be larger than a double holds. */
function tell(key: string, { text, flags, created, modified, session }: Kv): string {
  const value = text === "" ? "null" : `"${Buffer.from(text, "utf8").toString("base64")}"`;
  const lock = session === undefined ? "" : `,\n        "Session": "${session}"`;
  return `[
    {
        "LockIndex": ${session === undefined ? 0 : 1},
        "Key": ${JSON.stringify(key)},
        "Flags": ${flags},
        "Value": ${value},
        "CreateIndex": ${created},
        "ModifyIndex": ${modified}${lock}
    }
]
`;
}

/** Up to and with the separator, each once. */
function namesBelow(keys: readonly string[], prefix: string, separator: string): string[] {
  const below = keys
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const end = separator === "" ? -1 : key.indexOf(separator, prefix.length);
      return end === -1 ? key : key.slice(0, end + 1);
    });
  return [...new Set(below)].sort();
}
