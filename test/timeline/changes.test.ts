import { describe, expect, it } from "vitest";
import { settledAt } from "../../src/timeline/changes.ts";
import type { TrackedChange } from "../../src/timeline/incident.ts";
import { clamp, minute, noon, planFor } from "./told.ts";

const hour = 60 * minute;
const [deadlineMs, settles] = [30_000, 5000];

interface Moments {
  /** the wall clock at the intent's record, at that of the answer, and now; ms after noon */
  wall: [intended: number, written: number, now: number];
  /** how much time really passed since the intent; undefined: no clock tells */
  ago: number | undefined;
}

/** ms after noon, by the wall clock as it stands now */
function settled({ wall: [intended, written, now], ago }: Moments): number {
  const change = clamp();
  const tracked: TrackedChange = {
    change,
    plan: planFor(change),
    by: "dana",
    intendedAt: noon + intended,
    writtenAt: noon + written,
    deadlineMs,
    state: "applied",
    steady: { since: "boot", ms: 1000 },
  };
  const steady = { since: ago === undefined ? "another boot" : "boot", ms: 1000 + (ago ?? 0) };
  return settledAt(tracked, { now: () => noon + now, steady: () => steady })! - noon;
}

describe("E01: when a write had settled", () => {
  it("is its answer and the lever's time, where nobody set the clock", () => {
    expect(settled({ wall: [0, 2000, 60_000], ago: 60_000 })).toBe(2000 + settles);
  });

  it("is not moved by the time that a record takes", () => {
    expect(settled({ wall: [0, 2000, 60_000], ago: 63_000 })).toBe(2000 + settles);
  });

  it.each([1000, 20_000, hour, 24 * hour])("goes forward with the clock: by %i ms after the answer", (by) => {
    expect(settled({ wall: [0, 2000, 4000 + by], ago: 4000 })).toBe(2000 + by + settles);
    expect(settled({ wall: [0, 2000, 60_000 + by], ago: 60_000 })).toBe(2000 + by + settles);
  });

  it.each([minute + 1, hour, 24 * hour])("goes back with the clock: by %i ms after the answer", (by) => {
    expect(settled({ wall: [0, 2000, 60_000 - by], ago: 60_000 })).toBe(2000 - by + settles);
  });

  it("is as late as it could be where the clock was set between the intent and the answer", () => {
    for (const by of [hour, -hour]) {
      const intended = by;
      expect(settled({ wall: [0, 2000 + by, 60_000 + by], ago: 60_000 })).toBe(intended + deadlineMs + settles);
    }
  });

  it("is what the records say where no clock tells more", () => {
    expect(settled({ wall: [0, 2000, hour], ago: undefined })).toBe(2000 + settles);
  });
});
