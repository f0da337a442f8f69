import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** True when the program is there, and always in CI: there a missing part must fail. */
export function isInstalled(...programs: string[]): boolean {
  return (
    process.env["CI"] !== undefined || programs.every((name) => spawnSync(name, ["--version"]).error === undefined)
  );
}

export interface Running {
  url: string;
  stop(): Promise<void>;
}

/** Debian's Prometheus with these samples (OpenMetrics) as its past, on loopback. */
export async function startPrometheus(openMetrics: string): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), "llmops-prometheus-"));
  writeFileSync(join(folder, "past.om"), openMetrics);
  writeFileSync(join(folder, "prometheus.yml"), "global: {}\n");
  const filled = spawnSync(
    "promtool",
    ["tsdb", "create-blocks-from", "openmetrics", join(folder, "past.om"), join(folder, "data")],
    { encoding: "utf8" },
  );
  if (filled.status !== 0) throw new Error(`promtool: ${filled.stderr}${filled.error?.message ?? ""}`);
  return start(folder, "/-/ready", (port) => [
    "prometheus",
    `--config.file=${join(folder, "prometheus.yml")}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
}

/** Debian's VictoriaMetrics with the same. */
export async function startVictoria(openMetrics: string): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), "llmops-victoria-"));
  const running = await start(folder, "/health", (port) => [
    "victoria-metrics",
    `-storageDataPath=${join(folder, "data")}`,
    `-httpListenAddr=127.0.0.1:${port}`,
    "-search.latencyOffset=0s",
    "-retentionPeriod=1y",
  ]);
  // its times are in ms where OpenMetrics has seconds
  const body = openMetrics.replace(/^#.*\n/gm, "").replace(/ (\d+)$/gm, " $1000");
  const imported = await fetch(`${running.url}/api/v1/import/prometheus`, { method: "POST", body });
  if (!imported.ok) throw new Error(`import: ${imported.status} ${await imported.text()}`);
  await fetch(`${running.url}/internal/force_flush`);
  return running;
}

/** A metric store that scrapes `target` (host:port) every second, as job llm-inference. */
export async function startScraping(program: "prometheus" | "victoria-metrics", target: string): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), "llmops-scraping-"));
  const file = join(folder, "scrape.yml");
  const job = `  - job_name: llm-inference\n    static_configs: [{ targets: ["${target}"] }]\n`;
  writeFileSync(file, `global: { scrape_interval: 1s, scrape_timeout: 1s }\nscrape_configs:\n${job}`);
  const data = join(folder, "data");
  if (program === "prometheus")
    return start(folder, "/-/ready", (port) => [
      program,
      `--config.file=${file}`,
      `--storage.tsdb.path=${data}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]);
  return start(folder, "/health", (port) => [
    program,
    `-promscrape.config=${file}`,
    `-storageDataPath=${data}`,
    `-httpListenAddr=127.0.0.1:${port}`,
    "-search.latencyOffset=0s",
  ]);
}

async function start(folder: string, ready: string, argvOf: (port: number) => string[]): Promise<Running> {
  const port = await freePort();
  const [program, ...args] = argvOf(port) as [string, ...string[]];
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.on("data", (bytes) => (log = (log + String(bytes)).slice(-4000)));
  child.on("error", (error) => (log += error.message));
  const url = `http://127.0.0.1:${port}`;
  const stop = () => end(child).finally(() => rmSync(folder, { recursive: true, force: true }));
  for (let i = 0; i < 150; i++) {
    const answer = await fetch(url + ready).catch(() => undefined);
    if (answer?.ok) return { url, stop };
    if (child.exitCode !== null || child.pid === undefined) break;
    await sleep(100);
  }
  await stop();
  throw new Error(`${program} did not become ready: ${log}`);
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
