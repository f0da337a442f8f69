import { describe, expect, it } from "vitest";
import { decideDoubt, intendedAgo } from "../../src/steps/doubt.ts";
import { fact } from "../../src/timeline/event.ts";
import type { Steady } from "../../src/world/clock.ts";
import { absent, type Value } from "../../src/timeline/value.ts";
import { fakeClock } from "../fake/clock.ts";
import { clamp, opened, planFor, told } from "../timeline/told.ts";

function intended(before: Value, after: Value, steady: { steady?: Steady } = {}) {
  const change = clamp({ before, after });
  return told([
    opened,
    fact("planned", { plan: planFor(change) }),
    fact("intended", { change, deadlineMs: 15_000, ...steady }),
  ]).changes[0]!;
}

describe("F03: a change that the other side makes later", () => {
  const change = clamp({ before: { is: 4096 }, after: { is: 512 } });
  const promised = told([
    opened,
    fact("planned", { plan: planFor(change) }),
    fact("intended", { change, deadlineMs: 15_000 }),
    fact("written", { change: change.id, result: { unknown: true, why: "202", pending: true } }),
  ]).changes[0]!;

  it("stays in doubt however late, until it is there or somebody else's value is", () => {
    expect(decideDoubt(promised, { is: 4096 }, 1_000_000, 5000)).toBe("promised");
    expect(decideDoubt(promised, { is: 512 }, 1_000_000, 5000)).toMatchObject({ as: "applied" });
    expect(decideDoubt(promised, { is: 7 }, 1_000_000, 5000)).toMatchObject({ as: "other" });
  });
});

describe("an intent whose end nobody saw", () => {
  const tracked = intended({ is: 4096 }, { is: 512 });
  const late = 20_000;

  it("was applied when the live value is the wanted one", () => {
    expect(decideDoubt(tracked, { is: 512 }, 0, 5000)).toMatchObject({ as: "applied" });
  });

  it("is waited for as long as a write that was sent can still arrive", () => {
    expect(decideDoubt(tracked, { is: 4096 }, late - 1, 5000)).toBe("wait");
    expect(decideDoubt(tracked, { is: 4096 }, late, 5000)).toMatchObject({ as: "not-applied" });
  });

  it("is somebody else's when the live value is neither", () => {
    // until then our own write could still come on top
    expect(decideDoubt(tracked, { is: 1024 }, late - 1, 5000)).toBe("wait");
    expect(decideDoubt(tracked, { is: 1024 }, late, 5000)).toMatchObject({ as: "other" });
  });

  it("tells six kinds of nothing apart", () => {
    const nothings: Value[] = [absent, { is: null }, { is: "" }, { is: 0 }, { is: false }, { is: [] }];
    for (const before of nothings)
      for (const live of nothings) {
        const decided = decideDoubt(intended(before, { is: 512 }), live, late, 5000);
        expect(decided).toMatchObject({ as: before === live ? "not-applied" : "other" });
      }
  });

  it("tells big numbers apart that a double cannot", () => {
    const big = { is: 12345678901234567000, exact: "12345678901234567890" };
    const near = { is: 12345678901234567000, exact: "12345678901234567891" };
    expect(decideDoubt(intended(big, { is: 1 }), near, late, 5000)).toMatchObject({ as: "other" });
    expect(decideDoubt(intended(big, { is: 1 }), big, late, 5000)).toMatchObject({ as: "not-applied" });
  });

  it("E01: is as old as the clock says that nobody sets, and never older than it was watched where no such clock tells", async () => {
    const clock = fakeClock(0);
    const [here, elsewhere] = ["fake", "another start"].map((since) =>
      intended({ is: 1 }, { is: 2 }, { steady: { since, ms: 0 } }),
    );
    await clock.advance(60_000);
    const seenAt = clock.monotonic();
    clock.set(24 * 3_600_000);
    await clock.advance(5000);
    expect(intendedAgo(here!, seenAt, clock)).toBe(65_000);
    clock.set(-48 * 3_600_000);
    expect(intendedAgo(here!, seenAt, clock)).toBe(65_000);
    expect(intendedAgo(elsewhere!, seenAt, clock)).toBe(5000);
    expect(intendedAgo(intended({ is: 1 }, { is: 2 }), seenAt, clock)).toBe(5000);
  });
});
