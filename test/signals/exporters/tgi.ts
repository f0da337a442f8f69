import { bounds, errorsBy, failures, quantile, ratio, sum, total, type Scraped } from "./writer.ts";

const words: Record<string, string> = { 429: "overloaded", 500: "generation", 504: "dropped", 401: "validation" };

export const tgi: Scraped = {
  stack: "tgi",
  write(to, s) {
    to.counter("tgi_request_count", {}, total(s));
    to.counter("tgi_request_success", {}, s.ok);
    for (const [code, rate] of Object.entries(s.errors)) to.counter("tgi_request_failure", { err: words[code]! }, rate);
    for (const [name, value] of [
      ["", s.seconds],
      ["_queue", s.queued],
      ["_inference", s.generating],
    ] as const)
      to.histogram(`tgi_request${name}_duration`, {}, bounds.seconds, [[value, s.ok]]);
    to.histogram("tgi_request_mean_time_per_token_duration", {}, bounds.gaps, [[s.gap, s.ok]]);
    to.histogram("tgi_request_input_length", {}, bounds.tokens, [[s.tokensIn, s.ok]]);
    to.histogram("tgi_request_generated_tokens", {}, bounds.tokens, [[s.tokensOut, s.ok]]);
  },
  around(to) {
    to.gauge("tgi_queue_size", {}, 6);
    to.gauge("tgi_batch_current_max_tokens", {}, 3000);
    to.gauge("tgi_batch_max_total_tokens", {}, 4000);
    to.gauge("up", {}, 1);
  },
  cells: {
    request_rate: (l) => sum(l, total),
    answer_rate: (l) => sum(l, (s) => s.ok),
    error_rate: (l) => ratio(l, failures, total),
    rate_429: (l) => ratio(l, (s) => failures(s, /429/), total),
    rate_5xx: (l) => ratio(l, (s) => failures(s, /^5/), total),
    errors_by_type: (l) => errorsBy(l, (code) => words[code]!),
    endpoint_up: () => 1,
    latency_p50: (l) => quantile(0.5, bounds.seconds, l, (s) => [s.seconds, s.ok]),
    latency_p95: (l) => quantile(0.95, bounds.seconds, l, (s) => [s.seconds, s.ok]),
    latency_p99: (l) => quantile(0.99, bounds.seconds, l, (s) => [s.seconds, s.ok]),
    inter_token_latency_p95: (l) => quantile(0.95, bounds.gaps, l, (s) => [s.gap, s.ok]),
    generation_p95: (l) => quantile(0.95, bounds.seconds, l, (s) => [s.generating, s.ok]),
    queue_waiting: () => 6,
    queue_time_p95: (l) => quantile(0.95, bounds.seconds, l, (s) => [s.queued, s.ok]),
    kv_cache_usage: () => 0.75,
    tokens_in_rate: (l) => sum(l, (s) => s.ok * s.tokensIn),
    tokens_out_rate: (l) => sum(l, (s) => s.ok * s.tokensOut),
    tokens_in_avg: (l) =>
      ratio(
        l,
        (s) => s.ok * s.tokensIn,
        (s) => s.ok,
      ),
    tokens_in_p95: (l) => quantile(0.95, bounds.tokens, l, (s) => [s.tokensIn, s.ok]),
    tokens_out_avg: (l) =>
      ratio(
        l,
        (s) => s.ok * s.tokensOut,
        (s) => s.ok,
      ),
    tokens_out_p95: (l) => quantile(0.95, bounds.tokens, l, (s) => [s.tokensOut, s.ok]),
  },
  maps: { "*": [] },
};
