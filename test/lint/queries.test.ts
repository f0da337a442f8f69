import { describe, expect, it } from "vitest";
import type { Expression } from "../../src/lint/expression.ts";
import { parseBound } from "../../src/timeline/verdict.ts";
import { saysOf } from "./known.ts";

type Case = string | [text: string, about: Partial<Expression>];
const healthy = (bound: string): Partial<Expression> => ({
  use: "evidence",
  healthy: { kind: "bound", bound: parseBound(bound)! },
});
const evidence: Partial<Expression> = { use: "evidence" };
const perHour: Partial<Expression> = { use: "signal", unit: "usd/h" };
const logql: Partial<Expression> = { language: "logql", use: "evidence" };

/** What each rule has to find, and what is so near to it that it must not. */
const cases: Record<string, { found: Case[]; not: Case[] }> = {
  "sides-never-match": {
    found: [
      "sum by (a) (rate(x_total[5m])) / sum by (a, b) (rate(y_total[5m]))",
      "sum(rate(x_total[5m])) / sum by (job) (rate(y_total[5m])) > 0.1",
      "sum by (route) (rate(x_total[5m])) > 5 and sum(rate(y_total[5m])) > 10",
      "rate(x_total[5m]) / sum(rate(y_total[5m]))",
      'rate(x_total{code="500"}[5m]) / rate(x_total[5m])',
      'x{quantile="0.99"} > 2 * x{quantile="0.5"}',
      "sum by (a) (x) / on (b) sum by (b) (y)",
      "sum(x) * on (instance) group_left (nodename) node_uname_info",
      "histogram_quantile(0.9, sum by (le, a) (rate(x_bucket[5m]))) > sum by (le, a) (y)",
    ],
    not: [
      "sum by (a, b) (x) / sum by (b, a) (y)",
      "sum by (a) (x) > 5 and on () sum(y) > 10",
      "sum by (a, b) (x) / on (a) group_left sum by (a) (y)",
      "sum by (le) (rate(x_bucket[5m])) / ignoring (le) sum(rate(x_count[5m]))",
      "sum by (a) (x) / ignoring (a) group_left sum(y)",
      "sum without (instance) (x) / sum by (job) (y)",
      'rate(x_total{code="500"}[5m]) / ignoring (code) rate(x_total{code="200"}[5m])',
      "x / x offset 1d",
      'rate(x_total{code="500"}[5m]) / rate(x_total{code="500"}[1h])',
      "sum(x) / scalar(sum(y))",
      "sum(x) or sum by (a) (y)",
      "job:x:sum / sum(y)",
      "sum(x) / 5 > time()",
      'label_replace(sum by (a) (x), "b", "$1", "a", "(.*)") / sum by (b) (y)',
    ],
  },
  "sides-may-not-match": {
    found: [
      "rate(llm_hallucination_detected_total[10m]) / rate(llm_requests_total[10m]) > 0.15",
      "rate(llm_guardrail_violations_total[10m]) / rate(llm_requests_total[10m])",
      "(rate(answers_flagged_total[1h])) / (rate(answers_total[1h])) > 0.1",
    ],
    not: [
      "sum(rate(llm_hallucination_detected_total[10m])) / sum(rate(llm_requests_total[10m]))",
      "rate(llm_hallucination_detected_total[10m]) / on (model) rate(llm_requests_total[10m])",
      "rate(eval_flagged_total[10m]) / rate(eval_flagged_seen_total[10m])",
      "rate(llm_errors_total[10m]) / rate(llm_requests_total[10m])",
    ],
  },
  "ratio-percent": {
    found: [
      'sum(rate(x_total{status="error"}[5m])) / sum(rate(x_total[5m])) > 5',
      ['sum(rate(x_total{code=~"5.."}[5m])) / (sum(rate(x_total[5m])) > 0)', healthy("< 5")],
      '100 * sum(rate(x_total{status="error"}[5m])) / sum(rate(x_total[5m])) > 0.05',
      ['sum(rate(x_total{status="error"}[5m])) / sum(rate(x_total[5m])) * 100', healthy("< 5%")],
      "(1 - sum(rate(x_errors_total[5m])) / sum(rate(x_requests_total[5m]))) * 100 < 0.95",
      "max(vllm:kv_cache_usage_perc) > 85",
      ['sum(rate(x_total{status="error"}[5m])) / sum(rate(x_total[5m])) * 100', { use: "signal", unit: "ratio" }],
    ],
    not: [
      'sum(rate(x_total{status="error"}[5m])) / sum(rate(x_total[5m])) > 0.05',
      '100 * sum(rate(x_total{status="error"}[5m])) / sum(rate(x_total[5m])) > 5',
      '100 * sum(rate(x_total{status="error"}[5m])) / sum(rate(x_total[5m])) > 0.5',
      ['sum(rate(x_total{status="error"}[5m])) / sum(rate(x_total[5m]))', healthy("< 5%")],
      "sum(rate(x_sum[5m])) / sum(rate(x_count[5m])) > 5",
      "sum(rate(attempts_total[5m])) / sum(rate(requests_total[5m])) > 3",
      "sum(rate(errors_total[5m])) / sum(rate(deployments_total[5m])) > 3",
      'sum(increase(x_total{status="error"}[1h])) / sum(rate(x_total[5m])) > 5',
      "max(gpu_memory_usage_percent) > 85",
    ],
  },
  "dollars-per-second": {
    found: [
      "sum(rate(llm_token_cost_dollars[5m])) by (tenant) > 0.50",
      ["sum(rate(litellm_spend_metric_total[5m]))", healthy("< 20")],
      ["sum(rate(litellm_spend_metric_total[5m])) * 60", perHour],
      "topk(3, sum by (tenant) (rate(llm_cost_usd_total[1h]))) > 10",
    ],
    not: [
      "sum(rate(llm_token_cost_dollars[5m])) * 3600 > 20",
      "sum(rate(llm_cost_usd_total[10m])) > 5 * sum(rate(llm_cost_usd_total[7d]))",
      "sum(rate(llm_cost_usd_total[5m])) > 50 / 3600",
      "sum(rate(llm_cost_usd_total[5m])) > 0.0139",
      "increase(llm_cost_usd_total[1h]) > 50",
      "sum(rate(llm_cost_usd_sum[5m])) / sum(rate(llm_cost_usd_count[5m])) > 0.5",
      "sum(rate(gen_ai_client_cost_microdollars_total[1h])) / 1000000 * 3600 > 10",
      ["sum(rate(litellm_spend_metric_total[5m])) * 3600", perHour],
      ["sum(rate(litellm_spend_metric_total[5m]))", { use: "signal", unit: "usd" }],
    ],
  },
  "rate-of-gauge": {
    found: [
      "sum(rate(litellm_in_flight_requests[5m])) > 1",
      "increase(up[5m]) > 0",
      "irate(haproxy_backend_current_queue[2m]) > 0",
      "rate(job:http_requests:rate5m[1h]) > 3",
    ],
    not: [
      "rate(pg_txid_current[1m]) < 5",
      "deriv(litellm_in_flight_requests[5m]) > 1",
      "rate(llm_cost_sum[5m]) * 3600 > 1",
      "rate(otelcol_receiver_refused_spans[5m]) > 1",
      "rate(container_cpu_usage_seconds_total[5m]) > 1",
    ],
  },
  "rate-after-sum": {
    found: [
      "rate(sum(x_total)[5m:]) > 1",
      "increase(sum by (a) (x_total)[1h:1m]) > 1",
      "rate((sum without (instance) (x_total))[5m:15s] offset 5m) > 1",
      "rate(job:requests_total:sum[5m]) > 1",
    ],
    not: [
      "sum(rate(x_total[5m])) > 1",
      "max_over_time(sum(rate(x_total[5m]))[1h:]) > 1",
      "rate(x_total[5m:15s]) > 1",
      "rate(max without (replica) (x_total)[5m:]) > 1",
    ],
  },
  "raw-counter": {
    found: [
      "sum(litellm_cost_total) > 8000",
      ["calls_failed_total", healthy("< 100")],
      'sum(x_total{code="500"}) / sum(x_total) > 0.05',
      "histogram_quantile(0.95, sum by (le) (x_bucket)) > 5",
      "avg_over_time(x_total[7d]) > 3",
      ["vllm:prompt_tokens_total", { use: "signal" }],
    ],
    not: [
      "x_errors_total > 0",
      "x_total - x_total offset 10m >= 1",
      "resets(x_total[1h]) > 3 or changes(x_total[1h]) > 3",
      "time() - timestamp(x_total) > 60",
      "absent(x_total)",
      "count(x_total) > 5",
      "envoy_cluster_membership_healthy / envoy_cluster_membership_total < 0.75",
      "pg_stat_activity_count > 5",
      ["tgi_batch_max_total_tokens", healthy("< 100")],
      ["max_over_time(sum(rate(x_total[5m]))[1h:])", healthy("< 100")],
    ],
  },
  "missing-total": {
    found: [
      "sum(rate(litellm_spend_metric[5m])) * 3600 > 5",
      "rate(vllm:prompt_tokens[5m]) > 1",
      "rate(kong_http_requests[5m]) > 1",
    ],
    not: [
      "sum(rate(my_spend_metric[5m])) * 3600 > 5",
      "tgi_request_count > 0",
      "rate(vllm:num_preemptions[5m]) > 0",
      '{__name__=~"litellm_spend_metric.*"} > 0',
    ],
  },
  "unknown-metric": {
    found: [
      "sum(rate(tgi_request_faliure[5m])) > 1",
      "histogram_quantile(0.95, sum by (le) (rate(tgi_request_duration_seconds_bucket[5m]))) > 5",
      "rate(tgi_request_success_total[5m]) < 1",
      "vllm:num_request_waiting > 5",
      "rate(vllm:promt_tokens_total[5m]) > 1",
    ],
    not: [
      "vllm:num_requests_running > 5",
      "envoy_cluster_circuit_breakers_default_cx_open == 1",
      "rate(envoy_cluster_upstream_rq_5xx[5m]) > 1",
      "rate(litellm_total_tokens_metric_total[5m]) > 1",
      "rate(my_tgi_request_faliure[5m]) > 1",
      "rate(gen_ai_client_operation_duration_count[5m]) > 1",
    ],
  },
  "quantile-without-le": {
    found: [
      "histogram_quantile(0.95, sum(rate(x_bucket[5m]))) > 5",
      "histogram_quantile(0.95, sum by (model) (rate(x_bucket[5m]))) > 5",
      "histogram_quantile(0.95, sum without (le) (rate(x_bucket[5m]))) > 5",
      "histogram_quantile(0.95, sum by (le) (sum by (model) (rate(x_bucket[5m])))) > 5",
      "histogram_quantile(0.95, rate(x_count[5m])) > 5",
    ],
    not: [
      "histogram_quantile(0.95, sum by (le, model) (rate(x_bucket[5m]))) > 5",
      "histogram_quantile(0.95, sum without (instance) (rate(x_bucket[5m]))) > 5",
      "histogram_quantile(0.95, sum(rate(x_seconds[5m]))) > 5",
      "max(histogram_quantile(0.95, rate(x_bucket[5m]))) > 5",
      "histogram_quantile(0.95, sum by (le) (topk(5, rate(x_bucket[5m])))) > 5",
    ],
  },
  "quantile-per-series": {
    found: [
      "histogram_quantile(0.95, rate(llm_request_duration_seconds_bucket[5m])) > 5",
      "histogram_quantile(0.99, increase(vllm:e2e_request_latency_seconds_bucket[5m])) > 5",
      'histogram_quantile(0.95, (rate(tgi_request_duration_bucket{job="a"}[5m]))) > 5',
    ],
    not: [
      "histogram_quantile(0.95, rate(my_request_duration_seconds_bucket[5m])) > 5",
      "histogram_quantile(0.95, sum by (le, model) (rate(llm_request_duration_seconds_bucket[5m]))) > 5",
      "histogram_quantile(0.95, sum by (le) (rate(llm_request_duration_seconds_bucket[5m]))) > 5",
    ],
  },
  "quantile-range": {
    found: [
      "histogram_quantile(95, sum by (le) (rate(x_bucket[5m]))) > 5",
      "quantile_over_time(99.9, x_seconds[1h]) > 5",
      "quantile by (route) (50 * 2, x_seconds) > 5",
    ],
    not: [
      "histogram_quantile(0.95, sum by (le) (rate(x_bucket[5m]))) > 5",
      "quantile_over_time(1, x_seconds[1h]) > 5",
      "quantile(scalar(wanted), x_seconds) > 5",
    ],
  },
  "averaged-quantiles": {
    found: [
      'avg(x_seconds{quantile="0.95"}) > 5',
      "sum(histogram_quantile(0.95, sum by (le, pod) (rate(x_bucket[5m])))) > 5",
      "avg by (route) (llm_latency_p95_seconds) > 5",
      "quantile(0.95, rate(x_sum[5m]) / rate(x_count[5m])) > 5",
    ],
    not: [
      'max(x_seconds{quantile="0.95"}) > 5',
      "histogram_quantile(0.95, avg by (le) (rate(x_bucket[5m]))) > 5",
      "quantile(0.95, x_seconds) > 5",
      'avg(rate(x_seconds_sum{quantile!="0.95"}[5m])) > 5',
    ],
  },
  "never-holds": {
    found: ["count(up == 1) == 0", "count by (job) (up) < 1", "absent(up) == 0", "absent(up) > 1", "0 == count(up)"],
    not: [
      "count(up == 1) < 2",
      "(count(up) or vector(0)) < 1",
      "absent(up) == 1",
      "absent(up) > 0",
      "sum(up) == 0",
      "count(up) == bool 0",
      "count(up) != 0",
    ],
  },
  "or-and": {
    found: ["a > 1 or b > 1 and c > 1", "a or b unless c", "a or b or c and d"],
    not: ["(a or b) and c", "a or (b and c)", "a and b or c", "a and b or c and d", "a or b or c"],
  },
  "filtered-verdict": {
    found: [
      ["sum(rate(x_total[5m])) > 5", evidence],
      ["5 < (sum(rate(x_total[5m])))", healthy("< 10")],
      ["x != 1", { use: "signal" }],
    ],
    not: [
      "sum(rate(x_total[5m])) > 5",
      ["sum(rate(x_total[5m])) > bool 5", evidence],
      ["sum(rate(x_total[5m])) > 0", evidence],
      ["sum(a) / (sum(b) > 5)", evidence],
      ["sum(a) > sum(b)", evidence],
      ["sum(rate(x_total[5m])) > 5", { use: "recording" }],
    ],
  },
  "divides-by-zero": {
    found: ["sum(a) / (sum(b) or vector(0))", "a / 0", "a / (b or c or vector(0) * 1 or vector(0))"],
    not: [
      "(sum(a) or vector(0)) / (sum(b) > 0)",
      "a / 2",
      "a / (b or vector(1))",
      "(a or vector(0)) / (b + (c or vector(0)))",
    ],
  },
  "zero-without-labels": {
    found: [
      "(sum by (a) (x) or vector(0)) / sum by (a) (y)",
      "(sum by (a) (x) or vector(0)) < 1",
      "(sum by (a) (x) or vector(0)) == 0",
    ],
    not: [
      "(sum(x) or vector(0)) / sum(y)",
      "(sum by (a) (x) or vector(0)) > 1",
      "(sum by (a) (x) or 0 * sum by (a) (y)) / sum by (a) (y)",
      "sum by (a) (x) or vector(0)",
    ],
  },
  "short-window": {
    found: ["sum(rate(x_total[30s])) > 1", "increase(x_total[15s]) > 1", "deriv(x[59s]) > 1", "rate(x_total[30]) > 1"],
    not: [
      "sum(rate(x_total[1m])) > 1",
      "max_over_time(x[30s]) > 1",
      "irate(x_total[30s]) > 1",
      "rate(x_total[5m] offset 30s) > 1",
    ],
  },
  "static-quality": {
    found: [
      ["rate(eval_hallucination_detected_total[1h]) > 0.02", { forMs: 0 }],
      ["avg(llm_eval_score) < 0.7", { forMs: 0 }],
      ["avg(llm_hallucination_ratio)", healthy("< 10%")],
    ],
    not: [
      ["rate(eval_hallucination_detected_total[1h]) > 0.02", { forMs: 300_000 }],
      "rate(eval_hallucination_detected_total[1h]) > 0.02",
      ["avg(llm_eval_score) < 0.9 * avg(llm_eval_score offset 1d)", { forMs: 0 }],
      ["avg_over_time(llm_eval_score[30m]) < 0.7", { forMs: 0 }],
      ["rate(guardrail_errors_total[5m]) > 0", { forMs: 0 }],
      ["rate(llm_errors_total[1h]) > 0.02", { forMs: 0 }],
    ],
  },
  "logql-unwrap": {
    found: [
      ['quantile_over_time(0.95, {a="b"} | json [5m])', logql],
      ['sum(avg_over_time({a="b"} | json [5m]))', logql],
      ['count_over_time({a="b"} | json | unwrap ms [5m])', logql],
    ],
    not: [
      ['quantile_over_time(0.95, {a="b"} | json | unwrap ms [5m])', logql],
      ['sum(count_over_time({a="b"} |= "unwrap" [5m]))', logql],
      ['rate({a="b"} | json | unwrap ms [5m])', logql],
      ['absent_over_time({a="b"} | json [5m])', logql],
    ],
  },
  "logql-or-and": {
    found: [
      ['count_over_time({a="b"} | json | x="1" or y="2" and z="3" [5m])', logql],
      ['count_over_time({a="b"} | json | x="1" or y > 2 and z="3" [5m])', logql],
      ['count_over_time({a="b"} | logfmt | w="0" | x="1" or y="2" and z="3" [5m])', logql],
    ],
    not: [
      ['count_over_time({a="b"} | json | (x="1" or y="2") and z="3" [5m])', logql],
      ['count_over_time({a="b"} | json | x="1" and y="2" or z="3" [5m])', logql],
      ['count_over_time({a="b"} | json | x="1" or y="2" | z="3" [5m])', logql],
    ],
  },
};

describe.each(Object.entries(cases))("%s", (rule, { found, not }) => {
  const toldOf = (list: readonly Case[]) =>
    list.map((one) => (typeof one === "string" ? { text: one, about: {} } : { text: one[0], about: one[1] }));
  const rulesOf = (text: string, about: Partial<Expression>) =>
    saysOf(text, about).map((said) => said.replace(/:.*/s, ""));
  it.each(toldOf(found))("finds $text", ({ text, about }) => expect(rulesOf(text, about)).toContain(rule));
  it.each(toldOf(not))("leaves $text", ({ text, about }) => expect(rulesOf(text, about)).not.toContain(rule));
});

it("nothing is said of what cannot be read, but that", () => {
  expect(saysOf("rate(sum(x_total[5m]) / 0 or vector(0").length).toBe(1);
});

it("L01: what nobody wrote by hand is left to Prometheus", () => {
  const deep = `${"(".repeat(20_000)}x_total${")".repeat(20_000)} > 5`;
  const long = Array.from({ length: 20_000 }, (_, n) => `x${n}_total`).join(" / ");
  for (const text of [deep, long]) expect(saysOf(text).length).toBeLessThan(2);
});
