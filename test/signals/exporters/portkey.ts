import { bounds, each, errorsBy, failures, quantile, ratio, sum, total, type Scraped, type Stream } from "./writer.ts";

const ms = bounds.seconds.map((bound) => bound * 1000);
/** answers that a guardrail let through although it minded are answers; those it denied (446) are not */
const denied = (s: Stream) => s.blocked / 2;
const all = (s: Stream) => total(s) + denied(s);
const failed = (s: Stream) => failures(s) + denied(s);

export const portkey: Scraped = {
  stack: "portkey",
  write(to, s) {
    const on = {
      provider: s.provider,
      model: s.model,
      method: "POST",
      endpoint: "chatComplete",
      metadata_application_name: s.route,
      metadata_organization_id: s.tenant,
      metadata_user_id: s.user,
    };
    to.counter("request_count", { ...on, code: "246", cacheStatus: "disabled" }, s.blocked);
    to.counter("request_count", { ...on, code: "446", cacheStatus: "disabled" }, denied(s));
    to.counter("request_count", { ...on, code: "200", cacheStatus: "hit" }, s.hits);
    to.counter("request_count", { ...on, code: "200", cacheStatus: "miss" }, s.misses);
    to.counter("request_count", { ...on, code: "200", cacheStatus: "disabled" }, s.ok - s.blocked - s.hits - s.misses);
    for (const [code, rate] of Object.entries(s.errors))
      to.counter("request_count", { ...on, code, cacheStatus: "disabled" }, rate);
    to.histogram("http_request_duration_seconds", on, bounds.seconds, [[s.seconds, s.ok]]);
    to.histogram("llm_request_duration_milliseconds", on, ms, [[s.generating * 1000, s.ok]]);
    to.counter("llm_cost_sum", on, s.ok * s.usd);
  },
  around(to) {
    to.gauge("up", {}, 1);
  },
  cells: {
    request_rate: (l) => sum(l, all),
    answer_rate: (l) => sum(l, (s) => s.ok),
    error_rate: (l) => ratio(l, failed, all),
    rate_429: (l) => ratio(l, (s) => failures(s, /429/), all),
    rate_5xx: (l) => ratio(l, (s) => failures(s, /^5/), all),
    timeout_rate: (l) => ratio(l, (s) => failures(s, /504/), all),
    auth_failure_rate: (l) => ratio(l, (s) => failures(s, /401/), all),
    errors_by_type: (l) => ({ ...errorsBy(l, (code) => code), ...(sum(l, denied) > 0 ? { 446: sum(l, denied) } : {}) }),
    provider_error_rate: (l) =>
      each(
        l,
        (s) => s.provider,
        (of) => ratio(of, (s) => failures(s, /429|^5/), all),
      ),
    endpoint_up: () => 1,
    latency_p50: (l) => quantile(0.5, bounds.seconds, l, (s) => [s.seconds, s.ok]),
    latency_p95: (l) => quantile(0.95, bounds.seconds, l, (s) => [s.seconds, s.ok]),
    latency_p99: (l) => quantile(0.99, bounds.seconds, l, (s) => [s.seconds, s.ok]),
    generation_p95: (l) => quantile(0.95, bounds.seconds, l, (s) => [s.generating, s.ok]),
    cost_per_hour: (l) => sum(l, (s) => s.ok * s.usd) * 3600,
    cost_per_request: (l) => ratio(l, (s) => s.ok * s.usd, all),
    cost_per_success: (l) =>
      ratio(
        l,
        (s) => s.ok * s.usd,
        (s) => s.ok,
      ),
    cache_hit_rate: (l) =>
      ratio(
        l,
        (s) => s.hits,
        (s) => s.hits + s.misses,
      ),
    guardrail_violation_rate: (l) => ratio(l, (s) => s.blocked + denied(s), all),
  },
  maps: { "*": ["model", "provider", "route", "tenant", "user"], endpoint_up: [] },
};
