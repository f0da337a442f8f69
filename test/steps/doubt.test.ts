import { describe, expect, it } from "vitest";
import { decideDoubt, lastArrival } from "../../src/steps/doubt.ts";
import { fact } from "../../src/timeline/event.ts";
import { absent, type Value } from "../../src/timeline/value.ts";
import { clamp, noon, opened, planFor, told } from "../timeline/told.ts";

function intended(before: Value, after: Value) {
  const change = clamp({ before, after });
  return told([opened, fact("planned", { plan: planFor(change) }), fact("intended", { change, deadlineMs: 15_000 })])
    .changes[0]!;
}

describe("an intent whose end nobody saw", () => {
  const tracked = intended({ is: 4096 }, { is: 512 });
  const late = lastArrival(tracked, 5000);

  it("was applied when the live value is the wanted one", () => {
    expect(decideDoubt(tracked, { is: 512 }, noon, 5000)).toMatchObject({ as: "applied" });
  });

  it("is waited for as long as a write that was sent can still arrive", () => {
    expect(late).toBe(tracked.intendedAt + 20_000);
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
});
