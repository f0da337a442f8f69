import { describe, expect, it } from "vitest";
import { expose } from "../../src/exposition.ts";
import { foldIncident } from "../../src/timeline/fold.ts";
import type { Incident, TrackedChange } from "../../src/timeline/incident.ts";
import { incidentMetrics } from "../../src/timeline/metrics.ts";

const t = Date.parse("2026-11-21T03:12:04Z");

function incident(given: Partial<Incident>): Incident {
  return { ...foldIncident([]), class: "cost", severity: "SEV2", openedSeverity: "SEV3", openedAt: t, ...given };
}

function change(mitigation: string, given: Partial<TrackedChange>, undoes?: string): TrackedChange {
  return {
    change: { id: "m1", mitigation, ...(undoes === undefined ? {} : { undoes }) },
    state: "applied",
    ...given,
  } as TrackedChange;
}

async function lines(incidents: Incident[], about: string): Promise<string[]> {
  const text = await expose(incidentMetrics(incidents));
  return text.split("\n").filter((line) => line.startsWith(about));
}

const helped = { verdict: "helped", why: "", at: t } as const;

describe("incidentMetrics", () => {
  it("counts incidents by the severity they were opened with, and shows them as they stand", async () => {
    const all = [
      incident({}),
      incident({ state: "resolved" }),
      incident({ class: "safety", severity: "SEV1" }),
      incident({ kind: "change", class: null, severity: null }),
      incident({ kind: "drill" }),
    ];
    expect(await lines(all, "llmops_incidents")).toEqual([
      'llmops_incidents_total{class="cost",severity="SEV3"} 2',
      'llmops_incidents_total{class="safety",severity="SEV3"} 1',
      'llmops_incidents{class="cost",severity="SEV2",state="open"} 1',
      'llmops_incidents{class="cost",severity="SEV2",state="resolved"} 1',
      'llmops_incidents{class="safety",severity="SEV1",state="open"} 1',
    ]);
    expect(await lines(all, "llmops_open_incidents")).toEqual(["llmops_open_incidents 2"]);
  });

  it("measures from the alert, and from the opening where there is none", async () => {
    const alert = { name: "A", status: "firing", labels: {}, annotations: {}, startsAt: t - 604_000 } as const;
    const all = [
      incident({ alerts: [alert], acknowledgedAt: t, mitigatedAt: t + 60_000, resolvedAt: t + 3_000_000 }),
      incident({ acknowledgedAt: t + 30_000 }),
    ];
    expect(await lines(all, "llmops_time_to_acknowledge_seconds_sum")).toEqual([
      'llmops_time_to_acknowledge_seconds_sum{class="cost"} 634',
    ]);
    expect(await lines(all, 'llmops_time_to_acknowledge_seconds_bucket{le="60"')).toEqual([
      'llmops_time_to_acknowledge_seconds_bucket{le="60",class="cost"} 1',
    ]);
    expect(await lines(all, "llmops_time_to_mitigate_seconds_sum")).toEqual([
      'llmops_time_to_mitigate_seconds_sum{class="cost"} 664',
    ]);
    expect(await lines(all, "llmops_time_to_resolve_seconds_count")).toEqual([
      'llmops_time_to_resolve_seconds_count{class="cost"} 1',
    ]);
  });

  it("never tells a negative time, whatever the clocks of others say", async () => {
    const late = { name: "A", status: "firing", labels: {}, annotations: {}, startsAt: t + 60_000 } as const;
    const all = [incident({ alerts: [late], acknowledgedAt: t - 5_000 })];
    expect(await lines(all, "llmops_time_to_acknowledge_seconds_sum")).toEqual([
      'llmops_time_to_acknowledge_seconds_sum{class="cost"} 0',
    ]);
  });

  it("counts mitigations once their outcome is known, also outside incidents, and no undo", async () => {
    const ended = { how: "undone", at: t, by: "dana" };
    const all = [
      incident({
        changes: [
          change("token-clamp", { helped }),
          change("token-clamp", {}),
          change("block", { state: "not-applied" }),
          change("cache", { state: "in-doubt" }),
          change("token-clamp", { state: "ended" }, "m1"),
        ],
      }),
      incident({
        kind: "change",
        state: "closed",
        changes: [
          change("kill-switch", { state: "ended", ended, inEffect: { verdict: "no", why: "", at: t } }),
          change("kill-switch", {}),
        ],
      }),
      incident({ kind: "drill", changes: [change("block", { helped })] }),
    ];
    expect(await lines(all, "llmops_mitigations_total")).toEqual([
      'llmops_mitigations_total{mitigation="token-clamp",outcome="helped"} 1',
      'llmops_mitigations_total{mitigation="block",outcome="failed"} 1',
      'llmops_mitigations_total{mitigation="kill-switch",outcome="no-effect"} 1',
      'llmops_mitigations_total{mitigation="kill-switch",outcome="unproven"} 1',
    ]);
    expect(await lines(all, "llmops_live_changes")).toEqual(["llmops_live_changes 3"]);
    expect(await lines(all, "llmops_changes_in_doubt")).toEqual(["llmops_changes_in_doubt 1"]);
  });

  it("says 0 where there is nothing, so that an alert on it can be written", async () => {
    expect(await lines([], "llmops_")).toEqual([
      "llmops_open_incidents 0",
      "llmops_live_changes 0",
      "llmops_changes_in_doubt 0",
    ]);
  });
});
