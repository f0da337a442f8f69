import { describe, expect, it } from "vitest";
import { kept, setPlace, shipped } from "./place.ts";

describe("a rehearsal", () => {
  it("comes to every outcome of every kind of step", async () => {
    const place = setPlace({ "r/kinds.yaml": kept("kinds.yaml"), "r/kinds.test.yaml": kept("kinds.test.yaml") });
    expect(await place.llmops("runbook", "test", "r", "-u", "--coverage", "--min", "100")).toBe(0);
    const report = place.printed();
    expect(report).toContain("steps 16 of 16 (100%)");
    expect(report).not.toContain("never");
    // what was written is what happens
    expect(await place.llmops("runbook", "test", "r")).toBe(0);
    await expect(place.world.files.text("/home/dana/shop/r/kinds.test.yaml")).toMatchFileSnapshot(
      "kinds.expected.yaml",
    );
  });

  it.each(["cost-spike", "safety-violation"])(
    "of the shipped tests of %s passes, and reaches all of it",
    async (id) => {
      const place = setPlace({ [`r/${id}.test.yaml`]: shipped(`${id}.test.yaml`) });
      expect(await place.llmops("runbook", "test", `r/${id}.test.yaml`, "--min", "100")).toBe(0);
    },
  );
});
