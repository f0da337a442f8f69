import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A server of the machine, started for a test: on loopback, at ports of its own, with a folder of its own. */
export interface Daemon {
  url: string;
  /** gone when it is stopped */
  folder: string;
  pid: number;
  stop(): Promise<void>;
}

export const isInstalled = (program: string): boolean => spawnSync(program, ["--version"]).error === undefined;

/** `isReady` is asked until it says so. */
export async function startDaemon(
  program: string,
  make: (at: { folder: string; ports: number[] }) => { argv: string[]; url: string; env?: Record<string, string> },
  isReady: (url: string) => Promise<boolean>,
  seconds = 15,
): Promise<Daemon> {
  const folder = mkdtempSync(join(tmpdir(), `llmops-${program}-`));
  const { argv, url, env } = make({ folder, ports: [await freePort(), await freePort()] });
  const child = spawn(program, argv, {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", HOME: folder, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  const keep = (bytes: unknown) => (log = (log + String(bytes)).slice(-2000));
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  child.on("error", (error) => keep(error.message));
  const stop = async () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), 3000);
      await gone;
      clearTimeout(late);
    }
    rmSync(folder, { recursive: true, force: true });
  };
  for (let n = 0; n < seconds * 10 && child.exitCode === null && child.pid !== undefined; n++) {
    if (await isReady(url).catch(() => false)) return { url, folder, pid: child.pid, stop };
    await sleep(100);
  }
  await stop();
  throw new Error(`${program} did not become ready: ${log}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

const answers = async (url: string): Promise<boolean> => (await fetch(url)).ok;

export const startEtcd = (): Promise<Daemon> =>
  startDaemon(
    "etcd",
    ({ folder, ports: [client, peer] }) => ({
      url: `http://127.0.0.1:${client}`,
      argv: [
        "--data-dir",
        join(folder, "data"),
        `--listen-client-urls=http://127.0.0.1:${client}`,
        `--advertise-client-urls=http://127.0.0.1:${client}`,
        `--listen-peer-urls=http://127.0.0.1:${peer}`,
        `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
        `--initial-cluster=default=http://127.0.0.1:${peer}`,
        "--log-level=error",
      ],
    }),
    (url) => answers(`${url}/health`),
  );

export const startRedis = (...more: string[]): Promise<Daemon> =>
  startDaemon(
    "redis-server",
    ({ folder, ports: [port] }) => ({
      url: `redis://127.0.0.1:${port}`,
      argv: ["--bind", "127.0.0.1", "--port", String(port), "--dir", folder, "--save", "", ...more],
    }),
    async (url) => redisCli(url, "PING").includes("PONG"),
  );

/** What redis-cli prints. */
export function redisCli(url: string, ...words: string[]): string {
  return spawnSync("redis-cli", ["-u", url, ...words], { encoding: "utf8" }).stdout;
}

/** Caddy with these apps, changed through its admin API. */
export const startCaddy = (apps: object): Promise<Daemon> =>
  startDaemon(
    "caddy",
    ({ folder, ports: [admin] }) => {
      const config = join(folder, "caddy.json");
      writeFileSync(config, JSON.stringify({ admin: { listen: `127.0.0.1:${admin}` }, apps }));
      return {
        url: `http://127.0.0.1:${admin}`,
        argv: ["run", "--config", config],
        env: { XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
      };
    },
    (url) => answers(`${url}/config/`),
  );
