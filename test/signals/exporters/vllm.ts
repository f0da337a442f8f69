import { bounds, errorsBy, failures, quantile, ratio, sum, total, type Scraped, type Stream } from "./writer.ts";

/** every tenth answer is followed by a request that its caller gave up */
const aborted = (s: Stream) => s.ok / 10;
const finished = (s: Stream) => s.ok + aborted(s);

export const vllm: Scraped = {
  stack: "vllm",
  write(to, s) {
    const on = { model_name: s.model, engine: "0" };
    to.counter("vllm:request_success_total", { ...on, finished_reason: "stop" }, s.ok - s.cut);
    to.counter("vllm:request_success_total", { ...on, finished_reason: "length" }, s.cut);
    to.counter("vllm:request_success_total", { ...on, finished_reason: "abort" }, aborted(s));
    const http = { handler: "/v1/chat/completions", method: "POST" };
    to.counter("http_requests_total", { ...http, status: "2xx" }, s.ok);
    to.counter("http_requests_total", { ...http, status: "4xx" }, failures(s, /^4/));
    to.counter("http_requests_total", { ...http, status: "5xx" }, failures(s, /^5/));
    for (const [name, value] of [
      ["e2e_request_latency", s.seconds],
      ["time_to_first_token", s.first],
      ["request_queue_time", s.queued],
      ["request_inference_time", s.generating],
    ] as const)
      to.histogram(`vllm:${name}_seconds`, on, bounds.seconds, [[value, s.ok]]);
    to.histogram("vllm:inter_token_latency_seconds", on, bounds.gaps, [[s.gap, s.ok]]);
    to.histogram("vllm:request_prompt_tokens", on, bounds.tokens, [[s.tokensIn, s.ok]]);
    to.histogram("vllm:request_generation_tokens", on, bounds.tokens, [[s.tokensOut, s.ok]]);
    to.counter("vllm:prompt_tokens_total", on, s.ok * s.tokensIn);
    to.counter("vllm:generation_tokens_total", on, s.ok * s.tokensOut);
    to.counter("vllm:prefix_cache_hits_total", on, s.hits * 100);
    to.counter("vllm:prefix_cache_queries_total", on, (s.hits + s.misses) * 100);
    to.gauge("vllm:num_requests_waiting", on, s.waiting);
    to.gauge("vllm:num_requests_running", on, 3);
    to.gauge("vllm:kv_cache_usage_perc", on, s.waiting / 10);
  },
  around(to) {
    to.counter("http_requests_total", { handler: "/health", method: "GET", status: "2xx" }, 40);
    to.gauge("up", {}, 1);
    to.gauge("up", { server: "second" }, 0);
  },
  cells: {
    request_rate: (l) => sum(l, finished),
    answer_rate: (l) => sum(l, (s) => s.ok),
    error_rate: (l) => ratio(l, failures, total),
    rate_5xx: (l) => ratio(l, (s) => failures(s, /^5/), total),
    errors_by_type: (l) => errorsBy(l, (code) => `${code[0]}xx`),
    endpoint_up: () => 0,
    latency_p50: (l) => quantile(0.5, bounds.seconds, l, (s) => [s.seconds, s.ok]),
    latency_p95: (l) => quantile(0.95, bounds.seconds, l, (s) => [s.seconds, s.ok]),
    latency_p99: (l) => quantile(0.99, bounds.seconds, l, (s) => [s.seconds, s.ok]),
    ttft_p95: (l) => quantile(0.95, bounds.seconds, l, (s) => [s.first, s.ok]),
    inter_token_latency_p95: (l) => quantile(0.95, bounds.gaps, l, (s) => [s.gap, s.ok]),
    generation_p95: (l) => quantile(0.95, bounds.seconds, l, (s) => [s.generating, s.ok]),
    queue_waiting: (l) => sum(l, (s) => s.waiting),
    queue_time_p95: (l) => quantile(0.95, bounds.seconds, l, (s) => [s.queued, s.ok]),
    kv_cache_usage: (l) => Math.max(...l.map((s) => s.waiting / 10)),
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
    cache_hit_rate: (l) =>
      ratio(
        l,
        (s) => s.hits,
        (s) => s.hits + s.misses,
      ),
    truncation_rate: (l) => ratio(l, (s) => s.cut, finished),
  },
  maps: { "*": ["model"], error_rate: [], rate_5xx: [], errors_by_type: [], endpoint_up: [] },
};
