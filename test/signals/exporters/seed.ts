import { bounds, each, failures, quantile, ratio, sum, total, type Scraped, type Stream } from "./writer.ts";

const attempts = (s: Stream) => total(s) + s.retries;
const score = (s: Stream) => Math.round(100 / (1 + s.waiting)) / 100;

export const seed: Scraped = {
  stack: "seed",
  write(to, s) {
    const on = { route: s.route, tenant: s.tenant, model: s.model };
    to.counter("llm_requests_total", { ...on, status: "success" }, s.ok);
    to.counter("llm_requests_total", { ...on, status: "error" }, failures(s));
    to.counter("llm_provider_requests_total", { provider: s.provider }, attempts(s));
    to.counter("llm_provider_errors_total", { provider: s.provider }, failures(s));
    to.counter("llm_retries_total", on, s.retries);
    for (const [name, value] of [
      ["request_duration", s.seconds],
      ["ttft", s.first],
      ["retrieval_duration", s.queued],
      ["generation_duration", s.generating],
      ["tool_execution_duration", s.gap * 10],
    ] as const)
      to.histogram(`llm_${name}_seconds`, on, bounds.seconds, [[value, s.ok]]);
    to.histogram("llm_tokens_used", on, bounds.tokens, [[s.tokensOut, s.ok]]);
    to.counter("llm_token_cost_dollars", on, s.ok * s.usd);
    to.counter("llm_cache_requests_total", { ...on, result: "hit" }, s.hits);
    to.counter("llm_cache_requests_total", { ...on, result: "miss" }, s.misses);
    to.counter("llm_hallucination_detected_total", on, s.cut);
    to.counter("llm_guardrail_violations_total", on, s.blocked);
    to.counter("llm_flagged_total", on, s.blocked + s.cut);
    to.gauge("llm_eval_score", { metric: "groundedness", route: s.route, model: s.model }, score(s));
    to.gauge("llm_eval_score", { metric: "relevance", route: s.route, model: s.model }, 0.1);
  },
  around(to) {
    to.gauge("gpu_kv_cache_usage_percent", { gpu: "0" }, 71);
    to.gauge("gpu_kv_cache_usage_percent", { gpu: "1" }, 64);
  },
  cells: {
    request_rate: (l) => sum(l, total),
    answer_rate: (l) => sum(l, (s) => s.ok),
    error_rate: (l) => ratio(l, failures, total),
    provider_error_rate: (l) =>
      each(
        l,
        (s) => s.provider,
        (of) => ratio(of, failures, attempts),
      ),
    retry_amplification: (l) => 1 + ratio(l, (s) => s.retries, total),
    latency_p50: (l) => quantile(0.5, bounds.seconds, l, (s) => [s.seconds, s.ok]),
    latency_p95: (l) => quantile(0.95, bounds.seconds, l, (s) => [s.seconds, s.ok]),
    latency_p99: (l) => quantile(0.99, bounds.seconds, l, (s) => [s.seconds, s.ok]),
    ttft_p95: (l) => quantile(0.95, bounds.seconds, l, (s) => [s.first, s.ok]),
    retrieval_p95: (l) => quantile(0.95, bounds.seconds, l, (s) => [s.queued, s.ok]),
    generation_p95: (l) => quantile(0.95, bounds.seconds, l, (s) => [s.generating, s.ok]),
    tool_p95: (l) => quantile(0.95, bounds.seconds, l, (s) => [s.gap * 10, s.ok]),
    kv_cache_usage: () => 0.71,
    cost_per_hour: (l) => sum(l, (s) => s.ok * s.usd) * 3600,
    cost_per_request: (l) => ratio(l, (s) => s.ok * s.usd, total),
    cost_per_success: (l) =>
      ratio(
        l,
        (s) => s.ok * s.usd,
        (s) => s.ok,
      ),
    tokens_out_rate: (l) => sum(l, (s) => s.ok * s.tokensOut),
    tokens_out_avg: (l) =>
      ratio(
        l,
        (s) => s.ok * s.tokensOut,
        (s) => s.ok,
      ),
    tokens_out_p95: (l) => quantile(0.95, bounds.tokens, l, (s) => [s.tokensOut, s.ok]),
    cache_hit_rate: (l) =>
      ratio(
        l,
        (s) => s.hits,
        (s) => s.hits + s.misses,
      ),
    hallucination_rate: (l) => ratio(l, (s) => s.cut, total),
    groundedness_score: (l) => sum(l, score) / l.length,
    guardrail_violation_rate: (l) => ratio(l, (s) => s.blocked, total),
    flagged_rate: (l) => ratio(l, (s) => s.blocked + s.cut, total),
  },
  maps: {
    "*": ["model", "tenant", "route"],
    provider_error_rate: ["provider"],
    groundedness_score: ["model", "route"],
    kv_cache_usage: [],
  },
};
