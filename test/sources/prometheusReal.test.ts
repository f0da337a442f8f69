import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { measure, type MeasureAsk } from "../../src/gather/measure.ts";
import type { EvidenceAsk } from "../../src/signals/evidence.ts";
import { prometheus } from "../../src/sources/prometheus.ts";
import type { Source } from "../../src/sources/source.ts";
import { realClock } from "../../src/world/clock.ts";
import { openHttp } from "../../src/world/http.ts";
import { fakeWorld } from "../fake/world.ts";
import { shippedStack } from "../signals/stacks.ts";
import { isMissing, type Daemon } from "../parts/daemon.ts";
import { startPrometheus, startVictoria } from "../parts/metrics.ts";
import { seedPast, streams } from "./seedPast.ts";

const end = Math.floor(Date.now() / 1000 / 300) * 300 - 600;
const at = end * 1000;
const seed = shippedStack("seed");
const odd = streams[2]!.model;

const stores = [
  { name: "a real prometheus", start: startPrometheus, installed: !isMissing("prometheus", "promtool") },
  { name: "a real victoria-metrics", start: startVictoria, installed: !isMissing("victoria-metrics") },
];

for (const { name, start, installed } of stores)
  describe.skipIf(!installed)(`${name}`, () => {
    let store: Daemon;
    let source: Source;
    beforeAll(async () => {
      store = await start(seedPast(end));
      const world = { ...fakeWorld(), clock: realClock, http: openHttp({}, realClock) };
      source = prometheus.open(prometheus.schema.parse({ url: store.url }), world, "/");
    }, 60_000);
    afterAll(() => store?.stop());

    const ask = (given: EvidenceAsk | string, rest: Partial<MeasureAsk> = {}) =>
      measure(
        { id: "e", ask: typeof given === "string" ? { ask: { signal: given } } : given, scope: {}, at, ...rest },
        {
          sources: [{ name: "metrics", language: "promql", open: () => source }],
          stackFor: () => seed,
          objectives: {},
          changes: [],
          windowMs: 300_000,
          clock: realClock,
        },
      );

    it("answers a check", async () => {
      expect(await source.check()).toMatchObject({ ok: true });
    });

    // by hand from `streams`: 4 requests/s, of them 0.3 errors; 3 requests/s on support
    const whole: [string, number][] = [
      ["request_rate", 4],
      ["answer_rate", 3.7],
      ["error_rate", 0.3 / 4],
      ["provider_error_rate", 0.25],
      ["retry_amplification", 1.25],
      ["latency_p50", 1 + (1.85 - 1) / 2.7],
      ["latency_p95", 1 + (0.95 * 3.7 - 1) / 2.7],
      ["tokens_out_rate", 2.7 * 300 + 100],
      ["tokens_out_avg", (2.7 * 300 + 100) / 3.7],
      ["cost_per_hour", (10 * 3 * 0.002 + 0.001) * 3600],
      ["cost_per_request", (10 * 3 * 0.002 + 0.001) / 4],
      ["cost_per_success", (10 * 3 * 0.002 + 0.001) / 3.7],
      ["cache_hit_rate", 0.4],
      ["hallucination_rate", 0.08],
      ["groundedness_score", 0.62],
      ["guardrail_violation_rate", 0],
    ];
    it.each(whole)("%s is what was computed by hand", async (signal, value) => {
      const m = await ask(signal);
      expect(m.why).not.toBe("");
      expect(m.value).toBeCloseTo(value, 3);
    });

    it.each([
      ["cost_per_hour", { tenant: "acme" }, (10 * 2 * 0.002 + 0.001) * 3600],
      ["cost_per_hour", { tenant: "acme", route: "search" }, 3.6],
      ["error_rate", { tenant: "globex" }, 0.2],
      ["error_rate", { route: "search" }, 0],
      ["latency_p50", { route: "search" }, 0.375],
      ["request_rate", { model: odd }, 1],
      ["provider_error_rate", { provider: "local" }, 0],
      ["groundedness_score", { route: "support" }, 0.62],
    ])("%s narrowed to %o", async (signal, scope, value) => {
      expect((await ask(signal, { scope })).value).toBeCloseTo(value, 3);
    });

    it.each(["nobody", 'x"} or vector(1) #', "acme|globex", ".*", ""])(
      "a tenant %j that does not exist is no data, never another's",
      async (tenant) => {
        expect(await ask("request_rate", { scope: { tenant } })).toMatchObject({
          verdict: "no-data",
          why: "no series in 5m",
        });
      },
    );

    it("knows what is usual, and that the last 20 minutes are not", async () => {
      const m = await ask("cost_per_hour");
      const usual = (3 * 0.002 + 0.001) * 3600;
      expect(m).toMatchObject({ verdict: "unhealthy", usual: { of: "yesterday", samples: 13 } });
      expect(m.usual!.median).toBeCloseTo(usual, 3);
      expect(m.trend!.slice(0, 6).map((v) => Math.round(v! * 10) / 10)).toEqual(
        Array(6).fill(Math.round(usual * 10) / 10),
      );
      expect(m.trend!.at(-1)).toBeCloseTo(m.value!, 3);
      expect(await ask("request_rate")).toMatchObject({ verdict: "healthy" });
    });

    it("splits", async () => {
      const routes = await ask({ ask: { signal: "cost_per_hour" }, by: "route" });
      expect(routes).toMatchObject({
        outcome: "concentrated",
        partCount: 2,
        parts: [{ name: "support" }, { name: "search" }],
      });
      expect(routes.parts![0]!.share).toBeCloseTo(60 / 61, 4);
      const tenants = await ask({
        ask: { signal: "error_rate" },
        by: "tenant",
        healthy: { kind: "bound", bound: { operator: "<", number: 0.1 } },
      });
      expect(tenants).toMatchObject({
        outcome: "concentrated",
        parts: [
          { name: "globex", verdict: "unhealthy" },
          { name: "acme", verdict: "healthy" },
        ],
      });
      expect(tenants.parts!.map((p) => p.value)).toEqual([expect.closeTo(0.2, 4), expect.closeTo(0.1 / 3, 4)]);
      // a route without a single error is a part with 0, not a part that is left out
      expect((await ask({ ask: { signal: "error_rate" }, by: "route" })).parts).toMatchObject([
        { name: "support" },
        { name: "search", value: 0 },
      ]);
      expect((await ask({ ask: { signal: "latency_p50" }, by: "model" })).parts!.map((p) => p.name)).toEqual([
        "gpt-4o",
        odd,
      ]);
      expect(await ask({ ask: { signal: "provider_error_rate" }, by: "provider" })).toMatchObject({
        outcome: "concentrated",
        parts: [{ name: "openai" }, { name: "local", value: 0 }],
      });
    });

    it("reads only what came after a change", async () => {
      // the surge began 20 minutes ago: 70 s before it, a window of 5 minutes would mix both
      const surge = at - 20 * 60_000;
      const mixed = await ask("cost_per_hour", { at: surge + 120_000 });
      const after = await ask("cost_per_hour", { at: surge + 120_000, sinceMs: surge });
      expect(after).toMatchObject({ windowMs: 120_000 });
      expect(after.value).toBeCloseTo((10 * 3 * 0.002 + 0.001) * 3600, 2);
      expect(mixed.value).toBeLessThan(after.value! / 1.5);
    });

    it("with `for`: lasting over ten minutes, not over the half hour", async () => {
      const bound = { kind: "bound", bound: { operator: "<", number: 100 } } as const;
      expect(await ask({ ask: { signal: "cost_per_hour" }, healthy: { ...bound, forMs: 600_000 } })).toMatchObject({
        verdict: "unhealthy",
      });
      expect(await ask({ ask: { signal: "cost_per_hour" }, healthy: { ...bound, forMs: 1_800_000 } })).toMatchObject({
        verdict: "no-data",
        why: expect.stringContaining("not lasting yet") as string,
      });
    });

    it("an expression the server refuses is an error in its words", async () => {
      const invalid = 'sum(label_replace(rate(llm_requests_total[5m]), "model", "$1", "model", "("))';
      expect(await ask({ ask: { promql: invalid } })).toMatchObject({
        verdict: "error",
        why: expect.stringContaining("127.0.0.1") as string,
      });
    });
  });
