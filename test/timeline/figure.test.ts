import { describe, expect, it } from "vitest";
import { sayFactor, sayFigure, sayRange, sparkline } from "../../src/timeline/figure.ts";
import type { Unit } from "../../src/timeline/measurement.ts";

describe("sayFigure", () => {
  const cases: [number, Unit, string][] = [
    [131.23, "usd/h", "$131.2"],
    [11, "usd/h", "$11"],
    [13.44, "usd/h", "$13.4"],
    [1904.4, "usd/h", "$1,904"],
    [4.5, "usd", "$4.50"],
    [0.013, "usd", "$0.0130"],
    [0.0014, "usd", "$0.0014"],
    [0.000012, "usd", "$0.000012"],
    [0, "usd/h", "$0"],
    [-3, "usd", "-$3.00"],
    [0.31, "ratio", "31%"],
    [0.004, "ratio", "0.4%"],
    [0.0004, "ratio", "0.04%"],
    [0, "ratio", "0%"],
    [1, "ratio", "100%"],
    [0.9995, "ratio", "99.95%"],
    [0.99999, "ratio", ">99.99%"],
    [4.8, "s", "4.8 s"],
    [0.21, "s", "210 ms"],
    [0.0042, "s", "4.2 ms"],
    [34.4, "s", "34 s"],
    [125, "s", "2m 05s"],
    [0.9999, "s", "1.0 s"],
    [3910.4, "tokens", "3910"],
    [39104, "tokens", "39,104"],
    [3.44, "tokens", "3.4"],
    [2.8, "1/s", "2.8"],
    [0.0123, "1/s", "0.012"],
    [190.4, "1/s", "190"],
    [10.3, "factor", "×10.3"],
    [1.042, "factor", "×1.04"],
    [1904, "count", "1,904"],
    [0.7, "score", "0.70"],
    [1e21, "none", "1.00e+21"],
    [Number.NaN, "ratio", "not a number"],
    [Infinity, "usd", "unlimited"],
    [Infinity, "s", "infinite"],
    [-Infinity, "none", "minus infinite"],
  ];
  it.each(cases)("%d %s is %s", (value, unit, text) => {
    expect(sayFigure(value, unit)).toBe(text);
  });

  it("is short for any number of any unit", () => {
    for (const unit of [
      "usd",
      "usd/h",
      "ratio",
      "s",
      "tokens",
      "tokens/s",
      "1/s",
      "1/min",
      "factor",
      "score",
      "count",
      "none",
    ] as Unit[]) {
      for (let e = -12; e < 12; e++) {
        for (const m of [1, 1.5, 3.14159, 9.9999]) {
          const text = sayFigure(m * 10 ** e, unit);
          expect(text).toMatch(/^[-<>$×\d.,% a-z]{1,20}$/);
          expect(text).not.toMatch(/e[+-]|NaN|undefined/);
        }
      }
    }
  });
});

describe("sayRange", () => {
  const cases: [number, number, Unit, string][] = [
    [11.2, 17.3, "usd/h", "$11-17"],
    [342, 418, "tokens", "340-420"],
    [2.1, 3.4, "1/s", "2.1-3.4"],
    [0.28, 0.35, "ratio", "28-35%"],
    [0.21, 0.48, "s", "210-480 ms"],
    [0.21, 1.4, "s", "210 ms to 1.4 s"],
    [0.0014, 0.0014, "usd", "$0.0014"],
    [0.992, 0.998, "ratio", "99.2-99.8%"],
    [0, 0.01, "ratio", "0-1%"],
    [0, 1.2, "s", "0-1.2 s"],
    [-2, 3, "none", "-2 to 3"],
  ];
  it.each(cases)("%d to %d %s is %s", (low, high, unit, text) => {
    expect(sayRange(low, high, unit)).toBe(text);
  });
});

it("sayFactor", () => {
  expect([9.41, 1, 0.02, 120, 1904, Infinity, 0].map(sayFactor)).toEqual([
    "×9.4",
    "×1.0",
    "×0.02",
    "×120",
    "×1,904",
    "×∞",
    "×0.0",
  ]);
});

describe("sparkline", () => {
  it("shows a jump as a jump and a steady series in the middle", () => {
    expect(sparkline([14, 14, 15, 13, 14, 30, 80, 110, 131, 130], true)).toBe("▁▁▁▁▁▂▅▇██");
    expect(sparkline([2.8, 2.9, 2.7, 2.8, 2.8, 3.1, 2.8, 2.8, 2.7, 2.8], true)).toMatch(/^[▄▅]{10}$/);
    expect(sparkline([1, 1, 1, 1, 1, 1, 1, 0.1, 0, 0], true)).toBe("▅▅▅▅▅▅▅▁▁▁");
  });
  it("keeps gaps, in ASCII too", () => {
    expect(sparkline([1, null, 1, Number.NaN], true)).toBe("▅ ▅ ");
    expect(sparkline([1, null, 10, 5], false)).toBe("_.#+");
    expect(sparkline([null, null], true)).toBe("");
    expect(sparkline([0, 0, 0], true)).toBe("▁▁▁");
  });
});
