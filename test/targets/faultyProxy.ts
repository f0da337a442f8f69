import { once } from "node:events";
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** An HTTP answer. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body: string;
}

/** One request that came to the proxy. */
export interface Passing {
  /** 1, 2, … over the mutating requests; 0 for a read */
  write: number;
  /** how many reads came since the first mutating request; 0 before it */
  readsAfter: number;
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
}

/** What happens to a request; left out: it passes, and is answered as the server answers. */
export interface Fault {
  /** false: it never reaches the server */
  forward?: false;
  /**
   * said instead of what the server said. "cut": the connection is closed without a word. "old": a read is answered as it
   * was the first time it was asked
   */
  answer?: "cut" | "old" | Answer;
}

/** Decides about each request; undefined: it passes. It is waited for: meanwhile somebody else may do something. */
export type Script = (passing: Passing) => Fault | undefined | Promise<Fault | undefined>;

export interface FaultyProxy {
  /** http://127.0.0.1:PORT */
  url: string;
  /** mutating requests that came, whether they were let through or not */
  writes: Passing[];
  close(): Promise<void>;
}

interface Whole {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  trailers: Record<string, string | undefined>;
  body: Buffer;
}

/** Stands on loopback before a config API that speaks HTTP, and fails as scripted. */
export async function openFaultyProxy(
  to: string,
  isWrite: (request: Pick<Passing, "method" | "path">) => boolean,
  script: Script,
): Promise<FaultyProxy> {
  const writes: Passing[] = [];
  const first = new Map<string, Whole>();
  let readsAfter = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const asked = { method: request.method!, path: request.url!, headers: request.headers };
    const body = Buffer.concat(chunks).toString("utf8");
    const mutating = isWrite(asked);
    if (!mutating && writes.length > 0) readsAfter++;
    const passing = { ...asked, body, write: mutating ? writes.length + 1 : 0, readsAfter: mutating ? 0 : readsAfter };
    if (mutating) writes.push(passing);
    const fault = (await script(passing)) ?? {};
    const key = `${passing.method} ${passing.path} ${body}`;
    const whole = fault.forward === false ? undefined : await pass(to, passing);
    if (!mutating && whole !== undefined && !first.has(key)) first.set(key, whole);
    if (fault.answer === "cut" || (whole === undefined && fault.answer === undefined))
      return void request.socket.destroy();
    if (typeof fault.answer === "object") {
      const { status, headers, body: text } = fault.answer;
      return void response.writeHead(status, { "content-type": "application/json", ...headers }).end(text);
    }
    tell(response, fault.answer === "old" ? first.get(key)! : whole!);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    writes,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** On a connection of its own: what fails here must not be the proxy's doing. */
async function pass(to: string, { method, path, headers, body }: Passing): Promise<Whole> {
  const url = new URL(to + path);
  const { connection: _, host: __, "content-length": ___, "transfer-encoding": ____, ...kept } = headers;
  const sent = forward(url, {
    method,
    headers: { ...kept, "content-length": String(Buffer.byteLength(body)) },
    agent: false,
  });
  sent.end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return {
    status: answer.statusCode!,
    headers: answer.headers,
    trailers: answer.trailers,
    body: Buffer.concat(chunks),
  };
}

/** With its trailers: one server's version is in there. */
function tell(response: ServerResponse, { status, headers, trailers, body }: Whole): void {
  const { connection: _, "content-length": length, "transfer-encoding": __, ...kept } = headers;
  const trailing = Object.keys(trailers).length > 0;
  response.writeHead(status, trailing || length === undefined ? kept : { ...kept, "content-length": length });
  response.write(body);
  response.addTrailers(trailers);
  response.end();
}
