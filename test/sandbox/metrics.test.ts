import { describe, expect, it } from "vitest";
import type { FaultName } from "../../src/sandbox/fault.ts";
import { minute, open } from "./figures.ts";

interface Line {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** Reads Prometheus text strictly: every line, every label, every number. */
function parse(text: string): { types: Map<string, string>; lines: Line[] } {
  const types = new Map<string, string>();
  const lines: Line[] = [];
  for (const line of text.split("\n")) {
    if (line === "" || /^# HELP [a-z_]+ \S.*$/.test(line)) continue;
    const type = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/.exec(line);
    if (type !== null) {
      if (types.has(type[1]!)) throw new Error(`told twice: ${line}`);
      types.set(type[1]!, type[2]!);
      continue;
    }
    const sample = /^([a-z_]+)(?:\{((?:[a-z_]+="[^"\\\n]*",?)+)\})? (\S+)$/.exec(line);
    if (sample === null) throw new Error(`not a line of metrics: ${line}`);
    const labels = Object.fromEntries(
      [...(sample[2] ?? "").matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, k, v]) => [k!, v!]),
    );
    const value = Number(sample[3]);
    if (!Number.isFinite(value)) throw new Error(`not a number: ${line}`);
    lines.push({ name: sample[1]!, labels, value });
  }
  return { types, lines };
}

const key = ({ name, labels }: Line) => name + JSON.stringify(labels);

async function scrape(fault?: FaultName) {
  const opened = await open({ mode: "metrics", callsPerSecond: 20, ...(fault === undefined ? {} : { fault }) });
  const read = async () => parse((await opened.send("GET", "/metrics")).body);
  const sum = (lines: Line[], name: string, labels: Record<string, string> = {}) =>
    lines
      .filter((line) => line.name === name && Object.entries(labels).every(([k, v]) => line.labels[k] === v))
      .reduce((total, line) => total + line.value, 0);
  return { ...opened, read, sum };
}

describe("the sandbox's /metrics", () => {
  it("has the names of the domain texts", async () => {
    const { read, pass } = await scrape();
    await pass(minute);
    expect(Object.fromEntries((await read()).types)).toEqual({
      llm_requests_total: "counter",
      llm_request_duration_seconds: "histogram",
      llm_ttft_seconds: "histogram",
      llm_token_cost_dollars: "counter",
      llm_tokens_used: "histogram",
      llm_hallucination_detected_total: "counter",
      llm_guardrail_violations_total: "counter",
      llm_flagged_total: "counter",
      llm_retries_total: "counter",
      llm_cache_requests_total: "counter",
      llm_provider_requests_total: "counter",
      llm_provider_errors_total: "counter",
      llm_eval_score: "gauge",
    });
  });

  it("names the labels that the signals filter by", async () => {
    const { read, pass } = await scrape();
    await pass(minute);
    const { lines } = await read();
    const labels = (name: string) => [
      ...new Set(lines.filter((l) => l.name === name).map((l) => Object.keys(l.labels).join(" "))),
    ];
    expect(labels("llm_requests_total")).toEqual(["status model tenant route"]);
    expect(labels("llm_token_cost_dollars")).toEqual(["model tenant route"]);
    expect(labels("llm_tokens_used_bucket")).toEqual(["le model tenant route"]);
    expect(labels("llm_provider_errors_total")).toEqual(["provider"]);
    expect(labels("llm_cache_requests_total")).toEqual(["result model tenant route"]);
    expect(labels("llm_eval_score")).toEqual(["metric model route"]);
  });

  it("never goes back, but for the score, over changes of settings and long gaps", async () => {
    const { read, pass, send } = await scrape("provider-outage");
    const { types } = await read();
    let before = new Map<string, number>();
    for (const step of [1, 1, 30, 1, 1]) {
      await pass(step * minute);
      await send("PATCH", "/config/routes/support.reply", { model: step === 1 ? "claude-3-5-haiku" : "gpt-4o" });
      const { lines } = await read();
      const now = new Map(
        lines.filter((line) => types.get(line.name) !== "gauge").map((line) => [key(line), line.value]),
      );
      expect([...before].filter(([series, value]) => !(now.get(series)! >= value))).toEqual([]);
      expect(now.size).toBeGreaterThan(1000);
      before = now;
    }
  });

  it("has histograms whose buckets grow up to the count", async () => {
    const { read, pass } = await scrape();
    await pass(5 * minute);
    const { lines } = await read();
    const series = new Map<string, Line[]>();
    for (const line of lines.filter(({ name }) => name.endsWith("_bucket"))) {
      const { le: _, ...labels } = line.labels;
      const of = key({ ...line, labels });
      series.set(of, [...(series.get(of) ?? []), line]);
    }
    const counts = new Map(lines.filter(({ name }) => name.endsWith("_count")).map((line) => [key(line), line.value]));
    expect(series.size).toBe(counts.size);
    for (const [of, buckets] of series) {
      const values = buckets.map(({ value }) => value);
      expect(values).toEqual([...values].sort((a, b) => a - b));
      expect(buckets.at(-1)!.labels["le"]).toBe("+Inf");
      expect(values.at(-1)).toBe(counts.get(of.replace("_bucket", "_count")));
    }
  });

  it("tells what the call records tell", async () => {
    const { send, pass, records, began } = await open({ mode: "both", fault: "safety-violation" });
    await pass(30 * minute);
    const live = records().filter((one) => Date.parse(one.timestamp) >= began);
    const { lines } = parse((await send("GET", "/metrics")).body);
    const sum = (name: string) =>
      lines.filter((line) => line.name === name).reduce((total, line) => total + line.value, 0);
    expect(sum("llm_requests_total")).toBe(live.length);
    expect(sum("llm_token_cost_dollars")).toBeCloseTo(
      live.reduce((total, one) => total + one.cost_usd, 0),
      6,
    );
    expect(sum("llm_flagged_total")).toBe(live.filter((one) => one.flagged).length);
    expect(sum("llm_guardrail_violations_total")).toBe(
      live.filter((one) => one.finish_reason === "content_filter").length,
    );
    expect(sum("llm_retries_total")).toBe(live.reduce((total, one) => total + one.retries, 0));
    expect(sum("llm_tokens_used_count")).toBe(live.filter((one) => one.error === null).length);
  });

  it("shows every series of a kind at 0 before anything happened to it", async () => {
    const { read, pass } = await scrape();
    await pass(minute);
    const { lines } = await read();
    const counts = (name: string, labels: Record<string, string> = {}) =>
      lines.filter((line) => line.name === name && Object.entries(labels).every(([k, v]) => line.labels[k] === v))
        .length;
    const series = counts("llm_requests_total", { status: "success" });
    expect(counts("llm_requests_total", { status: "error" })).toBe(series);
    expect(counts("llm_hallucination_detected_total")).toBe(series);
    expect(counts("llm_provider_errors_total")).toBe(2);
  });

  it("shows an outage at the provider, attempt by attempt", async () => {
    const { read, pass, sum } = await scrape("provider-outage");
    await pass(5 * minute);
    const { lines } = await read();
    const rate = (provider: string) =>
      sum(lines, "llm_provider_errors_total", { provider }) / sum(lines, "llm_provider_requests_total", { provider });
    expect(rate("openai")).toBeGreaterThan(0.7);
    expect(rate("anthropic")).toBeLessThan(0.03);
  });

  it("shows a bad model in the score of its route, and another one afresh after a switch", async () => {
    const { read, pass, send } = await scrape("quality-regression");
    const scores = async () =>
      (await read()).lines.filter((line) => line.name === "llm_eval_score" && line.labels["route"] === "search.answer");
    await pass(5 * minute);
    expect(await scores()).toMatchObject([{ labels: { metric: "groundedness", model: "gpt-4o-mini" } }]);
    expect((await scores())[0]!.value).toBeLessThan(0.7);
    await send("PATCH", "/config/routes/search.answer", { model: "claude-3-5-haiku" });
    await pass(5 * minute);
    expect(await scores()).toMatchObject([{ labels: { model: "claude-3-5-haiku" } }]);
    expect((await scores())[0]!.value).toBeGreaterThan(0.8);
  });
});
