import { describe, expect, it } from "vitest";
import { sayDeeds } from "../../src/timeline/deed.ts";
import type { Measurement } from "../../src/timeline/measurement.ts";
import { onsetOf, sayJustBefore } from "../../src/timeline/onset.ts";

const at = Date.parse("2026-11-21T03:12:00Z");
const minute = 60_000;
const usual = { median: 10, deviation: 1, low: 7, high: 13, samples: 12, of: "yesterday" as const };
const figure = (more: Partial<Measurement> = {}) =>
  ({ verdict: "unhealthy", outcome: "unhealthy", value: 90, at, usual, ...more }) as Measurement;

describe("the first bad reading", () => {
  it.each([
    ["the end of the first tenth outside usual", [9, 10, 11, 10, 9, 10, 10, 50, 90, 90], 12],
    ["not an outlier earlier in the hour", [9, 90, 11, 10, 9, 10, 10, 10, 50, 90], 6],
    ["across a gap", [9, 10, 11, 10, 9, 10, null, 50, null, 90], 12],
    ["unknown where it was outside all the hour", [90, 90, 90, 90, 90, 90, 90, 90, 90, 90], undefined],
    ["unknown where the last tenth looks usual", [9, 10, 11, 10, 9, 10, 10, 10, 10, 11], undefined],
  ])("is %s", (_, trend, minutes) => {
    expect(onsetOf([figure({ trend })])).toBe(minutes === undefined ? undefined : at - minutes * minute);
  });

  it("looks below usual where the figure fell", () => {
    const trend = [10, 90, 10, 10, 10, 10, 10, 10, 2, 1];
    expect(onsetOf([figure({ value: 1, trend })])).toBe(at - 6 * minute);
  });

  it("is the earliest that is known, the alert's too; healthy figures and bounds inside usual say nothing", () => {
    const late = figure({ trend: [9, 10, 11, 10, 9, 10, 10, 10, 50, 90] });
    const early = figure({ trend: [9, 10, 11, 10, 9, 50, 90, 90, 90, 90] });
    const well = figure({ verdict: "healthy", trend: [9, 50, 90, 90, 90, 90, 90, 90, 90, 90] });
    const bound = figure({ value: 12, trend: [9, 1, 1, 1, 1, 1, 1, 1, 1, 1] });
    expect(onsetOf([late, early, well, bound])).toBe(at - 24 * minute);
    expect(onsetOf([late], at - 8 * minute)).toBe(at - 8 * minute);
    expect(onsetOf([well, bound])).toBeUndefined();
    expect(onsetOf([well], at)).toBe(at);
  });

  it("points at what was changed in the quarter of an hour before it", () => {
    const says = (minutes: number) => sayJustBefore({ at: at - minutes * minute }, at);
    expect([0, 0.4, 4, 15, 15.1, -1].map(says)).toEqual([
      "just before",
      "just before",
      "4 min before",
      "15 min before",
      undefined,
      undefined,
    ]);
    expect(sayJustBefore({ at }, undefined)).toBeUndefined();
  });
});

describe("changes in words", () => {
  const deed = (what: string, when: number, who?: string) => ({ at: when, what, source: "s", ...(who && { who }) });
  it("are a few, with who and the date where it is another one, and how many more", () => {
    const deeds = [deed("prompt v14 → v15", at - 14 * minute, "m.kaya"), deed("\u001b[2Jold", at - 5 * 60 * minute)];
    const measured = figure({ deeds, deedCount: 9, windowMs: 24 * 60 * minute });
    expect(sayDeeds(measured, 2)).toBe("02:58 prompt v14 → v15 (m.kaya) · 11-20 22:12 \\u001b[2Jold · 7 more");
    expect(sayDeeds(measured, 0)).toBe("9 in 1d");
    expect(sayDeeds({ ...measured, deeds: [] }, 2)).toBe("none in 1d");
  });
});
