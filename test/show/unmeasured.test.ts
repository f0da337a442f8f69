import { describe, expect, it } from "vitest";
import { showEvidence } from "../../src/show/evidence.ts";
import type { Measurement } from "../../src/timeline/measurement.ts";

const paint = { columns: 80, unicode: true, style: (_: string, text: string) => text };

function unread(id: string, source: string): Measurement {
  const verdict = "no-data" as const;
  const why = "no series in 5m";
  const asked = { query: "", scope: {}, windowMs: 300_000, at: 0, unit: "none" as const, healthy: "", tookMs: 1 };
  return { id, label: id, source, outcome: verdict, verdict, why, ...asked };
}

describe("evidence that nothing here measures", () => {
  it("is one line, however much it is; what a source could not tell keeps its reason", () => {
    const lines = showEvidence([unread("queue", ""), unread("burn", "metrics"), unread("tools", "")], paint, {
      queries: "Every query: e",
    });
    expect(lines.filter((line) => line.includes("nothing here measures: queue, tools"))).toHaveLength(1);
    expect(lines.join("\n")).toMatch(/burn .*no data: no series in 5m/);
  });
});
