import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parser } from "@prometheus-io/lezer-promql";
import { parse } from "yaml";
import { lintPaths } from "../src/session/lint.ts";
import { realFiles } from "../src/world/files.ts";
import { median, type Figure } from "./figure.ts";
import { inFolder } from "./process.ts";

const [runbooks, each, runs] = [1000, 20, 5];

/** What `runbook lint` costs beside reading the YAML and the PromQL alone, as processor time; files are read in both arms. */
export function run(): Promise<Figure[]> {
  return inFolder(async (folder) => {
    const home = join(import.meta.dirname, "../..");
    mkdirSync(join(folder, "runbooks"));
    const paths = Array.from({ length: runbooks }, (_, n) => {
      const path = join(folder, "runbooks", `r${n}.yaml`);
      writeFileSync(path, runbookText(n));
      return path;
    });
    const ratios = [];
    let lintMs = 0;
    for (let i = 0; i < runs; i++) {
      const bare = await cpuOf(async () => {
        for (const path of paths) {
          const { evidence } = parse((await realFiles.read(path))!) as { evidence: Record<string, { promql: string }> };
          for (const { promql } of Object.values(evidence)) parser.parse(promql);
        }
      });
      const began = performance.now();
      const whole = await cpuOf(async () => {
        const world = { files: realFiles, cwd: folder, home };
        const { texts, findings } = await lintPaths(world, [join(folder, "runbooks")]);
        const [wrong] = findings.filter(({ rule }) => ["yaml", "schema", "read", "promql"].includes(rule));
        if (texts.size !== runbooks || wrong !== undefined) throw new Error(`${texts.size} files, ${wrong?.message}`);
      });
      lintMs = performance.now() - began;
      ratios.push(whole / bare);
    }
    const beside = `${(lintMs / 1000).toFixed(1)} s; promtool check rules: ${promtool(folder)}`;
    const name = `lint of 1,000 runbooks with 20,000 queries, against yaml and grammar alone (${beside})`;
    return [{ name, ratio: median(ratios), aim: "≤ 2" }];
  });
}

/** Of this process alone: others may be at work on the machine. */
async function cpuOf(work: () => Promise<void>): Promise<number> {
  const began = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(began);
  return user + system;
}

function promtool(folder: string): string {
  const rules = Array.from({ length: runbooks * each }, (_, n) => ({
    alert: `A${n}`,
    expr: expression(Math.floor(n / each), n % each),
  }));
  const file = join(folder, "rules.yml");
  writeFileSync(file, JSON.stringify({ groups: [{ name: "all", rules }] }));
  const began = performance.now();
  const { error, status, stderr } = spawnSync("promtool", ["check", "rules", file], { encoding: "utf8" });
  if (error !== undefined) return "not installed";
  if (status !== 0) throw new Error(stderr.slice(0, 500));
  return `${((performance.now() - began) / 1000).toFixed(1)} s`;
}

function runbookText(n: number): string {
  const evidence = Array.from(
    { length: each },
    (_, k) =>
      `  e${k}:\n    promql: |\n      ${expression(n, k).replaceAll("\n", "\n      ")}\n    healthy: "< 0.05"\n`,
  );
  const steps = Array.from(
    { length: 6 },
    (_, k) =>
      `  - id: s${k}\n    title: Look at e${k}\n    when: { e${k}: unhealthy }\n    instruct: Look at the panel of e${k}.\n`,
  );
  return [
    `id: r${n}\ntitle: Runbook ${n}\nclass: availability\nseverity: SEV2\nsummary: Answers fail.\nalerts: [Alert${n}]\n`,
    `evidence:\n${evidence.join("")}steps:\n${steps.join("")}`,
  ].join("");
}

/** As people write them: ratios of counters, quantiles of histograms, gauges against what they were. */
function expression(n: number, k: number): string {
  const [service, at] = [`service="s${n}"`, `{service="s${n}",route=~"r${k}.*"}`];
  const kinds = [
    `sum by (route) (rate(llm_errors_total${at}[5m]))\n/\nsum by (route) (rate(llm_requests_total${at}[5m]))`,
    `histogram_quantile(0.95, sum by (le, route) (rate(llm_request_duration_seconds_bucket${at}[5m])))`,
    `avg_over_time(llm_queue_depth${at}[10m]) / avg_over_time(llm_queue_depth${at}[1d] offset 1d)`,
    `sum(increase(llm_cost_dollars_total{${service},tier!="free"}[1h])) by (tenant)`,
    `max by (model) (llm_eval_score${at}) - min by (model) (llm_eval_score${at})`,
  ];
  return kinds[(n + k) % kinds.length]!;
}
