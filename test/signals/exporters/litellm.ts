import { bounds, each, errorsBy, failures, quantile, ratio, sum, total, type Scraped, type Stream } from "./writer.ts";

const classes: Record<string, string> = {
  429: "RateLimitError",
  500: "InternalServerError",
  504: "Timeout",
  401: "AuthenticationError",
};
const upstream = (s: Stream) => `${s.model}-2024`;
/** requests that the router refuses itself: they have no status */
const exhausted = (s: Stream) => (s.errors["429"] ?? 0) / 2;
const all = (s: Stream) => total(s) + exhausted(s);
const failed = (s: Stream) => failures(s) + exhausted(s);
const attempts = (s: Stream) => total(s) + s.retries;

export const litellm: Scraped = {
  stack: "litellm",
  write(to, s) {
    const who = { team_alias: s.tenant, end_user: s.user, api_key_alias: s.route };
    const on = { requested_model: s.model, ...who };
    const sent = {
      requested_model: s.model,
      litellm_model_name: upstream(s),
      api_provider: s.provider,
      model_id: `id-${s.provider}`,
      team_alias: s.tenant,
      api_key_alias: s.route,
    };
    to.counter("litellm_proxy_total_requests_metric_total", { ...on, status_code: "200" }, s.ok);
    for (const [code, rate] of [...Object.entries(s.errors), ["None", exhausted(s)] as const]) {
      const name = classes[code] ?? "RouterRateLimitError";
      to.counter("litellm_proxy_total_requests_metric_total", { ...on, status_code: code }, rate);
      to.counter(
        "litellm_proxy_failed_requests_metric_total",
        { ...on, exception_status: code, exception_class: name },
        rate,
      );
    }
    to.counter("litellm_deployment_total_requests_total", sent, attempts(s));
    to.counter("litellm_deployment_failure_responses_total", { ...sent, exception_status: "500" }, failures(s));
    to.counter(
      "litellm_deployment_successful_fallbacks_total",
      { requested_model: s.model, fallback_model: "spare", team_alias: s.tenant, api_key_alias: s.route },
      s.fallbacks,
    );
    to.counter(
      "litellm_deployment_failed_fallbacks_total",
      { requested_model: s.model, fallback_model: "spare", team_alias: s.tenant, api_key_alias: s.route },
      s.fallbacks / 4,
    );
    const deployment = { litellm_model_name: upstream(s), api_provider: s.provider, model_id: `id-${s.provider}` };
    to.gauge("litellm_deployment_state", deployment, s.waiting > 5 ? 2 : 0);
    to.gauge("litellm_deployment_rpm_limit", deployment, 1000);
    to.counter("litellm_deployment_cooled_down_total", { ...deployment, exception_status: "429" }, s.fallbacks / 2);
    to.histogram("litellm_request_total_latency_metric", { ...on, model: upstream(s) }, bounds.seconds, [
      [s.seconds, s.ok],
    ]);
    to.histogram("litellm_llm_api_latency_metric", { ...on, model: upstream(s) }, bounds.seconds, [
      [s.generating, s.ok],
    ]);
    to.histogram("litellm_llm_api_time_to_first_token_metric", { ...on, model: upstream(s) }, bounds.seconds, [
      [s.first, s.ok],
    ]);
    to.histogram("litellm_request_queue_time_seconds", on, bounds.seconds, [[s.queued, s.ok]]);
    to.histogram(
      "litellm_deployment_latency_per_output_token",
      { ...deployment, team_alias: s.tenant, api_key_alias: s.route },
      bounds.gaps,
      [[s.gap, s.ok]],
    );
    to.counter("litellm_spend_metric_total", { ...who, model: s.model, api_provider: s.provider }, s.ok * s.usd);
    to.counter("litellm_input_tokens_metric_total", { ...on, model: upstream(s) }, s.ok * s.tokensIn);
    to.counter("litellm_output_tokens_metric_total", { ...on, model: upstream(s) }, s.ok * s.tokensOut);
    to.counter("litellm_cache_hits_metric_total", { ...who, model: s.model }, s.hits);
    to.counter("litellm_cache_misses_metric_total", { ...who, model: s.model }, s.misses);
    to.counter("litellm_guardrail_requests_total", { guardrail_name: "pii", status: "success" }, s.ok - s.blocked);
    to.counter("litellm_guardrail_requests_total", { guardrail_name: "pii", status: "error" }, s.blocked);
    to.gauge(
      "litellm_remaining_team_budget_metric",
      { team: `${s.tenant}-id`, team_alias: s.tenant },
      s.tenant === "acme" ? 12.5 : 90,
    );
  },
  around(to) {
    to.gauge("litellm_in_flight_requests", {}, 17);
    to.gauge("up", {}, 1);
  },
  cells: {
    request_rate: (l) => sum(l, all),
    answer_rate: (l) => sum(l, (s) => s.ok),
    error_rate: (l) => ratio(l, failed, all),
    rate_429: (l) => ratio(l, (s) => failures(s, /429/) + exhausted(s), all),
    rate_5xx: (l) => ratio(l, (s) => failures(s, /^5/), all),
    timeout_rate: (l) => ratio(l, (s) => failures(s, /504/), all),
    auth_failure_rate: (l) => ratio(l, (s) => failures(s, /401/), all),
    errors_by_type: (l) => ({
      ...errorsBy(l, (code) => classes[code]!),
      ...(sum(l, exhausted) > 0 ? { RouterRateLimitError: sum(l, exhausted) } : {}),
    }),
    provider_error_rate: (l) =>
      each(
        l,
        (s) => s.provider,
        (of) => ratio(of, failures, attempts),
      ),
    quota_headroom: (l) =>
      each(
        l,
        (s) => `${s.provider} / ${upstream(s)}`,
        (of) => 1 - (60 * sum(of, attempts)) / 1000,
      ),
    endpoint_up: () => 1,
    circuit_state: (l) =>
      each(
        l,
        (s) => `${s.provider} / ${upstream(s)} / id-${s.provider}`,
        ([s]) => (s!.waiting > 5 ? 2 : 0),
      ),
    cooldowns: (l) =>
      each(
        l,
        (s) => `${s.provider} / 429 / ${upstream(s)}`,
        (of) => sum(of, (s) => (s.fallbacks / 2) * 300),
      ),
    fallback_count: (l) =>
      each(
        l,
        (s) => `spare / ${s.model}`,
        (of) => sum(of, (s) => s.fallbacks * 300),
      ),
    fallback_failures: (l) =>
      each(
        l,
        (s) => `spare / ${s.model}`,
        (of) => sum(of, (s) => (s.fallbacks / 4) * 300),
      ),
    retry_amplification: (l) => ratio(l, attempts, all),
    latency_p50: (l) => quantile(0.5, bounds.seconds, l, (s) => [s.seconds, s.ok]),
    latency_p95: (l) => quantile(0.95, bounds.seconds, l, (s) => [s.seconds, s.ok]),
    latency_p99: (l) => quantile(0.99, bounds.seconds, l, (s) => [s.seconds, s.ok]),
    ttft_p95: (l) => quantile(0.95, bounds.seconds, l, (s) => [s.first, s.ok]),
    inter_token_latency_p95: (l) => quantile(0.95, bounds.gaps, l, (s) => [s.gap, s.ok]),
    generation_p95: (l) => quantile(0.95, bounds.seconds, l, (s) => [s.generating, s.ok]),
    queue_waiting: () => 17,
    queue_time_p95: (l) => quantile(0.95, bounds.seconds, l, (s) => [s.queued, s.ok]),
    cost_per_hour: (l) => sum(l, (s) => s.ok * s.usd) * 3600,
    cost_per_request: (l) => ratio(l, (s) => s.ok * s.usd, all),
    cost_per_success: (l) =>
      ratio(
        l,
        (s) => s.ok * s.usd,
        (s) => s.ok,
      ),
    budget_remaining: (l) =>
      each(
        l,
        (s) => s.tenant,
        ([s]) => (s!.tenant === "acme" ? 12.5 : 90),
      ),
    tokens_in_rate: (l) => sum(l, (s) => s.ok * s.tokensIn),
    tokens_out_rate: (l) => sum(l, (s) => s.ok * s.tokensOut),
    tokens_in_avg: (l) =>
      ratio(
        l,
        (s) => s.ok * s.tokensIn,
        (s) => s.ok,
      ),
    tokens_out_avg: (l) =>
      ratio(
        l,
        (s) => s.ok * s.tokensOut,
        (s) => s.ok,
      ),
    cache_hit_rate: (l) =>
      ratio(
        l,
        (s) => s.hits,
        (s) => s.hits + s.misses,
      ),
    guardrail_violation_rate: (l) =>
      ratio(
        l,
        (s) => s.blocked,
        (s) => s.ok,
      ),
  },
  maps: {
    "*": ["model", "tenant", "user"],
    provider_error_rate: ["model", "tenant", "provider"],
    quota_headroom: ["provider"],
    endpoint_up: [],
    circuit_state: ["provider"],
    cooldowns: ["provider"],
    fallback_count: ["model", "tenant"],
    fallback_failures: ["model", "tenant"],
    retry_amplification: ["model", "tenant"],
    inter_token_latency_p95: ["tenant", "provider"],
    queue_waiting: [],
    cost_per_hour: ["model", "tenant", "user", "provider"],
    budget_remaining: ["tenant"],
    guardrail_violation_rate: [],
  },
  mixed: ["cost_per_request", "cost_per_success"],
};
