import { describe, expect, it } from "vitest";
import { trendOf, usualOf } from "../../src/signals/baseline.ts";

const now = 1_000_000_000_000;
const minute = 60_000;
const hour = (values: (number | null)[], step = 5 * minute) =>
  values.flatMap((value, i) => (value === null ? [] : [{ at: now - (values.length - 1 - i) * step, value }]));

function usual(...args: Parameters<typeof usualOf>) {
  const found = usualOf(...args);
  if ("none" in found) throw new Error(found.none);
  return found.usual;
}

describe("usualOf", () => {
  it("is the median of yesterday and three robust deviations around it", () => {
    // median 14, absolute deviations 4 2 2 1 0 0 1 2 86: median 2
    const yesterday = hour([10, 12, 12, 13, 14, 14, 15, 16, 100]);
    const width = 3 * 1.4826 * 2;
    expect(usual([], yesterday, now, "usd/h")).toEqual({
      median: 14,
      deviation: 1.4826 * 2,
      low: 14 - width,
      high: 14 + width,
      samples: 9,
      of: "yesterday",
    });
  });

  it("is not moved by an outage yesterday that took less than half of the hour", () => {
    const calm = usual([], hour([10, 11, 10, 9, 10, 11, 10, 9, 10, 11, 10, 9, 10]), now, "1/s");
    const outage = usual([], hour([10, 11, 10, 9, 10, 0, 0, 0, 0, 0, 10, 9, 10]), now, "1/s");
    expect(outage.median).toBeGreaterThanOrEqual(9);
    expect(outage.high).toBeLessThan(2 * calm.high);
  });

  it("takes the hour before where yesterday has too few samples, without its last quarter", () => {
    const today = hour([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 90, 90, 90]);
    expect(usual(today, hour([5, 5, 5, 5]), now, "1/s")).toMatchObject({
      median: 1,
      samples: 10,
      of: "the hour before",
    });
  });

  it("says when there are too few", () => {
    expect(usualOf([], [], now, "s")).toEqual({ none: "no history to compare with" });
    expect(usualOf(hour([1, 2]), hour([1, 2, 3, 4]), now, "s")).toEqual({
      none: "only 4 earlier samples to compare with",
    });
    expect(usualOf([], hour([1]), now, "s")).toEqual({ none: "only 1 earlier sample to compare with" });
    expect(usualOf([], hour([Number.NaN, Number.NaN, Number.NaN, Number.NaN, 1]), now, "s")).toHaveProperty("none");
  });

  it("leaves room around a perfectly flat series", () => {
    const flat = (value: number, unit: Parameters<typeof usualOf>[3]) =>
      usual([], hour(Array(13).fill(value) as number[]), now, unit);
    expect(flat(100, "tokens")).toMatchObject({ low: 80, high: 120 });
    expect(flat(0, "ratio")).toMatchObject({ low: 0, high: 0.01 });
    expect(flat(1, "ratio")).toMatchObject({ low: 0.8, high: 1 });
    expect(flat(0, "usd/h").high).toBeCloseTo(0.1);
  });

  it("is never negative where the unit cannot be", () => {
    const wild = hour([0, 1, 50, 2, 80, 0, 3]);
    expect(usual([], wild, now, "usd/h").low).toBe(0);
    expect(usual([], wild, now, "none").low).toBeLessThan(0);
  });
});

describe("trendOf", () => {
  it("has ten tenths, oldest first, with gaps where nothing was", () => {
    const points = hour([99, 1, 2, 3, null, null, null, 7, 8, 9, 10, 11, 12]);
    expect(trendOf(points, now, 5 * minute)).toEqual([1, 2, 3, null, null, 7, 8, 9, 10.5, 11.5]);
  });
  it("takes the mean of many, and holds a wide window over the tenths it covers", () => {
    const many = Array.from({ length: 60 }, (_, i) => ({ at: now - 3_600_000 + (i + 1) * minute, value: i }));
    expect(trendOf(many, now, minute)).toEqual([2.5, 8.5, 14.5, 20.5, 26.5, 32.5, 38.5, 44.5, 50.5, 56.5]);
    const wide = hour([1, 2, 3, 4, 5], 15 * minute);
    expect(trendOf(wide, now, 15 * minute)).toEqual([2, 2, 2, 3, 3, 4, 4, 4, 5, 5]);
  });
  it("leaves out what is no number", () => {
    expect(trendOf([{ at: now, value: Number.NaN }], now, minute)).toEqual(Array(10).fill(null));
  });
});
