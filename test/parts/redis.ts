import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { isMissing, startDaemon } from "./daemon.ts";

export const redisIsMissing = isMissing("redis-server", "redis-cli");

export interface RealRedis {
  port: number;
  url: string;
  /** redis-cli, answer without the line's end */
  cli(...words: string[]): string;
  /** how often the server has carried out a command */
  calls(command: string): number;
  stop(): Promise<void>;
}

/** Debian's Redis on loopback, in memory. */
export async function startRedis(...more: string[]): Promise<RealRedis> {
  const ask = (at: string, ...words: string[]) =>
    execFileSync("redis-cli", ["-u", at, ...words], { encoding: "utf8", stdio: "pipe" }).replace(/\n$/, "");
  const { url, stop } = await startDaemon(
    "redis-server",
    ({ ports: [port] }) => ({
      url: `redis://127.0.0.1:${port}`,
      argv: ["--port", String(port), "--bind", "127.0.0.1", "--save", "", ...more],
    }),
    async (at) => ask(at, "ping") !== "",
  );
  const cli = (...words: string[]) => ask(url, ...words);
  return {
    port: Number(new URL(url).port),
    url,
    cli,
    calls: (command) =>
      Number(new RegExp(`^cmdstat_${command}:calls=(\\d+)`, "m").exec(cli("info", "commandstats"))?.[1] ?? 0),
    stop,
  };
}

export interface Cable {
  url: string;
  close(): Promise<void>;
}

/** A wire to a server. `cut` sees what the client sends and ends the connection: after the server got it, or before. */
export async function cable(port: number, cut: (sent: string) => "after" | "before" | undefined): Promise<Cable> {
  const sockets = new Set<Socket>();
  const wire = createServer((client) => {
    const server = connect(port, "127.0.0.1");
    for (const socket of [client, server]) sockets.add(socket.on("error", () => {}));
    let deaf = false;
    client.on("data", (bytes) => {
      const when = cut(String(bytes));
      deaf ||= when !== undefined;
      if (when === "before") client.destroy();
      else server.write(bytes);
    });
    // the answer proves that the server has carried it out
    server.on("data", (bytes) => (deaf ? client.destroy() : client.write(bytes)));
    server.on("close", () => client.destroy());
    client.on("close", () => server.destroy());
  }).listen(0, "127.0.0.1");
  await once(wire, "listening");
  return {
    url: `redis://127.0.0.1:${(wire.address() as AddressInfo).port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      wire.close();
      await once(wire, "close");
    },
  };
}
