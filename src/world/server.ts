import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { UserError } from "../errors.ts";

export interface ServedRequest {
  method: string;
  /** path without query, still percent-encoded */
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: string;
}

export interface ServedAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

export interface Serving {
  /** "http://127.0.0.1:PORT" */
  url: string;
  close(): Promise<void>;
}

/** Listens on loopback (port 0: any free one). A throwing handler answers 500. */
export type Listen = (
  address: { host: "127.0.0.1"; port: number },
  answer: (request: ServedRequest) => Promise<ServedAnswer>,
) => Promise<Serving>;

const mostBytes = 16 * 1024 * 1024;

export const listen: Listen = async (address, answer) => {
  const { createServer } = await import("node:http");
  const server = createServer((request, response) => {
    handle(request, answer)
      .then((said) => response.writeHead(said.status, said.headers).end(said.body))
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(whyNot(error, address.port)));
    server.listen(address.port, address.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${address.host}:${port}`,
    close() {
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
};

async function handle(
  request: IncomingMessage,
  answer: (request: ServedRequest) => Promise<ServedAnswer>,
): Promise<ServedAnswer> {
  try {
    const body = await readBody(request);
    if (body === undefined) return { status: 413, body: "the request is too large\n" };
    const [path = "/", ...query] = (request.url ?? "/").split("?");
    return await answer({
      method: request.method ?? "GET",
      path,
      query: new URLSearchParams(query.join("?")),
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(", ")]),
      ),
      body,
    });
  } catch {
    return { status: 500, body: "internal error\n" };
  }
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > mostBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function whyNot(error: NodeJS.ErrnoException, port: number): UserError {
  const what = `cannot listen on 127.0.0.1:${port}`;
  if (error.code === "EADDRINUSE")
    return new UserError({ what: `${what}: another program listens there`, next: "choose another port" });
  if (error.code === "EACCES")
    return new UserError({ what: `${what}: permission denied`, next: "choose a port above 1023" });
  return new UserError({ what: `${what} (${error.code ?? error.message})` });
}
