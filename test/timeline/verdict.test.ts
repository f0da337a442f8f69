import { describe, expect, it } from "vitest";
import type { Usual } from "../../src/timeline/measurement.ts";
import { holds, judge, parseBound, sayHealthy, type Healthy } from "../../src/timeline/verdict.ts";

const usual: Usual = { median: 14, deviation: 1, low: 11, high: 17, samples: 12, of: "yesterday" };
const below20: Healthy = { kind: "bound", bound: { operator: "<", number: 20 } };
const normal: Healthy = { kind: "normal", z: 3 };
const change: Healthy = { kind: "change", bound: { operator: "<", number: 1.5 } };

describe("parseBound", () => {
  it.each([
    ["< 20", "<", 20],
    ["<=2%", "<=", 0.02],
    [">= $1.5", ">=", 1.5],
    ["< 50ms", "<", 0.05],
    ["<5s", "<", 5],
    ["== 0", "==", 0],
    ["!= -1e3", "!=", -1000],
    ["< 5 S", "<", 5],
    ["< 50 MS", "<", 0.05],
  ])("%s", (text, operator, number) => {
    expect(parseBound(text)).toEqual({ operator, number });
  });
  it("takes a factor only where one is asked", () => {
    expect(parseBound("< 1.5x")).toBeUndefined();
    expect(parseBound("< 1.5x", true)).toEqual({ operator: "<", number: 1.5 });
    expect(parseBound("< 1.5", true)).toBeUndefined();
  });
  it.each(["20", "< ", "<20 apples", "=< 3", "< NaN", ""])("refuses %j", (text) =>
    expect(parseBound(text)).toBeUndefined(),
  );
});

describe("judge", () => {
  it.each([
    [13.4, below20, "healthy", "$13.4 is < $20"],
    [131.2, below20, "unhealthy", "$131.2 is not < $20"],
    [20, below20, "unhealthy", "$20 is not < $20"],
    [131.2, normal, "unhealthy", "above the usual $11-17"],
    [2, normal, "unhealthy", "below the usual $11-17"],
    [17, normal, "healthy", "inside the usual $11-17"],
    [28, change, "unhealthy", "×2.0 of usual is not < ×1.5"],
    [Number.NaN, below20, "no-data", "not a number"],
    [Infinity, below20, "no-data", "unlimited"],
    [-Infinity, normal, "no-data", "minus infinite"],
    [undefined, below20, "no-data", "no value"],
  ] as const)("%s against %o", (value, healthy, verdict, why) => {
    expect(judge(value, usual, healthy, { unit: "usd/h" })).toEqual({ verdict, why });
  });

  it("never says healthy without something to compare with", () => {
    expect(judge(14, undefined, normal).verdict).toBe("no-data");
    expect(judge(14, undefined, change).verdict).toBe("no-data");
  });
  it("worries in the bad direction only", () => {
    expect(judge(2, usual, normal, { worse: "up" })).toMatchObject({
      verdict: "healthy",
      why: "below the usual 11-17",
    });
    expect(judge(99, usual, normal, { worse: "down" }).verdict).toBe("healthy");
    expect(judge(99, usual, normal, { worse: "up" }).verdict).toBe("unhealthy");
  });
  it("uses the deviations that were asked for", () => {
    expect(judge(15.5, usual, { kind: "normal", z: 1 }).verdict).toBe("unhealthy");
    expect(judge(15.5, usual, { kind: "normal", z: 2 }).verdict).toBe("healthy");
  });
  it("calls anything infinitely more than nothing", () => {
    const none = { ...usual, median: 0 };
    expect(judge(0, none, change).verdict).toBe("healthy");
    expect(judge(0.1, none, change)).toEqual({ verdict: "unhealthy", why: "×∞ of usual is not < ×1.5" });
  });
  it("NaN is never inside a bound", () => {
    for (const operator of ["<", "<=", ">", ">=", "=="] as const)
      expect(holds({ operator, number: 1 }, Number.NaN)).toBe(false);
  });
});

it("says what was required", () => {
  expect(sayHealthy(below20, "usd/h")).toBe("< $20");
  expect(sayHealthy({ ...below20, forMs: 600_000 }, "usd/h")).toBe("< $20, for 10m");
  expect(sayHealthy(normal)).toBe("inside the usual range");
  expect(sayHealthy({ kind: "normal", z: 2 })).toBe("inside the usual range (2 deviations)");
  expect(sayHealthy(change)).toBe("< ×1.5 of usual");
});
