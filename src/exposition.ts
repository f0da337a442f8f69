import type { Counter, Gauge, Histogram } from "prom-client";

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  labels: Labels;
  value: number;
}

/** One metric with all that is known of it. `labels` names every label; a histogram takes one sample per observation. */
export type Family = { name: string; help: string; labels: string[]; samples: Sample[] } & (
  | { type: "counter" | "gauge" }
  /** upper bounds, ascending, without +Inf */
  | { type: "histogram"; buckets: number[] }
);

/** Metrics that live as long as a process. */
export interface Registry {
  counter(name: string, help: string, labels: string[]): { add(labels: Labels, by: number): void };
  gauge(name: string, help: string, labels: string[]): { set(labels: Labels, value: number): void; clear(): void };
  histogram(
    name: string,
    help: string,
    labels: string[],
    buckets: number[],
  ): { observe(labels: Labels, value: number): void };
  text(): Promise<string>;
}

/** The content type of `text()`. */
export const contentType = "text/plain; version=0.0.4; charset=utf-8";

/** Loads prom-client on first use: most commands never need it. */
export async function openRegistry(): Promise<Registry> {
  const prom = await import("prom-client");
  const registry = new prom.Registry();
  const registers = [registry];
  return {
    counter(name, help, labels) {
      const counter: Counter = new prom.Counter({ name, help, labelNames: labels, registers });
      return { add: (on, by) => counter.inc(on, by) };
    },
    gauge(name, help, labels) {
      const gauge: Gauge = new prom.Gauge({ name, help, labelNames: labels, registers });
      return { set: (on, value) => gauge.set(on, value), clear: () => gauge.reset() };
    },
    histogram(name, help, labels, buckets) {
      const histogram: Histogram = new prom.Histogram({ name, help, labelNames: labels, buckets, registers });
      return { observe: (on, value) => histogram.observe(on, value) };
    },
    text: () => registry.metrics(),
  };
}

/** Prometheus text of finished families. */
export async function expose(families: readonly Family[]): Promise<string> {
  const registry = await openRegistry();
  for (const family of families) {
    const record = recorder(registry, family);
    for (const { labels, value } of family.samples) record(labels, value);
  }
  return registry.text();
}

function recorder(registry: Registry, family: Family): (labels: Labels, value: number) => void {
  const { name, help, labels } = family;
  switch (family.type) {
    case "counter":
      return registry.counter(name, help, labels).add;
    case "gauge":
      return registry.gauge(name, help, labels).set;
    case "histogram":
      return registry.histogram(name, help, labels, family.buckets).observe;
  }
}
