import { execFile } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { calls } from "../src/sources/calls.ts";
import type { World } from "../src/world/world.ts";
import { median, type Figure } from "./figure.ts";

const records = 1_000_000;
const end = Date.UTC(2026, 10, 21, 3);
const stepMs = 300_000;
const steps = 12;
const spanMs = steps * stepMs;
const figures = [
  "sum(w)",
  "sum(w) FILTER (WHERE status = 'error') / sum(w)",
  "sum(cost_usd)",
  "avg(token_usage.completion)",
];
const jqProgram = `reduce inputs as $c ([range(${steps}) | [0, 0, 0, 0, 0]];
  ($c.timestamp | (.[0:19] + "Z" | fromdate) * 1000 + (.[20:23] | tonumber)) as $at
  | ((($at - ${end - spanMs}) / ${stepMs} | ceil) - 1) as $i | (1 / ($c.sample_rate // 1)) as $w
  | .[$i] |= [.[0] + $w, .[1] + (if $c.status == "error" then $w else 0 end), .[2] + $c.cost_usd,
              .[3] + $c.token_usage.completion, .[4] + 1])
  | map([.[0], .[1] / .[0], .[2], .[3] / .[4]]) | transpose | flatten`;

/** Four figures for each five minutes of an hour, from a file of call records: ours, jq's and those of DuckDB called directly, in turns. */
export async function run(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "llmops-bench-"));
  try {
    const file = join(folder, "calls.jsonl");
    writeRecords(file);
    const wanted = await ours(file);
    const jq = await timed(() => byJq(file));
    const own: number[] = [];
    const direct: number[] = [];
    for (let i = 0; i < 7; i++) {
      own.push((await timed(() => ours(file), wanted)).ms);
      direct.push((await timed(() => byDuckdb(file), wanted)).ms);
    }
    if (jq.figures !== undefined) same(jq.figures, wanted);
    const name = `calls over ${records.toLocaleString("en")} records`;
    return [
      jq.figures === undefined
        ? { name: `${name}, times faster than jq: skipped, no jq here`, ratio: Number.NaN, aim: "≥ 15" }
        : { name: `${name}, times faster than jq`, ratio: jq.ms / median(own), aim: "≥ 15" },
      { name: `${name}, against DuckDB directly`, ratio: median(own) / median(direct), aim: "≤ 1.3" },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function ours(file: string): Promise<number[]> {
  const world = {
    clock: { now: () => end, monotonic: () => performance.now() },
    files: { glob: async () => [file] },
    interrupted: new AbortController().signal,
  } as unknown as World;
  const source = calls.open({ files: file, fields: {} }, world, "/");
  const answers = await Promise.all(
    figures.map((sql) => source.range({ sql, scope: {}, windowMs: stepMs }, end - spanMs + stepMs, end, stepMs)),
  );
  await source.close();
  return answers.flatMap((answer) => {
    if ("error" in answer) throw new Error(answer.error);
    return answer.data[0]!.points.map((point) => point.value);
  });
}

export async function byDuckdb(file: string): Promise<number[]> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await instance.connect();
  const columns =
    "{timestamp: 'TIMESTAMPTZ', status: 'VARCHAR', cost_usd: 'DOUBLE', sample_rate: 'DOUBLE', token_usage: 'STRUCT(completion DOUBLE)'}";
  const result = await connection.runAndReadAll(
    `SELECT ${figures.join(", ")}
     FROM (SELECT *, epoch_ms(timestamp) AS t, 1 / coalesce(sample_rate, 1) AS w
       FROM read_json('${file}', format = 'newline_delimited', columns = ${columns}))
     WHERE t > ${end - spanMs} AND t <= ${end}
     GROUP BY (t - ${end - spanMs} + ${stepMs - 1}) // ${stepMs} ORDER BY (t - ${end - spanMs} + ${stepMs - 1}) // ${stepMs}`,
  );
  const rows = result.getRowsJS() as number[][];
  instance.closeSync();
  return figures.flatMap((_, i) => rows.map((row) => row[i]!));
}

async function byJq(file: string): Promise<number[] | undefined> {
  try {
    const { stdout } = await promisify(execFile)("jq", ["-n", "-c", jqProgram, file]);
    return JSON.parse(stdout) as number[];
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code === "ENOENT") return undefined;
    throw thrown;
  }
}

async function timed<T extends number[] | undefined>(
  work: () => Promise<T>,
  wanted?: number[],
): Promise<{ figures: T; ms: number }> {
  const began = performance.now();
  const found = await work();
  const ms = performance.now() - began;
  if (wanted !== undefined) same(found!, wanted);
  return { figures: found, ms };
}

function same(found: number[], wanted: number[]): void {
  const off = found.length !== wanted.length || found.some((value, i) => Math.abs(value / wanted[i]! - 1) > 1e-9);
  if (off) throw new Error(`different figures: ${found.join(", ")} and ${wanted.join(", ")}`);
}

/** The same bytes every time. */
export function writeRecords(path: string): void {
  let seed = 7;
  const below = (n: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 4294967296) * n);
  };
  const pick = <T>(from: readonly T[]): T => from[below(from.length)]!;
  const record = (i: number) => {
    const [prompt, completion, failed] = [100 + below(900), 50 + below(900), below(50) === 0];
    return {
      timestamp: new Date(end - spanMs + 1 + Math.floor((i * (spanMs - 1)) / records)).toISOString(),
      trace_id: `trace-${i}`,
      call_id: `call-${i}`,
      env: "production",
      region: "eu-1",
      route: pick(["support.reply", "search.answer", "agent.research"]),
      tenant: `tenant-${below(40)}`,
      tier: pick(["free", "paid"]),
      user_id: `u-${below(2000)}`,
      model: pick(["large-1", "small-1"]),
      provider: pick(["east", "west"]),
      prompt_version: "v14",
      status: failed ? "error" : "success",
      error: failed ? { type: "rate_limited", http_status: 429 } : null,
      finish_reason: failed ? null : "stop",
      latency_ms: 200 + below(3000),
      ttft_ms: 50 + below(600),
      retries: below(20) === 0 ? 1 : 0,
      cache_hit: below(3) === 0,
      token_usage: { prompt, completion, total: prompt + completion },
      cost_usd: below(100_000) / 1e7,
      flagged: false,
      sample_rate: failed ? 1 : 0.5,
    };
  };
  const file = openSync(path, "wx");
  try {
    for (let i = 0; i < records; i += 10_000)
      writeSync(file, Array.from({ length: 10_000 }, (_, j) => `${JSON.stringify(record(i + j))}\n`).join(""));
  } finally {
    closeSync(file);
  }
}
