import { describe, expect, it } from "vitest";
import { availability, recognise } from "../../src/signals/recognise.ts";
import { envoy } from "./exporters/envoy.ts";
import { kong } from "./exporters/kong.ts";
import { litellm } from "./exporters/litellm.ts";
import { otel } from "./exporters/otel.ts";
import { portkey } from "./exporters/portkey.ts";
import { seed } from "./exporters/seed.ts";
import { tgi } from "./exporters/tgi.ts";
import { vllm } from "./exporters/vllm.ts";
import { calm, Exporter, streams, type Scraped } from "./exporters/writer.ts";
import { shippedStack } from "./stacks.ts";

const scraped = [seed, litellm, vllm, otel, envoy, kong, portkey, tgi];
const stacks = scraped.map(({ stack }) => shippedStack(stack));

function namesOf(one: Scraped, list = streams, rename?: (metric: string) => string): string[] {
  const to = new Exporter("x", rename === undefined ? {} : { rename });
  for (const stream of list) one.write(to, stream);
  one.around?.(to);
  const names = [...to.series.keys()].map((key) => key.slice(0, key.indexOf("{")));
  return [...new Set([...names, "process_cpu_seconds_total", "go_goroutines"])];
}

/** An Envoy that stands before anything. */
const mesh = namesOf(envoy).filter((name) => name.startsWith("envoy_"));

describe("recognise", () => {
  it.each(scraped)("$stack by its metrics, also beside an Envoy, also before anything failed", (one) => {
    for (const names of [namesOf(one), namesOf(one, [calm]), [...namesOf(one), ...mesh]]) {
      const [first, second] = recognise(names, stacks);
      expect(first).toMatchObject({ stack: one.stack });
      expect(first!.score).toBeGreaterThan(0.7);
      expect(second?.score ?? 0).toBeLessThan(first!.score * 0.8);
      for (const name of first!.seen) expect(names).toContain(name);
    }
  });

  it.each([
    [vllm, "vllm:kv_cache", "vllm:gpu_cache"],
    [vllm, "vllm:inter_token_latency_seconds", "vllm:time_per_output_token_seconds"],
    [envoy, "gen_ai_client_token_usage", "gen_ai_client_token_usage_token"],
    [otel, "gen_ai_client_token_usage", "gen_ai_client_token_usage_token"],
    [otel, "gen_ai_usage_cost", "gen_ai_usage_cost_USD"],
  ])("$stack as other versions spell it: %s", (one, from, to) => {
    const names = namesOf(one, streams, (metric) => metric.replace(from, to));
    expect(recognise(names, stacks)[0]).toMatchObject({ stack: one.stack });
  });

  it("nothing in a store of something else, and little in a neighbour", () => {
    expect(recognise(["node_cpu_seconds_total", "up", "http_server_requests_seconds_count"], stacks)).toEqual([]);
    expect(recognise(mesh, stacks)).toMatchObject([{ stack: "envoy" }]);
    expect(recognise(mesh, stacks)[0]!.score).toBeLessThan(0.2);
  });
});

describe("availability", () => {
  const of = (stack: string, names: string[], signal: string) =>
    availability(shippedStack(stack), names).find((one) => one.signal === signal);

  it("knows every signal of the catalogue once", () => {
    const all = availability(shippedStack("vllm"), namesOf(vllm));
    expect(all.map((one) => one.signal)).toEqual([...shippedStack("vllm").catalogue.keys()]);
    for (const { signal, state, why } of all) if (state === "not available") expect(why, signal).toBeTruthy();
  });

  it("what was never counted yet is no gap; what a ratio is of, is", () => {
    const names = ["litellm_proxy_total_requests_metric_total", "litellm_spend_metric_total"];
    expect(of("litellm", names, "error_rate")).toEqual({ signal: "error_rate", state: "available", absent: [] });
    expect(of("litellm", names, "errors_by_type")).toMatchObject({ state: "available" });
    expect(of("litellm", names, "cost_per_request")).toMatchObject({ state: "available" });
    expect(of("litellm", names, "endpoint_up")).toEqual({ signal: "endpoint_up", state: "partial", absent: ["up"] });
    expect(of("litellm", names, "retry_amplification")).toEqual({
      signal: "retry_amplification",
      state: "partial",
      absent: ["litellm_deployment_total_requests_total"],
    });
    expect(of("litellm", names, "ttft_p95")).toEqual({
      signal: "ttft_p95",
      state: "not available",
      absent: ["litellm_llm_api_time_to_first_token_metric_bucket"],
      why: "instead: call records (ttft_ms); else latency_p95",
    });
    expect(of("litellm", names, "cost_p99")).toEqual({
      signal: "cost_p99",
      state: "not available",
      absent: [],
      why: "only sums are counted, use cost_per_request",
    });
  });

  it("one spelling is enough", () => {
    expect(of("vllm", ["vllm:gpu_cache_usage_perc"], "kv_cache_usage")).toMatchObject({ state: "available" });
    expect(of("vllm", [], "kv_cache_usage")).toMatchObject({
      state: "not available",
      absent: ["vllm:kv_cache_usage_perc"],
    });
  });
});
