import { describe, expect, it } from "vitest";
import { hostile } from "../torture/hostile.ts";
import { playNight } from "./night.ts";

describe("J01, J02, J14, J16, F26, H06: text of strangers in every entry of the program at once", () => {
  it("plays with tame texts", async () => {
    const { faults, stage, entries } = await playNight(0, () => "benign");
    expect(faults).toEqual([]);
    expect(stage.writes.length).toBeGreaterThan(0);
    expect(entries.length).toBeGreaterThan(50);
  });

  it("shows them as text, and forges no line of ours", { timeout: 120_000 }, async () => {
    const { points, violations } = await hostile.run({ seed: 1, extent: "some" });
    expect(violations).toEqual([]);
    expect(points).toBeGreaterThan(500);
  });
});
