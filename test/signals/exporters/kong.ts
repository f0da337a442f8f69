import { bounds, each, errorsBy, failures, quantile, ratio, sum, total, type Scraped, type Stream } from "./writer.ts";

const ms = bounds.seconds.map((bound) => bound * 1000);
/** AI requests: what Kong itself refused never became one */
const asked = (s: Stream) => s.ok + failures(s, /^5/);

export const kong: Scraped = {
  stack: "kong",
  write(to, s) {
    const on = { ai_model: s.model, ai_provider: s.provider, consumer: s.tenant };
    const lookups = s.hits + s.misses;
    to.counter("kong_ai_llm_requests_total", { ...on, cache_status: "Hit" }, s.hits);
    to.counter("kong_ai_llm_requests_total", { ...on, cache_status: "Miss" }, s.misses);
    to.counter("kong_ai_llm_requests_total", { ...on, cache_status: "" }, asked(s) - lookups);
    to.counter("kong_ai_llm_cost_total", on, s.ok * s.usd);
    for (const [type, count] of [
      ["prompt_tokens", s.tokensIn],
      ["completion_tokens", s.tokensOut],
      ["total_tokens", s.tokensIn + s.tokensOut],
    ] as const)
      to.counter("kong_ai_llm_tokens_total", { ...on, token_type: type }, s.ok * count);
    to.histogram("kong_ai_llm_provider_latency_ms", on, ms, [[s.seconds * 1000, s.ok]]);
    const http = { route: s.route, consumer: s.tenant, service: `${s.provider}-service` };
    to.counter("kong_http_requests_total", { ...http, code: "200", source: "service" }, s.ok);
    for (const [code, rate] of Object.entries(s.errors))
      to.counter(
        "kong_http_requests_total",
        { ...http, code, source: code.startsWith("5") ? "service" : "kong" },
        rate,
      );
    const tool = { route: s.route, service: "tools", tool_name: "find" };
    to.histogram("kong_ai_mcp_latency_ms", { ...tool, method: "tools/call" }, ms, [[s.queued * 1000, s.ok]]);
    to.histogram("kong_ai_mcp_latency_ms", { ...tool, method: "tools/list" }, ms, [[9000, s.ok]]);
  },
  around(to) {
    to.gauge("up", {}, 1);
  },
  cells: {
    request_rate: (l) => sum(l, asked),
    answer_rate: (l) => sum(l, (s) => s.ok),
    error_rate: (l) => ratio(l, failures, total),
    rate_429: (l) => ratio(l, (s) => failures(s, /429/), total),
    rate_5xx: (l) => ratio(l, (s) => failures(s, /^5/), total),
    timeout_rate: (l) => ratio(l, (s) => failures(s, /504/), total),
    auth_failure_rate: (l) => ratio(l, (s) => failures(s, /401/), total),
    errors_by_type: (l) => errorsBy(l, (code) => code),
    // of the failures only those that the service answered, not those of Kong's own limits
    provider_error_rate: (l) =>
      each(
        l,
        (s) => `${s.provider}-service`,
        (of) => ratio(of, (s) => failures(s, /^5/), total),
      ),
    endpoint_up: () => 1,
    latency_p50: (l) => quantile(0.5, bounds.seconds, l, (s) => [s.seconds, s.ok]),
    latency_p95: (l) => quantile(0.95, bounds.seconds, l, (s) => [s.seconds, s.ok]),
    latency_p99: (l) => quantile(0.99, bounds.seconds, l, (s) => [s.seconds, s.ok]),
    tool_p95: (l) => quantile(0.95, bounds.seconds, l, (s) => [s.queued, s.ok]),
    cost_per_hour: (l) => sum(l, (s) => s.ok * s.usd) * 3600,
    cost_per_request: (l) => ratio(l, (s) => s.ok * s.usd, asked),
    tokens_in_rate: (l) => sum(l, (s) => s.ok * s.tokensIn),
    tokens_out_rate: (l) => sum(l, (s) => s.ok * s.tokensOut),
    tokens_in_avg: (l) => ratio(l, (s) => s.ok * s.tokensIn, asked),
    tokens_out_avg: (l) => ratio(l, (s) => s.ok * s.tokensOut, asked),
    cache_hit_rate: (l) =>
      ratio(
        l,
        (s) => s.hits,
        (s) => s.hits + s.misses,
      ),
  },
  maps: {
    "*": ["model", "provider", "tenant"],
    answer_rate: ["route", "tenant"],
    error_rate: ["route", "tenant"],
    rate_429: ["route", "tenant"],
    rate_5xx: ["route", "tenant"],
    timeout_rate: ["route", "tenant"],
    auth_failure_rate: ["route", "tenant"],
    errors_by_type: ["route", "tenant"],
    provider_error_rate: ["route", "tenant"],
    tool_p95: ["route"],
    endpoint_up: [],
  },
};
