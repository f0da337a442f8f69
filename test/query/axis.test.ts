import { describe, expect, it } from "vitest";
import { timeAxis, valueAxis } from "../../src/show/axis.ts";

const texts = (axis: ReturnType<typeof valueAxis>) => axis?.ticks.map(({ text }) => text).join(" ");

describe("the axis of values", () => {
  it.each<[number, number, string]>([
    [0, 3, "0 1 2 3"],
    [1, 9_800, "0 2k 4k 6k 8k 10k"],
    [0, 0.31, "0 0.1 0.2 0.3 0.4"],
    [0.0412, 0.0437, "0.041 0.042 0.043 0.044"],
    [-3, 5, "-4 -2 0 2 4 6"],
    [-0.2, -0.1, "-0.2 -0.15 -0.1 -0.05 0"],
    [1_000_000, 1_000_010, "1M 1.000002M 1.000004M 1.000006M 1.000008M 1.00001M"],
    [7, 7, "6 6.5 7 7.5 8"],
    [0, 0, "-1 -0.5 0 0.5 1"],
    [2.2e9, 8.1e9, "0 2G 4G 6G 8G 10G"],
    [0, 3e-7, "0 1e-7 2e-7 3e-7"],
    [0, 4e18, "0 1e+18 2e+18 3e+18 4e+18"],
  ])("%d to %d: %s", (least, greatest, said) => {
    const axis = valueAxis(least, greatest)!;
    expect(texts(axis)).toBe(said);
    expect(axis.low).toBeLessThanOrEqual(least);
    expect(axis.high).toBeGreaterThanOrEqual(greatest);
  });

  it.each([
    [5e-324, 5e-324],
    [0, 5e-324],
    [1e308, 1.7e308],
    [-Number.MAX_VALUE, Number.MAX_VALUE],
    [9_007_199_254_740_990, 9_007_199_254_740_991],
  ])("%d to %d has a scale with a few different ticks, or none", (least, greatest) => {
    const axis = valueAxis(least, greatest);
    if (axis === undefined) return expect(greatest - least).toBeGreaterThan(1e307);
    expect(axis.high).toBeGreaterThan(axis.low);
    expect(axis.ticks.length).toBeGreaterThan(1);
    expect(axis.ticks.length).toBeLessThan(12);
    return undefined;
  });
});

describe("the axis of times", () => {
  const to = Date.parse("2026-11-21T03:12:04Z");
  it.each([
    ["1m", 60_000, 60, "03:11:15 03:11:30 03:11:45 03:12:00"],
    ["1h", 3_600_000, 60, "02:20 02:30 02:40 02:50 03:00 03:10"],
    ["1h in little room", 3_600_000, 20, "02:30 03:00"],
    ["1d", 86_400_000, 60, "06:00 12:00 18:00 00:00"],
    ["2d", 2 * 86_400_000, 72, "11-19 12:00 11-20 00:00 11-20 12:00 11-21 00:00"],
    ["30d", 30 * 86_400_000, 60, "10-29 11-05 11-12 11-19"],
  ])("%s", (_, span, room, said) => {
    expect(texts(timeAxis(to - span, to, room))).toBe(said);
  });
});
