import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
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
  /** the end of what it has printed */
  log(): string;
  stop(): Promise<void>;
}

/** A test that needs one of them is skipped, by name; in CI nothing may be missing. */
export function isMissing(...programs: string[]): boolean {
  const isHere = (program: string) => spawnSync(program, ["--version"]).error === undefined;
  return process.env["CI"] === undefined && !programs.every(isHere);
}

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
    env: { PATH: process.env["PATH"] ?? "", HOME: folder, LC_ALL: "C.UTF-8", ...env },
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
    if (await isReady(url).catch(() => false)) return { url, folder, pid: child.pid, log: () => log, stop };
    await sleep(100);
  }
  await stop();
  throw new Error(`${program} did not become ready (is it installed?): ${log}`);
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
