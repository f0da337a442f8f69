import {
  bounds,
  each,
  errorsBy,
  failSeconds,
  failures,
  quantile,
  ratio,
  sum,
  total,
  type Scraped,
  type Stream,
} from "./writer.ts";

const attempts = (s: Stream) => total(s) + s.retries;
const lasted = (l: readonly Stream[]) =>
  l.flatMap((s): [number, number][] => [
    [s.seconds, s.ok],
    [failSeconds, failures(s)],
  ]);

export const envoy: Scraped = {
  stack: "envoy",
  write(to, s) {
    const on = { gen_ai_request_model: s.model, gen_ai_provider_name: s.provider, gen_ai_operation_name: "chat" };
    const name = "gen_ai_server_request_duration_seconds";
    to.histogram(name, on, bounds.seconds, [[s.seconds, s.ok]]);
    if (failures(s) > 0)
      to.histogram(name, { ...on, error_type: "_OTHER" }, bounds.seconds, [[failSeconds, failures(s)]]);
    to.histogram("gen_ai_server_time_to_first_token_seconds", on, bounds.seconds, [[s.first, s.ok]]);
    to.histogram("gen_ai_server_time_per_output_token_seconds", on, bounds.gaps, [[s.gap, s.ok]]);
    for (const [type, count] of [
      ["input", s.tokensIn],
      ["output", s.tokensOut],
      ["cached_input", s.tokensIn / 2],
    ] as const)
      to.histogram("gen_ai_client_token_usage", { ...on, gen_ai_token_type: type }, bounds.tokens, [[count, s.ok]]);
    const cluster = { envoy_cluster_name: `httproute/ai/${s.route}/rule/0` };
    to.counter("envoy_cluster_upstream_rq", { ...cluster, envoy_response_code: "200" }, s.ok + s.retries);
    to.counter("envoy_cluster_upstream_rq_xx", { ...cluster, envoy_response_code_class: "2" }, s.ok + s.retries);
    for (const [code, rate] of Object.entries(s.errors)) {
      to.counter("envoy_cluster_upstream_rq", { ...cluster, envoy_response_code: code }, rate);
      to.counter("envoy_cluster_upstream_rq_xx", { ...cluster, envoy_response_code_class: code[0] }, rate);
    }
    to.counter("envoy_cluster_upstream_rq_total", cluster, attempts(s));
    to.counter("envoy_cluster_upstream_rq_retry", cluster, s.retries);
    to.counter("envoy_cluster_upstream_rq_timeout", cluster, failures(s, /504/));
    to.gauge("envoy_cluster_upstream_rq_pending_active", cluster, s.route === "chat" ? 13 : 1);
    to.gauge("envoy_cluster_circuit_breakers_default_rq_open", cluster, s.route === "chat" ? 1 : 0);
    to.gauge("envoy_cluster_outlier_detection_ejections_active", cluster, s.route === "chat" ? 2 : 0);
  },
  around(to) {
    to.gauge("up", {}, 1);
  },
  cells: {
    request_rate: (l) => sum(l, total),
    answer_rate: (l) => sum(l, (s) => s.ok),
    error_rate: (l) => ratio(l, failures, total),
    rate_429: (l) => ratio(l, (s) => failures(s, /429/), attempts),
    rate_5xx: (l) => ratio(l, (s) => failures(s, /^5/), attempts),
    timeout_rate: (l) => ratio(l, (s) => failures(s, /504/), attempts),
    auth_failure_rate: (l) => ratio(l, (s) => failures(s, /401/), attempts),
    errors_by_type: (l) => errorsBy(l, (code) => code),
    provider_error_rate: (l) =>
      each(
        l,
        (s) => s.provider,
        (of) => ratio(of, failures, total),
      ),
    endpoint_up: () => 1,
    circuit_state: (l) =>
      each(
        l,
        (s) => `httproute/ai/${s.route}/rule/0`,
        ([s]) => (s!.route === "chat" ? 1 : 0),
      ),
    cooldowns: (l) =>
      each(
        l,
        (s) => `httproute/ai/${s.route}/rule/0`,
        ([s]) => (s!.route === "chat" ? 2 : 0),
      ),
    retry_amplification: (l) => 1 + ratio(l, (s) => s.retries, attempts),
    latency_p50: (l) => quantile(0.5, bounds.seconds, lasted(l), (one) => one),
    latency_p95: (l) => quantile(0.95, bounds.seconds, lasted(l), (one) => one),
    latency_p99: (l) => quantile(0.99, bounds.seconds, lasted(l), (one) => one),
    ttft_p95: (l) => quantile(0.95, bounds.seconds, l, (s) => [s.first, s.ok]),
    inter_token_latency_p95: (l) => quantile(0.95, bounds.gaps, l, (s) => [s.gap, s.ok]),
    queue_waiting: (l) => (new Set(l.map((s) => s.route)).size === 2 ? 14 : l[0]!.route === "chat" ? 13 : 1),
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
  maps: {
    "*": ["model", "provider"],
    rate_429: ["route"],
    rate_5xx: ["route"],
    timeout_rate: ["route"],
    auth_failure_rate: ["route"],
    errors_by_type: ["route"],
    circuit_state: ["route"],
    cooldowns: ["route"],
    retry_amplification: ["route"],
    queue_waiting: ["route"],
    endpoint_up: [],
  },
  route: (s) => `httproute/ai/${s.route}/rule/0`,
};
