import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { freePort, startProgram } from "./startProgram.ts";

export const redisIsMissing =
  spawnSync("redis-server", ["--version"]).error !== undefined && process.env["CI"] === undefined;

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
  const port = await freePort();
  const cli = (...words: string[]) =>
    execFileSync("redis-cli", ["-p", String(port), ...words], { encoding: "utf8", stdio: "pipe" }).replace(/\n$/, "");
  const argv = () => ["--port", String(port), "--bind", "127.0.0.1", "--save", "", ...more];
  const program = await startProgram("redis-server", argv, async () => cli("ping") !== "");
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    cli,
    calls: (command) =>
      Number(new RegExp(`^cmdstat_${command}:calls=(\\d+)`, "m").exec(cli("info", "commandstats"))?.[1] ?? 0),
    stop: program.stop,
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
