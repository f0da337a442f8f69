import { vi } from "vitest";
import type { CallRecord } from "../../src/sandbox/record.ts";
import { startSandbox, type SandboxOptions } from "../../src/sandbox/sandbox.ts";
import type { HttpRequest } from "../../src/world/http.ts";
import { fakeWorld } from "../fake/world.ts";

// 25 hours of traffic are made in well under a second, but on a busy machine a test may wait for its turn.
vi.setConfig({ testTimeout: 60_000 });

export const minute = 60_000;
export const hour = 60 * minute;
export const folder = "/home/dana/shop";

/** A sandbox on a clock that only moves by hand. */
export async function open(options: Partial<SandboxOptions> = {}) {
  const world = fakeWorld();
  const sandbox = await startSandbox(world, { folder, seed: 7, ...options });
  const began = world.clock.now();

  return {
    world,
    sandbox,
    began,
    async pass(ms: number) {
      await world.clock.advance(ms);
      await sandbox.advance();
    },
    async send(method: HttpRequest["method"], path: string, body?: unknown, headers: Record<string, string> = {}) {
      const result = await world.http({
        method,
        url: sandbox.url + path,
        deadlineMs: 1000,
        headers: body === undefined ? headers : { "content-type": "application/json", ...headers },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      if ("failed" in result) throw new Error(result.failed);
      return result;
    },
    records: (): CallRecord[] =>
      ["history", "live"].flatMap((name) =>
        (world.files.all()[`${folder}/calls/${name}.jsonl`] ?? "")
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => JSON.parse(line) as CallRecord),
      ),
  };
}

/** The records from `from` until before `to` (ms before `at`), narrowed. */
export function within(records: CallRecord[], at: number, from: number, to: number, scope: Partial<CallRecord> = {}) {
  const inside = records.filter(({ timestamp }) => {
    const when = Date.parse(timestamp);
    return when >= at - from && when < at - to;
  });
  const entries = Object.entries(scope) as [keyof CallRecord, unknown][];
  return {
    hours: (from - to) / hour,
    records: inside.filter((one) => entries.every(([key, value]) => one[key] === value)),
  };
}

export function figures({ hours, records }: { hours: number; records: CallRecord[] }) {
  const part = (is: (one: CallRecord) => boolean) => records.filter(is).length / records.length;
  const answered = records.filter((one) => one.status === "success" || one.status === "flagged");
  const latencies = records.filter((one) => one.status !== "refused").map((one) => one.latency_ms);
  return {
    calls: records.length,
    costPerHour: records.reduce((sum, one) => sum + one.cost_usd, 0) / hours,
    tokensOut: answered.reduce((sum, one) => sum + one.token_usage.completion, 0) / answered.length,
    mostTokensOut: Math.max(...answered.map((one) => one.token_usage.completion)),
    errors: part((one) => one.status === "error"),
    flagged: part((one) => one.flagged),
    filtered: part((one) => one.finish_reason === "content_filter"),
    refused: part((one) => one.status === "refused"),
    retries: records.reduce((sum, one) => sum + one.retries, 0) / records.length,
    latencyP95: latencies.sort((a, b) => a - b)[Math.floor(latencies.length * 0.95)]!,
  };
}
