import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { startDaemon, type Daemon } from "./daemon.ts";

const answers = async (url: string): Promise<boolean> => (await fetch(url)).ok;

const prometheus = (port: number, config: string) => [
  `--config.file=${config}`,
  "--storage.tsdb.path=data",
  `--web.listen-address=127.0.0.1:${port}`,
];
const victoria = (port: number) => [
  "-storageDataPath=data",
  `-httpListenAddr=127.0.0.1:${port}`,
  "-search.latencyOffset=0s",
];

/** Debian's Prometheus with these samples (OpenMetrics) as its past, on loopback. */
export function startPrometheus(openMetrics: string): Promise<Daemon> {
  return startDaemon(
    "prometheus",
    ({ folder, ports: [port] }) => {
      writeFileSync(`${folder}/past.om`, openMetrics);
      writeFileSync(`${folder}/prometheus.yml`, "global: {}\n");
      const fill = ["tsdb", "create-blocks-from", "openmetrics", "past.om", "data"];
      const filled = spawnSync("promtool", fill, { cwd: folder, encoding: "utf8" });
      if (filled.status !== 0) throw new Error(`promtool: ${filled.stderr}${filled.error?.message ?? ""}`);
      return { url: `http://127.0.0.1:${port}`, argv: prometheus(port!, "prometheus.yml") };
    },
    (url) => answers(`${url}/-/ready`),
  );
}

/** Debian's VictoriaMetrics with the same. */
export async function startVictoria(openMetrics: string): Promise<Daemon> {
  const running = await startDaemon(
    "victoria-metrics",
    ({ ports: [port] }) => ({
      url: `http://127.0.0.1:${port}`,
      argv: [...victoria(port!), "-retentionPeriod=1y"],
    }),
    (url) => answers(`${url}/health`),
  );
  // its times are in ms where OpenMetrics has seconds
  const body = openMetrics.replace(/^#.*\n/gm, "").replace(/ (\d+)$/gm, " $1000");
  const imported = await fetch(`${running.url}/api/v1/import/prometheus`, { method: "POST", body });
  if (!imported.ok) throw new Error(`import: ${imported.status} ${await imported.text()}`);
  await fetch(`${running.url}/internal/force_flush`);
  return running;
}

/** A metric store that scrapes `target` (host:port) every second, as job llm-inference. */
export function startScraping(program: "prometheus" | "victoria-metrics", target: string): Promise<Daemon> {
  const job = `  - job_name: llm-inference\n    static_configs: [{ targets: ["${target}"] }]\n`;
  return startDaemon(
    program,
    ({ folder, ports: [port] }) => {
      const config = `global: { scrape_interval: 1s, scrape_timeout: 1s }\nscrape_configs:\n${job}`;
      writeFileSync(`${folder}/scrape.yml`, config);
      const argv =
        program === "prometheus"
          ? prometheus(port!, "scrape.yml")
          : ["-promscrape.config=scrape.yml", ...victoria(port!)];
      return { url: `http://127.0.0.1:${port}`, argv };
    },
    (url) => answers(url + (program === "prometheus" ? "/-/ready" : "/health")),
  );
}
