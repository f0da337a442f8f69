import { measure } from "../src/gather/measure.ts";
import { prometheus } from "../src/sources/prometheus.ts";
import { realClock } from "../src/world/clock.ts";
import { median, type Figure } from "./figure.ts";
import { servePrometheus } from "./prometheus.ts";
import { readingWorld } from "./reading.ts";

const runs = 5;
const many = 24;

/**
 * A measurement is two range queries at once, so one takes as long as one answer. 24 are 48 queries, of which 20 may be in
 * flight: three rounds, 3.0 × of one and what the work itself takes.
 */
export async function run(): Promise<Figure[]> {
  const server = await servePrometheus(300);
  const world = readingWorld();
  const source = prometheus.open({ url: server.url, deadline: 10_000 }, world, "/");
  const from = {
    sources: [{ name: "metrics", language: prometheus.language, open: () => source }],
    stackFor: () => undefined,
    objectives: {},
    changes: [],
    windowMs: 300_000,
    clock: realClock,
  };
  const readAll = async (count: number): Promise<number> => {
    const began = performance.now();
    const asks = Array.from({ length: count }, (_, i) => ({
      id: `m${i}`,
      ask: { ask: { promql: `sum(rate(metric_${i}_total[5m]))` } },
      scope: {},
      at: realClock.now(),
    }));
    const read = await Promise.all(asks.map((ask) => measure(ask, from)));
    const ms = performance.now() - began;
    const failed = read.find(({ verdict }) => verdict !== "healthy");
    if (failed !== undefined) throw new Error(`${failed.verdict}: ${failed.why}`);
    return ms;
  };
  try {
    await readAll(1); // what is loaded once is not part of it
    const [one, all]: number[][] = [[], []];
    for (let i = 0; i < runs; i++) {
      one!.push(await readAll(1));
      all!.push(await readAll(many));
    }
    if (server.most() !== 20) throw new Error(`${server.most()} requests were in flight, not 20`);
    return [
      {
        name: "24 measurements (48 queries of 300 ms, 20 in flight), against one",
        ratio: median(all!) / median(one!),
        aim: "≤ 3.2",
      },
    ];
  } finally {
    await source.close();
    await server.close();
  }
}
