import { openRegistry } from "../exposition.ts";
import type { Served } from "./served.ts";
import { providers } from "./catalogue.ts";

export interface Meters {
  count(served: Served): void;
  text(): Promise<string>;
}

const durations = [0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10, 15, 20, 30, 60];
const tokens = [16, 32, 64, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 8192];
const statuses = ["success", "error", "flagged", "refused"];

/** The metrics of the gateway, under the names that the domain texts use. */
export async function openMeters(): Promise<Meters> {
  const registry = await openRegistry();
  const by = ["model", "tenant", "route"];
  const counter = (name: string, help: string, labels = by) => registry.counter(name, help, labels);

  const requests = counter("llm_requests_total", "Requests", ["status", ...by]);
  const duration = registry.histogram("llm_request_duration_seconds", "Time to the whole answer", by, durations);
  const ttft = registry.histogram("llm_ttft_seconds", "Time to the first token, streamed answers", by, durations);
  const cost = counter("llm_token_cost_dollars", "Money spent on tokens");
  const used = registry.histogram("llm_tokens_used", "Completion tokens of one answer", by, tokens);
  const hallucinations = counter("llm_hallucination_detected_total", "Answers that a judge found to be invented");
  const violations = counter("llm_guardrail_violations_total", "Answers that a guardrail stopped");
  const flags = counter("llm_flagged_total", "Answers that were flagged for any reason");
  const retries = counter("llm_retries_total", "Attempts after the first");
  const cache = counter("llm_cache_requests_total", "Lookups in the cache", ["result", ...by]);
  const asked = counter("llm_provider_requests_total", "Attempts at a provider", ["provider"]);
  const failed = counter("llm_provider_errors_total", "Failed attempts at a provider", ["provider"]);
  const evaluation = registry.gauge("llm_eval_score", "Moving mean of a judge's scores, 0..1", [
    "metric",
    "model",
    "route",
  ]);
  const scores = new Map<string, { model: string; score: number }>();
  for (const provider of providers) for (const one of [asked, failed]) one.add({ provider }, 0);

  return {
    count({ record, tries, hallucinated, violated, score }) {
      const { model, tenant, route, status } = record;
      const on = { model, tenant, route };
      // Every series of a kind appears together, at 0 where nothing happened: rate() loses the first step otherwise.
      for (const one of statuses) requests.add({ status: one, ...on }, one === status ? 1 : 0);
      hallucinations.add(on, hallucinated ? 1 : 0);
      violations.add(on, violated ? 1 : 0);
      flags.add(on, record.flagged ? 1 : 0);
      retries.add(on, record.retries);
      cost.add(on, record.cost_usd);
      for (const { provider, attempts, failures } of tries) {
        asked.add({ provider }, attempts);
        failed.add({ provider }, failures);
      }
      if (status === "refused") return;
      duration.observe(on, record.latency_ms / 1000);
      if (record.ttft_ms !== null) ttft.observe(on, record.ttft_ms / 1000);
      for (const result of ["hit", "miss"])
        cache.add({ result, ...on }, (result === "hit") === record.cache_hit ? 1 : 0);
      if (score === undefined) return;
      used.observe(on, record.token_usage.completion);
      const before = scores.get(route);
      scores.set(route, { model, score: before?.model === model ? 0.9 * before.score + 0.1 * score : score });
    },
    text() {
      evaluation.clear();
      for (const [route, { model, score }] of scores) evaluation.set({ metric: "groundedness", model, route }, score);
      return registry.text();
    },
  };
}
