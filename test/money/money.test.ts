import { describe, expect, it } from "vitest";
import { fact } from "../../src/timeline/event.ts";
import { reckon, reliefs, saySpent, type Burn, type Relief } from "../../src/timeline/money.ts";
import { applied, clamp, minute, noon, opened, told } from "../timeline/told.ts";

const hour = 60 * minute;

/** So many dollars per hour as read each minute over the last minute, from an hour before `noon` on. */
function burn(rate: (at: number) => number | undefined, minutes: number, usual: number | undefined = 10): Burn {
  const rates = Array.from({ length: minutes + 61 }, (_, i) => noon + (i - 60) * minute).flatMap((at) => {
    const perHour = rate(at);
    return perHour === undefined ? [] : [{ at, perHour }];
  });
  return { rates, stepMs: minute, windowMs: minute, usual };
}
const relief = (change: string, from: number, to?: number): Relief => ({
  change,
  writtenAt: noon + from * minute,
  from: noon + (from + 1) * minute,
  ...(to === undefined ? {} : { to: noon + to * minute }),
});
const usd = (spent: ReturnType<typeof reckon>, change: string) =>
  spent!.avoided.find((one) => one.change === change)!.usd;

describe("the money clock", () => {
  it("adds up what is spent, and what of it is above usual, from the start to now", () => {
    const spent = reckon(
      burn((at) => (at <= noon ? 10 : 130), 60),
      noon,
      noon + hour,
      [],
    )!;
    expect(spent.usd).toBeCloseTo(130, 5);
    expect(spent.above).toBeCloseTo(120, 5);
    expect(spent.perHour).toBe(130);
    expect(saySpent(spent)).toBe("estimated: $130 spent, $120 above usual, $130 per hour at the end");
  });

  it("credits a change with the rate before it less the one since, from when it was seen in effect", () => {
    const rates = (at: number) => (at <= noon ? 10 : at <= noon + 10 * minute ? 130 : 13);
    const spent = reckon(burn(rates, 60), noon, noon + hour, [relief("m1", 10)]);
    expect(usd(spent, "m1")).toBeCloseTo(((130 - 13) * 49) / 60, 5);
  });

  it("stops at the end of the change, and is never negative", () => {
    const rates = (at: number) => (at <= noon + 10 * minute ? 130 : at <= noon + 20 * minute ? 30 : 500);
    const spent = reckon(burn(rates, 60), noon, noon + hour, [relief("m1", 10, 20)]);
    expect(usd(spent, "m1")).toBeCloseTo((100 * 9) / 60, 5);
    const worse = reckon(burn(rates, 60), noon, noon + hour, [relief("m1", 20)]);
    expect(usd(worse, "m1")).toBe(0);
  });

  it("shares between changes that lie over each other, in their order, and counts no dollar twice", () => {
    const rates = (at: number) => (at <= noon + 10 * minute ? 130 : at <= noon + 20 * minute ? 60 : 20);
    const stacked = [relief("m2", 20), relief("m1", 10)];
    const spent = reckon(burn(rates, 60), noon, noon + hour, stacked);
    expect(usd(spent, "m1")).toBeCloseTo(((130 - 60) * 49) / 60, 5);
    expect(usd(spent, "m2")).toBeCloseTo(((60 - 20) * 39) / 60, 5);
    const sum = spent!.avoided.reduce((total, one) => total + one.usd, 0);
    expect(sum).toBeLessThanOrEqual(((130 - 20) * 49) / 60);
  });

  it("guesses nothing where nothing was read: gaps add nothing, and without a usual none is above it", () => {
    const gap = burn((at) => (at > noon + 20 * minute && at <= noon + 40 * minute ? undefined : 60), 60, undefined);
    gap.usual = undefined;
    const spent = reckon(gap, noon, noon + hour, [])!;
    expect(spent.usd).toBeCloseTo(40, 0);
    expect(spent).not.toHaveProperty("above");
    expect(saySpent(spent)).toContain("nothing usual is known");
    expect(reckon({ ...gap, rates: [] }, noon, noon + hour, [])).toBeUndefined();
  });

  it("has no rate to compare a change with that came before the first reading", () => {
    const early = { ...relief("m1", -120), from: noon };
    expect(
      reckon(
        burn(() => 10, 60),
        noon,
        noon + hour,
        [early],
      )!.avoided,
    ).toEqual([]);
  });
});

describe("who is credited", () => {
  const seen = (verdict: "yes" | "no" | "unknown") =>
    fact("in-effect", { change: "m1", verdict, why: "", measurements: [] });
  const helped = (verdict: "helped" | "not-enough") =>
    fact("helped", { change: "m1", verdict, why: "", measurements: [] });
  const of = (...facts: ReturnType<typeof fact>[]) => reliefs(told([opened, ...applied(clamp()), ...facts]).changes);

  it("is what was seen in effect or to help, and nothing else", () => {
    expect(of()).toEqual([]);
    expect(of(seen("unknown"), helped("not-enough"))).toEqual([]);
    expect(of(seen("yes"))).toMatchObject([{ change: "m1", from: noon + 5 * minute }]);
    expect(of(seen("unknown"), helped("helped"))).toMatchObject([{ change: "m1", from: noon + 6 * minute }]);
  });

  it("is no undo, and a change only until it was undone", () => {
    const undo = clamp({ id: "m2", before: { is: 512 }, after: { is: 4096 }, undoes: "m1" });
    expect(of(seen("yes"), ...applied(undo))).toMatchObject([{ change: "m1", to: noon + 9 * minute }]);
  });
});
