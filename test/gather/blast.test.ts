import { describe, expect, it } from "vitest";
import { blastRadius, shareOutChange } from "../../src/gather/blast.ts";
import type { RouteFrom } from "../../src/gather/route.ts";
import { readCatalogue, readStack } from "../../src/signals/stack.ts";
import type { Sample, Source } from "../../src/sources/source.ts";
import { sayBlasts } from "../../src/timeline/blast.ts";

const of = (values: Record<string, number>) => new Map(Object.entries(values));
const at = Date.UTC(2026, 10, 21, 3);
const day = 86_400_000;

describe("how a change divides", () => {
  it("is by what each value moved, not by what it holds", () => {
    const { shares } = shareOutChange(of({ big: 101, small: 10 }), of({ big: 100, small: 1 }), 1);
    expect(shares.map(({ name, share }) => [name, share])).toEqual([
      ["small", 0.9],
      ["big", 0.1],
    ]);
  });

  it("lets what goes up and down by chance cancel out", () => {
    const many = Array.from({ length: 1000 }, (_, i) => `u-${i}`);
    const now = of({ ...Object.fromEntries(many.map((name, i) => [name, i % 2])), loop: 100 });
    const before = of(Object.fromEntries(many.map((name, i) => [name, (i + 1) % 2])));
    const { shares, values } = shareOutChange(now, before, 1);
    expect(shares[0]).toEqual({ name: "loop", share: 1, now: 100, before: 0 });
    expect(values).toBe(1001);
  });

  it("is of all that rose where others fell as much: no two make all of it", () => {
    const { shares } = shareOutChange(of({ a: 100, b: 60 }), of({ a: 50, c: 100 }), 1);
    expect(shares.map(({ name, share }) => [name, Number(share.toFixed(2))])).toEqual([
      ["b", 0.55],
      ["a", 0.45],
    ]);
  });

  it("names those that are new, those that fell where falling is bad, and nobody where nothing got worse", () => {
    expect(shareOutChange(of({ new: 5 }), of({}), 1).shares[0]).toMatchObject({ name: "new", share: 1 });
    expect(shareOutChange(of({ a: 1, b: 9 }), of({ a: 9, b: 9 }), -1).shares).toEqual([
      { name: "a", share: 1, now: 1, before: 9 },
    ]);
    expect(shareOutChange(of({ a: 1 }), of({ a: 2 }), 1)).toEqual({ shares: [], count: 0, values: 1 });
  });
});

/** A store that knows the figures of now, of yesterday and of an hour ago. */
function from(figures: (query: string, time: number) => Record<string, number> | "fails"): RouteFrom {
  const { catalogue } = readCatalogue({
    file: "catalogue.yaml",
    text: `
error_rate: { label: error rate, unit: ratio, layer: api, worse: up }
request_rate: { label: calls, unit: 1/s, layer: api, worse: either, additive: true }
`,
  });
  const { stack } = readStack({
    catalogue: catalogue!,
    stack: {
      file: "x.yaml",
      text: `
stack: x
language: promql
families: { calls_*: { route: route }, errors_*: { route: route } }
signals:
  error_rate: sum(rate(errors_total[5m])) / sum(rate(calls_total[5m]))
  request_rate: sum(rate(calls_total[5m]))
`,
    },
    overrides: {},
    dimensions: {},
    prices: {},
  });
  const source = {
    kind: "fake",
    async instant(query: { promql: string }, time: number) {
      const found = figures(query.promql, time);
      if (found === "fails") return { error: "down", ms: 1 };
      const data = Object.entries(found).map(([route, value]): Sample => ({ labels: { route }, value }));
      return { data, warnings: [], ms: 1 };
    },
  } as unknown as Source;
  return {
    sources: [{ name: "metrics", language: "promql", open: () => source }],
    stackFor: () => stack,
    windowMs: 300_000,
  };
}

const ask = { signal: "error_rate", dimension: "route", scope: {}, at } as const;

describe("the blast radius of a ratio", () => {
  it("weighs each value with its calls: half of ten calls is less than a tenth of a thousand", async () => {
    const world = from((query, time) => {
      if (!query.includes("errors")) return { quiet: 10, busy: 1000 };
      return time === at ? { quiet: 0.5, busy: 0.1 } : { quiet: 0, busy: 0 };
    });
    const blast = await blastRadius(ask, world);
    expect(blast).toMatchObject({ against: at - day, count: 2, values: 2, unit: "ratio", source: "metrics" });
    expect(blast!.shares.map(({ name, share }) => [name, Number(share.toFixed(3))])).toEqual([
      ["busy", 0.952],
      ["quiet", 0.048],
    ]);
    expect(sayBlasts([blast!])).toBe("Who makes the change in error rate: route busy 95%.");
  });

  it("compares with an hour ago where nothing is known of yesterday", async () => {
    const world = from((query, time): Record<string, number> => {
      if (time === at - day) return {};
      return { a: query.includes("errors") && time !== at ? 0 : 1 };
    });
    expect(await blastRadius(ask, world)).toMatchObject({ against: at - 3_600_000 });
  });

  it("compares with no time after the first sign, and with no window that overlaps", async () => {
    const world = from((query) => (query.includes("errors") ? { a: 0.5 } : { a: 1 }));
    const began = at - 2 * day;
    const spans: number[] = [];
    const asked = from((query, time) => {
      spans.push(time);
      return query.includes("errors") ? { a: time === at ? 1 : 0 } : { a: 1 };
    });
    expect(await blastRadius({ ...ask, windowMs: 6 * 3_600_000, calmUntil: began }, asked)).toMatchObject({
      against: began,
    });
    expect(new Set(spans)).toEqual(new Set([at, began]));
    expect((await blastRadius(ask, world))!.shares).toEqual([]);
  });

  it("is unknown, and no guess, where a reading fails or the dimension has no label", async () => {
    expect(
      await blastRadius(
        ask,
        from((_, time) => (time === at ? "fails" : { a: 1 })),
      ),
    ).toBeUndefined();
    expect(
      await blastRadius(
        { ...ask, dimension: "tenant" },
        from(() => ({ a: 1 })),
      ),
    ).toBeUndefined();
  });
});
