import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import type { Answer, Fault } from "./faultyProxy.ts";
import { countTurns, type Turns } from "./faultyTurns.ts";

/**
 * Stands on loopback before a Redis, and fails as scripted. The write is the EXEC, and a read is a GET; what else is asked
 * passes.
 */
export async function openFaultyRedis(
  port: number,
  script: Turns,
): Promise<{ url: string; writes(): number; close(): Promise<void> }> {
  const turns = countTurns(script);
  const first = new Map<string, string>();
  const sockets = new Set<Socket>();

  async function serve(client: Socket): Promise<void> {
    const server = connect(port, "127.0.0.1");
    for (const socket of [client, server]) sockets.add(socket.on("error", () => {}));
    client.on("close", () => server.destroy());
    const replies = values(server);
    for await (const asked of values(client)) {
      const [, command = ""] = /^\*\d+\r\n\$\d+\r\n(\w+)/.exec(asked) ?? [];
      const kind = ({ EXEC: "write", GET: "read" } as const)[command.toUpperCase()];
      const { forward, answer }: Fault = kind === undefined ? {} : await turns.next(kind);
      let reply: string | undefined;
      if (forward !== false) {
        server.write(asked, "latin1");
        // its answer proves that the server has carried it out
        reply = (await replies.next()).value as string;
        if (kind === "read" && !first.has(asked)) first.set(asked, reply);
      }
      if (answer === "cut") break;
      const said = answer === "old" ? first.get(asked)! : answer === undefined ? reply! : spell(answer);
      client.write(said, "latin1");
    }
    client.destroy();
  }

  const wire = createServer((client) => void serve(client).catch(() => client.destroy()));
  wire.listen(0, "127.0.0.1");
  await once(wire, "listening");
  return {
    url: `redis://127.0.0.1:${(wire.address() as AddressInfo).port}`,
    writes: turns.writes,
    async close() {
      for (const socket of sockets) socket.destroy();
      wire.close();
      await once(wire, "close");
    },
  };
}

/** An error of HTTP as a Redis, or a proxy before it, says it; what is none is said as it is. */
function spell({ status, body }: Answer): string {
  const text = Buffer.from(body).toString("latin1");
  return status < 400 ? text : `-${status === 403 ? "NOPERM" : "ERR"} ${text}\r\n`;
}

/** What comes in, one whole value of the protocol after the other. One character is one byte. */
async function* values(socket: Socket): AsyncGenerator<string> {
  let text = "";
  for await (const bytes of socket) {
    text += (bytes as Buffer).toString("latin1");
    for (let end = endOf(text, 0); end !== undefined; end = endOf(text, 0)) {
      yield text.slice(0, end);
      text = text.slice(end);
    }
  }
}

/** Where the value that begins here ends; undefined: not all of it is there. */
function endOf(text: string, start: number): number | undefined {
  const stop = text.indexOf("\r\n", start) + 2;
  if (stop === 1) return undefined;
  const [type, size] = [text[start], Number(text.slice(start + 1, stop - 2))];
  if (type === "$" && size >= 0) return text.length < stop + size + 2 ? undefined : stop + size + 2;
  let end: number | undefined = stop;
  for (let i = 0; type === "*" && i < size && end !== undefined; i++) end = endOf(text, end);
  return end;
}
