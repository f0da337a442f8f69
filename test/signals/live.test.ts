import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prepare, type Asking } from "../../src/signals/prepare.ts";
import { prometheus } from "../../src/sources/prometheus.ts";
import type { Sample, Source } from "../../src/sources/source.ts";
import { dimensions, type Dimension } from "../../src/timeline/scope.ts";
import { realClock } from "../../src/world/clock.ts";
import { openHttp } from "../../src/world/http.ts";
import { fakeWorld } from "../fake/world.ts";
import { isMissing, type Daemon } from "../parts/daemon.ts";
import { startPrometheus, startVictoria } from "../parts/metrics.ts";
import { envoy } from "./exporters/envoy.ts";
import { kong } from "./exporters/kong.ts";
import { litellm } from "./exporters/litellm.ts";
import { otel } from "./exporters/otel.ts";
import { portkey } from "./exporters/portkey.ts";
import { seed } from "./exporters/seed.ts";
import { tgi } from "./exporters/tgi.ts";
import { vllm } from "./exporters/vllm.ts";
import { calm, each, Exporter, streams, type Cell, type Scraped, type Stream } from "./exporters/writer.ts";
import { shippedStack } from "./stacks.ts";

const stacks: Scraped[] = [seed, litellm, vllm, otel, envoy, kong, portkey, tgi];
const known = new Map(stacks.map(({ stack }) => [stack, shippedStack(stack)]));
/** by `up` of one job: read where a whole program is scraped */
const elsewhere: Record<string, string[]> = { seed: ["endpoint_up"] };

/** The same programs as other versions spell their metrics: [job, stack, beginning of a name, what stands there instead]. */
const spelt: [string, Scraped, string, string][] = [
  ["vllm-0.8", vllm, "vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"],
  ["vllm-0.8", vllm, "vllm:prefix_cache_", "vllm:gpu_prefix_cache_"],
  ["vllm-0.8", vllm, "vllm:inter_token_latency_seconds", "vllm:time_per_output_token_seconds"],
  ["envoy-old", envoy, "gen_ai_client_token_usage_", "gen_ai_client_token_usage_token_"],
  ["openllmetry", otel, "gen_ai_client_token_usage_", "gen_ai_client_token_usage_token_"],
  ["openllmetry", otel, "gen_ai_client_generation_choices_total", "gen_ai_client_generation_choices_choice_total"],
  ["openllmetry", otel, "gen_ai_client_operation_time_to_first_chunk", "gen_ai_server_time_to_first_token"],
  ["openllmetry", otel, "gen_ai_client_operation_time_per_output_chunk", "gen_ai_server_time_per_output_token"],
  ["openlit", otel, "gen_ai_usage_cost_", "gen_ai_usage_cost_USD_"],
  ["openlit", otel, "gen_ai_client_token_usage_", "gen_ai_client_token_usage_tokens_"],
];
const renamed = [...new Set(spelt.map(([job]) => job))].map((job) => {
  const own = spelt.filter(([of]) => of === job);
  const rename = (metric: string) =>
    own.reduce((name, [, , from, to]) => (name.startsWith(from) ? to + name.slice(from.length) : name), metric);
  return { job, scraped: own[0]![1], rename };
});

const end = Math.floor(Date.now() / 1000 / 300) * 300 - 600;
const at = end * 1000;

function past(): string {
  const lines: string[] = [];
  const scrape = (scraped: Scraped, list: readonly Stream[], to: Exporter) => {
    for (const stream of list) scraped.write(to, stream);
    scraped.around?.(to);
    lines.push(...to.write(end));
  };
  for (const scraped of stacks) {
    scrape(scraped, streams, new Exporter(scraped.stack));
    scrape(scraped, [calm], new Exporter(`${scraped.stack}-calm`));
    scrape(scraped, streams, new Exporter(`${scraped.stack}-idle`, { idle: true }));
  }
  for (const { job, scraped, rename } of renamed) scrape(scraped, streams, new Exporter(job, { rename }));
  const free = (metric: string) => metric.replace("gen_ai_usage_cost", "other_cost");
  scrape(otel, streams, new Exporter("otel-without-cost", { rename: free }));
  const node = new Exporter("node");
  node.gauge("up", {}, 0);
  lines.push(...node.write(end));
  // the text format wants all of a metric together
  const nameOf = (line: string) => line.slice(0, line.indexOf("{"));
  return `${lines.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0)).join("\n")}\n# EOF\n`;
}

const text = past();
const near = (value: number) => expect.closeTo(value, 3 - Math.floor(Math.log10(Math.abs(value) || 1)));

const stores = [
  { name: "a real prometheus", start: startPrometheus, installed: !isMissing("prometheus", "promtool") },
  { name: "a real victoria-metrics", start: startVictoria, installed: !isMissing("victoria-metrics") },
];

for (const { name, start, installed } of stores)
  describe.skipIf(!installed)(`every cell of every stack on ${name}`, () => {
    let store: Daemon;
    let source: Source;
    beforeAll(async () => {
      store = await start(text);
      const world = { ...fakeWorld(), clock: realClock, http: openHttp({}, realClock) };
      source = prometheus.open(prometheus.schema.parse({ url: store.url }), world, "/");
    }, 60_000);
    afterAll(() => store?.stop());

    /** The value now, or one for each series by its labels; undefined: no data. `by`: by that label alone. */
    async function read(stack: string, signal: string, asking: Partial<Asking>, job = stack) {
      const prepared = prepare(known.get(stack)!, signal, {
        scope: {},
        windowMs: 300_000,
        match: { job },
        ...asking,
      });
      if ("refused" in prepared) return prepared.refused;
      const answer = await source.instant(prepared.query, at);
      if ("error" in answer) throw new Error(`${signal}: ${answer.error} (${prepared.shown})`);
      return valuesOf(answer.data, prepared.label);
    }

    describe.each(stacks)("$stack", ({ stack, cells, maps, mixed = [], route = (s) => s.route }) => {
      const { queries } = known.get(stack)!;
      const signals = Object.entries(cells);

      it("has all its signals proven here", () => {
        const all = [...Object.keys(cells), ...(elsewhere[stack] ?? [])];
        expect(all.sort()).toEqual([...queries.keys()].sort());
      });

      it("every signal is what was computed by hand", async () => {
        await all(async (signal, cell) => {
          expect.soft(await read(stack, signal, {}), signal).toEqual(nearly(cell(streams)));
        });
      });

      it("narrowed to one value, beside others", async () => {
        await all(async (signal, cell) => {
          for (const dimension of dimensions)
            for (const value of new Set(streams.map((s) => valueOf(dimension, s)))) {
              const what = `${signal} of ${dimension} ${value}`;
              const answer = await read(stack, signal, { scope: { [dimension]: value } });
              const wanted = cell(streams.filter((s) => valueOf(dimension, s) === value));
              if (isMapped(signal, dimension)) expect.soft(answer, what).toEqual(nearly(wanted));
              else expect.soft(answer, what).toMatch(`cannot be narrowed to ${dimension} `);
            }
        });
      });

      it("split", async () => {
        await all(async (signal, cell) => {
          for (const dimension of dimensions) {
            const what = `${signal} by ${dimension}`;
            const answer = await read(stack, signal, { by: dimension });
            if (!isMapped(signal, dimension)) expect.soft(answer, what).toMatch(`cannot be split by ${dimension}: `);
            else if (dimension === "model" && mixed.includes(signal))
              expect.soft(answer, what).toMatch("cannot be split together");
            else if (typeof cell(streams) === "number") {
              const values = [...new Set(streams.map((s) => valueOf(dimension, s)))];
              const parts = values.map((one) => [one, cell(streams.filter((s) => valueOf(dimension, s) === one))]);
              expect.soft(answer, what).toEqual(nearly(Object.fromEntries(parts) as Record<string, number>));
            }
          }
        });
      });

      const all = (check: (signal: string, cell: Cell) => Promise<void>) =>
        Promise.all(signals.map(([signal, cell]) => check(signal, cell)));
      const isMapped = (signal: string, dimension: Dimension) => (maps[signal] ?? maps["*"]!).includes(dimension);
      const valueOf = (dimension: Dimension, s: Stream) =>
        dimension === "route" ? route(s) : ((s as Partial<Record<Dimension, string>>)[dimension] ?? "");

      it("no error, retry or hit was ever counted: 0, not nothing", async () => {
        for (const [signal, cell] of signals) {
          const wanted = cell([calm]);
          if (typeof wanted !== "number" || !/rate|_amplification|^rate_/.test(signal)) continue;
          expect(await read(stack, signal, {}, `${stack}-calm`), signal).toEqual(nearly(wanted));
        }
        for (const signal of ["errors_by_type", "fallback_count", "fallback_failures", "cooldowns"])
          if (cells[signal] !== undefined && stack !== "envoy")
            expect(await read(stack, signal, {}, `${stack}-calm`), signal).toBe(0);
      });

      it("nobody called: no ratio, no latency, no price; rates are 0", async () => {
        const none = ["ratio", "s", "usd", "tokens", "factor"];
        const gauges = ["groundedness_score", "kv_cache_usage", "budget_remaining", "quota_headroom"];
        const states = ["queue_waiting", "circuit_state", "cooldowns", "endpoint_up"];
        const asked = [...queries.values()].filter(({ name: signal }) => ![...gauges, ...states].includes(signal));
        for (const { name: signal, unit } of asked) {
          const value = await read(stack, signal, {}, `${stack}-idle`);
          if (none.includes(unit)) expect.soft(value, signal).toBeUndefined();
          else
            expect.soft([...new Set(typeof value === "object" ? Object.values(value) : [value])], signal).toEqual([0]);
        }
        expect(asked.length).toBeGreaterThan(10);
      });
    });

    it.each(renamed)("$job spells its metrics otherwise", async ({ job, scraped: { stack, cells } }) => {
      for (const [signal, cell] of Object.entries(cells))
        expect(await read(stack, signal, {}, job), signal).toEqual(nearly(cell(streams)));
    });

    describe("with prices for two of three models", () => {
      const prices = { [streams[0]!.model]: { in: 2.5, out: 10 }, [streams[2]!.model]: { in: 3, out: 15 } };
      const cost = (list: readonly Stream[]) =>
        list.reduce((all, { model, ok, tokensIn, tokensOut }) => {
          const price = prices[model] ?? { in: 0, out: 0 };
          return all + (ok * (tokensIn * price.in + tokensOut * price.out)) / 1e6;
        }, 0);
      const requests = {
        vllm: vllm.cells["request_rate"]!,
        envoy: envoy.cells["request_rate"]!,
        otel: otel.cells["request_rate"]!,
      };

      it.each([
        ["vllm", "vllm"],
        ["vllm", "vllm-0.8"],
        ["envoy", "envoy"],
        ["envoy", "envoy-old"],
        ["otel", "otel-without-cost"],
      ] as const)("cost is estimated on %s (%s)", async (stack, job) => {
        const estimating = shippedStack(stack, {}, {}, prices);
        const ask = async (signal: string, asking: Partial<Asking>) => {
          const prepared = prepare(estimating, signal, { scope: {}, windowMs: 300_000, match: { job }, ...asking });
          if ("refused" in prepared) return prepared.refused;
          expect(prepared.note).toMatch(/^estimated from the token prices of gpt-4o, /);
          const answer = await source.instant(prepared.query, at);
          return "error" in answer ? answer.error : valuesOf(answer.data, prepared.label);
        };
        expect(await ask("cost_per_hour", {})).toEqual(near(cost(streams) * 3600));
        const rate = requests[stack](streams) as number;
        expect(await ask("cost_per_request", {})).toEqual(near(cost(streams) / rate));
        const [{ model }] = streams as [Stream];
        expect(await ask("cost_per_hour", { scope: { model } })).toEqual(near(cost([streams[0]!]) * 3600));
        const other = streams[2]!.model;
        expect(await ask("cost_per_hour", { by: "model" })).toEqual({
          [model]: near(cost([streams[0]!]) * 3600),
          [other]: near(cost([streams[2]!]) * 3600),
        });
      });

      it("what a stack counts itself comes first, and what is not split by model is not estimated", async () => {
        const told = (stack: string) => shippedStack(stack, {}, {}, prices).queries.get("cost_per_hour");
        const prepared = prepare(shippedStack("otel", {}, {}, prices), "cost_per_hour", {
          scope: {},
          match: { job: "otel" },
        });
        const answer = await source.instant(("query" in prepared && prepared.query) as never, at);
        expect("data" in answer && answer.data.map((one) => one.value)).toEqual([
          near(otel.cells["cost_per_hour"]!(streams) as number),
        ]);
        for (const stack of ["litellm", "portkey", "seed"])
          expect(told(stack)).toEqual(known.get(stack)!.queries.get("cost_per_hour"));
        expect(told("tgi")).toBeUndefined();
      });
    });

    it("litellm has a route where every route has a key of its own", async () => {
      const stack = shippedStack("litellm", {}, { route: "key" });
      const asking = { by: "route", scope: {}, windowMs: 300_000, match: { job: "litellm" } } as const;
      const prepared = prepare(stack, "cost_per_hour", asking);
      const answer = await source.instant(("query" in prepared && prepared.query) as never, at);
      const wanted = each(
        streams,
        (s) => s.route,
        litellm.cells["cost_per_hour"] as (list: readonly Stream[]) => number,
      );
      expect("data" in answer && valuesOf(answer.data, "api_key_alias")).toEqual(nearly(wanted));
    });

    it("a program that is down is not one of another job", async () => {
      const asking = { scope: {}, windowMs: 300_000 };
      const both = [
        prepare(known.get("tgi")!, "endpoint_up", asking),
        prepare(known.get("vllm")!, "endpoint_up", asking),
      ];
      const answers = await Promise.all(both.map((p) => source.instant(("query" in p && p.query) as never, at)));
      expect(answers.map((a) => "data" in a && a.data[0]?.value)).toEqual([1, 0]);
    });
  });

/** `undefined` where there is none or none that is a number. */
function valuesOf(samples: Sample[], label: string | undefined): number | Record<string, number> | undefined {
  const named = samples.flatMap(({ labels, value }) => {
    if (!Number.isFinite(value)) return [];
    const names = label === undefined ? Object.keys(labels).sort() : [label];
    return [[names.map((one) => labels[one] ?? "").join(" / "), value] as const];
  });
  if (named.length === 0) return undefined;
  return named.length === 1 && named[0]![0] === "" ? named[0]![1] : Object.fromEntries(named);
}

/** Within a thousandth; figures that are no data are left out. */
function nearly(wanted: number | Record<string, number>): unknown {
  if (typeof wanted === "number") return Number.isFinite(wanted) ? near(wanted) : undefined;
  const known = Object.entries(wanted).filter(([, value]) => Number.isFinite(value));
  return known.length === 0 ? undefined : Object.fromEntries(known.map(([one, value]) => [one, near(value)]));
}
