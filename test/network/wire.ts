import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A server below HTTP on loopback: does with each connection what it likes. */
export interface Wire {
  /** "127.0.0.1:PORT" */
  host: string;
  url: string;
  /** requests that arrived, each as the first line and all that came with it at once */
  requests: string[];
  connections: number;
  close(): Promise<void>;
}

/** `reply` is called for every request (a piece of data that starts with a method); `greet` for every connection. */
export async function openWire(
  reply: (socket: Socket, nth: number, request: string) => void,
  greet: (socket: Socket) => void = () => {},
): Promise<Wire> {
  const sockets = new Set<Socket>();
  const wire: Wire = { host: "", url: "", requests: [], connections: 0, close };
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    wire.connections++;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    greet(socket);
    socket.on("data", (data) => {
      const text = data.toString("latin1");
      if (!/^(GET|HEAD|POST|PUT|PATCH|DELETE) /.test(text)) return;
      wire.requests.push(text);
      reply(socket, wire.requests.length, text);
    });
  });
  async function close(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
  }
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  wire.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  wire.url = `http://${wire.host}`;
  return wire;
}

/** Writes `start`, then a text again and again until the connection is gone. */
export function pour(socket: Socket, chunk: string, start: string): void {
  socket.write(start);
  const more = () => {
    while (!socket.destroyed && socket.writable && socket.write(chunk));
  };
  socket.on("drain", more);
  more();
}
