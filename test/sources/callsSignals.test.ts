import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCatalogue, readStack } from "../../src/signals/stack.ts";
import { calls } from "../../src/sources/calls.ts";
import type { Source } from "../../src/sources/source.ts";
import type { Scope } from "../../src/timeline/scope.ts";
import { fakeWorld } from "../fake/world.ts";

const read = (name: string) => {
  const file = `runbooks/signals/${name}.yaml`;
  return { file, text: readFileSync(new URL(`../../${file}`, import.meta.url), "utf8") };
};
const { catalogue, findings: wrong } = readCatalogue(read("catalogue"));
const { stack, findings } = readStack({ catalogue: catalogue!, stack: read("calls") });

const end = Date.parse("2026-11-21T03:00:00Z");
const windowMs = 100_000;
const answered = {
  token_usage: { prompt: 100, completion: 50, total: 150 },
  ttft_ms: 200,
  cache_hit: false,
  retries: 0,
  sample_rate: 1,
};
const failed = {
  token_usage: { prompt: 100, completion: 0, total: 100 },
  ttft_ms: null,
  cache_hit: false,
  finish_reason: null,
  cost_usd: 0,
};
/** two ordinary answers, of which one stands for eight, and one call of each other sort: 16 calls */
const records: object[] = [
  { ...answered, status: "success", finish_reason: "stop", latency_ms: 1000, cost_usd: 0.01 },
  { ...answered, status: "success", finish_reason: "stop", latency_ms: 1000, cost_usd: 0.01, sample_rate: 0.125 },
  {
    ...answered,
    status: "success",
    finish_reason: "length",
    latency_ms: 5200,
    cost_usd: 0.05,
    token_usage: { prompt: 100, completion: 1000 },
  },
  { ...answered, status: "success", finish_reason: "stop", latency_ms: 30, ttft_ms: 30, cost_usd: 0, cache_hit: true },
  {
    ...answered,
    status: "flagged",
    flagged: true,
    finish_reason: "stop",
    latency_ms: 1000,
    cost_usd: 0.01,
    retries: 1,
  },
  { ...answered, status: "flagged", flagged: true, finish_reason: "content_filter", latency_ms: 1000, cost_usd: 0.01 },
  { ...failed, status: "error", error: { type: "rate_limited", http_status: 429 }, latency_ms: 900, retries: 2 },
  { ...failed, status: "error", error: { type: "timeout", http_status: 504 }, latency_ms: 30_000, retries: 0 },
  {
    ...failed,
    status: "refused",
    error: { type: "rate_limited", http_status: 429 },
    latency_ms: 2,
    retries: 0,
    token_usage: { prompt: 0, completion: 0, total: 0 },
  },
].map((record) => ({ timestamp: new Date(end - 1000).toISOString(), route: "a", ...record }));

const expected: Record<string, number> = {
  request_rate: 0.16,
  answer_rate: 0.13,
  error_rate: 2 / 16,
  rate_429: 1 / 16,
  rate_5xx: 1 / 16,
  timeout_rate: 1 / 16,
  auth_failure_rate: 0,
  // attempts: 9 + 1 + 2 + 1 + 3 + 1 at the provider, of which 1 + 3 + 1 failed
  provider_error_rate: 5 / 17,
  retry_amplification: 1 + 3 / 16,
  latency_p50: 1,
  // of eight records, by linear interpolation between the two slowest
  latency_p95: 5.2 + 0.65 * 24.8,
  latency_p99: 5.2 + 0.93 * 24.8,
  ttft_p95: 0.2,
  inter_token_latency_p95: 0.016,
  cost_per_hour: (0.09 + 0.05 + 0.02) * 36,
  cost_per_request: 0.16 / 16,
  cost_per_success: 0.16 / 11,
  cost_p99: 0.01 + 0.93 * 0.04,
  tokens_in_rate: 15,
  tokens_out_rate: (12 * 50 + 1000) / 100,
  tokens_in_avg: 100,
  tokens_in_p95: 100,
  tokens_out_avg: (12 * 50 + 1000) / 13,
  tokens_out_p95: 50 + 0.75 * 950,
  cache_hit_rate: 1 / 15,
  truncation_rate: 1 / 13,
  hallucination_rate: 1 / 16,
  guardrail_violation_rate: 1 / 16,
  flagged_rate: 2 / 16,
};

let folder: string;
let source: Source;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "llmops-signals-"));
  const refused = { timestamp: new Date(end - 500_000).toISOString(), route: "off", status: "refused", latency_ms: 2 };
  writeFileSync(join(folder, "calls.jsonl"), [...records, refused].map((it) => `${JSON.stringify(it)}\n`).join(""));
  const world = fakeWorld();
  world.files.glob = async () => [join(folder, "calls.jsonl")];
  source = calls.open(calls.schema.parse({ files: "calls.jsonl" }), world, folder);
});
afterAll(async () => {
  await source.close();
  rmSync(folder, { recursive: true });
});

async function figure(signal: string, scope: Scope, at = end): Promise<number | undefined> {
  const answer = await source.instant({ sql: stack!.queries.get(signal)!.text, scope, windowMs }, at);
  if ("error" in answer) throw new Error(`${signal}: ${answer.error}`);
  return answer.data[0]?.value;
}

describe("signals over call records", () => {
  it("are all known to the catalogue, and all are proven here", () => {
    expect([...wrong, ...findings]).toEqual([]);
    expect(Object.keys(expected).sort()).toEqual([...stack!.queries.keys()].sort());
  });

  it.each(Object.entries(expected))("%s", async (signal, wanted) => {
    expect(await figure(signal, { route: "a" })).toBeCloseTo(wanted, 9);
  });

  it("are zero or nothing for a route that nobody called, while others were", async () => {
    const zero = ["request_rate", "answer_rate", "cost_per_hour", "tokens_in_rate", "tokens_out_rate"];
    for (const signal of stack!.queries.keys())
      expect(await figure(signal, { route: "b" }), signal).toBe(zero.includes(signal) ? 0 : undefined);
  });

  it("show a switched-off route as quiet, not as broken", async () => {
    const quiet = {
      answer_rate: 0,
      error_rate: 0,
      provider_error_rate: undefined,
      guardrail_violation_rate: 0,
      latency_p95: undefined,
    };
    for (const [signal, wanted] of Object.entries(quiet))
      expect(await figure(signal, { route: "off" }, end - 490_000), signal).toBe(wanted);
  });
});
