import { describe, expect, it } from "vitest";
import { showEvidence } from "../../src/show/evidence.ts";
import { showQueries } from "../../src/show/queries.ts";
import { showReading } from "../../src/show/reading.ts";
import type { Paint } from "../../src/show/paint.ts";
import type { Measurement } from "../../src/timeline/measurement.ts";

const paint: Paint = { columns: 80, unicode: true, style: (_, text) => text };
const read: Measurement = {
  id: "burn",
  label: "cost per hour",
  query: "sum(x)",
  source: "metrics",
  scope: {},
  windowMs: 300_000,
  at: Date.parse("2026-11-21T03:12:00Z"),
  unit: "usd/h",
  value: 12.5,
  outcome: "healthy",
  verdict: "healthy",
  why: "$12.5 is < $20",
  healthy: "< $20",
  note: "estimated from the token prices of gpt-4o",
  tookMs: 3,
};

describe("a value that is not quite what it is called", () => {
  it("says so wherever it is shown", () => {
    const said = "burn: estimated from the token prices of gpt-4o";
    expect(showReading(read, paint).join("\n")).toContain(said);
    expect(showEvidence([read], paint, { queries: "Every query: e" }).join("\n")).toContain(said);
    expect(showQueries([read], paint).join("\n")).toMatch(/note +estimated from the token prices of gpt-4o/);
  });
  it("says nothing of a value that was not read", () => {
    const { value: _, ...none } = { ...read, verdict: "no-data" as const, why: "no series in 5m" };
    expect(showReading(none, paint).join("\n")).not.toContain("estimated");
  });
});
