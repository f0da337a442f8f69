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

const classes: Record<string, string> = {
  429: "RateLimitError",
  500: "InternalServerError",
  504: "APITimeoutError",
  401: "AuthenticationError",
};
const lasted = (l: readonly Stream[]) =>
  l.flatMap((s): [number, number][] => [
    [s.seconds, s.ok],
    [failSeconds, failures(s)],
  ]);

export const otel: Scraped = {
  stack: "otel",
  write(to, s) {
    const on = {
      gen_ai_request_model: s.model,
      gen_ai_response_model: s.model,
      gen_ai_provider_name: s.provider,
      gen_ai_operation_name: "chat",
      service_name: s.route,
    };
    const name = "gen_ai_client_operation_duration_seconds";
    to.histogram(name, on, bounds.seconds, [[s.seconds, s.ok]]);
    for (const [code, rate] of Object.entries(s.errors))
      to.histogram(name, { ...on, error_type: classes[code] }, bounds.seconds, [[failSeconds, rate]]);
    to.histogram("gen_ai_client_operation_time_to_first_chunk_seconds", on, bounds.seconds, [[s.first, s.ok]]);
    to.histogram("gen_ai_client_operation_time_per_output_chunk_seconds", on, bounds.gaps, [[s.gap, s.ok]]);
    for (const [type, count] of [
      ["input", s.tokensIn],
      ["output", s.tokensOut],
      ["total", s.tokensIn + s.tokensOut],
    ] as const)
      to.histogram("gen_ai_client_token_usage", { ...on, gen_ai_token_type: type }, bounds.tokens, [[count, s.ok]]);
    to.histogram("gen_ai_usage_cost", on, bounds.usd, [[s.usd, s.ok]]);
    const choices = { gen_ai_response_model: s.model, gen_ai_provider_name: s.provider, service_name: s.route };
    for (const [reason, rate] of [
      ["length", s.cut],
      ["content_filter", s.blocked],
      ["stop", s.ok - s.cut - s.blocked],
    ] as const)
      to.counter("gen_ai_client_generation_choices_total", { ...choices, gen_ai_response_finish_reason: reason }, rate);
  },
  cells: {
    request_rate: (l) => sum(l, total),
    answer_rate: (l) => sum(l, (s) => s.ok),
    error_rate: (l) => ratio(l, failures, total),
    rate_429: (l) => ratio(l, (s) => failures(s, /429/), total),
    rate_5xx: (l) => ratio(l, (s) => failures(s, /^5/), total),
    timeout_rate: (l) => ratio(l, (s) => failures(s, /504/), total),
    auth_failure_rate: (l) => ratio(l, (s) => failures(s, /401/), total),
    errors_by_type: (l) => errorsBy(l, (code) => classes[code]!),
    provider_error_rate: (l) =>
      each(
        l,
        (s) => s.provider,
        (of) => ratio(of, failures, total),
      ),
    latency_p50: (l) => quantile(0.5, bounds.seconds, lasted(l), (one) => one),
    latency_p95: (l) => quantile(0.95, bounds.seconds, lasted(l), (one) => one),
    latency_p99: (l) => quantile(0.99, bounds.seconds, lasted(l), (one) => one),
    ttft_p95: (l) => quantile(0.95, bounds.seconds, l, (s) => [s.first, s.ok]),
    inter_token_latency_p95: (l) => quantile(0.95, bounds.gaps, l, (s) => [s.gap, s.ok]),
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
    cost_per_hour: (l) => sum(l, (s) => s.ok * s.usd) * 3600,
    cost_per_request: (l) =>
      ratio(
        l,
        (s) => s.ok * s.usd,
        (s) => s.ok,
      ),
    cost_per_success: (l) =>
      ratio(
        l,
        (s) => s.ok * s.usd,
        (s) => s.ok,
      ),
    cost_p99: (l) => quantile(0.99, bounds.usd, l, (s) => [s.usd, s.ok]),
    truncation_rate: (l) =>
      ratio(
        l,
        (s) => s.cut,
        (s) => s.ok,
      ),
    guardrail_violation_rate: (l) =>
      ratio(
        l,
        (s) => s.blocked,
        (s) => s.ok,
      ),
  },
  maps: { "*": ["model", "provider", "route"] },
};
