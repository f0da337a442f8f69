import type { Family, Labels, Sample } from "../exposition.ts";
import { changesInDoubt, liveChanges } from "./changes.ts";
import type { Outline, TrackedChange } from "./incident.ts";

/**
 * Our own metrics, from the timelines alone. Drills count nowhere; changes made outside an incident count among the
 * mitigations but are no incidents. Counters only count what can no longer turn into something else, so that they
 * never go back.
 */
export function incidentMetrics(all: readonly Outline[]): Family[] {
  const real = all.filter((one) => one.kind !== "drill");
  const incidents = real.filter((one) => one.kind === "incident");
  return [
    {
      name: "llmops_incidents_total",
      help: "Incidents ever opened, with the severity they were opened with",
      type: "counter",
      labels: ["class", "severity"],
      samples: count(incidents.map((one) => ({ class: one.class ?? "none", severity: one.openedSeverity ?? "none" }))),
    },
    {
      name: "llmops_incidents",
      help: "Incidents as they stand now",
      type: "gauge",
      labels: ["class", "severity", "state"],
      samples: count(
        incidents.map((one) => ({ class: one.class ?? "none", severity: one.severity ?? "none", state: one.state })),
      ),
    },
    gauge(
      "llmops_open_incidents",
      "Incidents that are not resolved",
      incidents.filter((i) => i.state === "open").length,
    ),
    time("acknowledge", incidents, (one) => one.acknowledgedAt),
    time("mitigate", incidents, (one) => one.mitigatedAt),
    time("resolve", incidents, (one) => one.resolvedAt),
    {
      name: "llmops_mitigations_total",
      help: "Mitigations whose outcome is known",
      type: "counter",
      labels: ["mitigation", "outcome"],
      samples: count(real.flatMap(decided)),
    },
    gauge("llmops_live_changes", "Changes that production still carries", real.flatMap(liveChanges).length),
    gauge("llmops_changes_in_doubt", "Changes that production may carry", real.flatMap(changesInDoubt).length),
  ];
}

/** Seconds from the alert (from the opening, where no alert tells when it began) until `end`. */
function time(verb: string, incidents: Outline[], end: (one: Outline) => number | undefined): Family {
  return {
    name: `llmops_time_to_${verb}_seconds`,
    help: `Seconds from the alert to ${verb}`,
    type: "histogram",
    labels: ["class"],
    buckets: [60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400],
    samples: incidents.flatMap((one) => {
      const at = end(one);
      if (at === undefined) return [];
      // Our own clock was set back in between: nobody knows how long it took.
      if (at < one.openedAt - 60_000) return [];
      // Never negative: the machine that raised the alert may have another clock than ours.
      return [{ labels: { class: one.class ?? "none" }, value: Math.max(0, at - beganAt(one)) / 1000 }];
    }),
  };
}

function beganAt(incident: Outline): number {
  return Math.min(incident.openedAt, ...incident.alerts.flatMap((alert) => alert.startsAt ?? []));
}

function decided({ changes, state }: Outline): Labels[] {
  return changes.flatMap((tracked) => {
    const outcome = tracked.change.undoes === undefined ? outcomeOf(tracked, state === "open") : undefined;
    return outcome === undefined ? [] : [{ mitigation: tracked.change.mitigation, outcome }];
  });
}

/** As the step of a runbook would say it; undefined while a verdict may still come. */
function outcomeOf({ helped, inEffect, state }: TrackedChange, open: boolean): string | undefined {
  if (helped !== undefined) return helped.verdict;
  if (state === "not-applied") return "failed";
  if (state === "in-doubt" || (state === "applied" && open)) return undefined;
  return inEffect?.verdict === "no" ? "no-effect" : "unproven";
}

function gauge(name: string, help: string, value: number): Family {
  return { name, help, type: "gauge", labels: [], samples: [{ labels: {}, value }] };
}

/** One sample for each different set of labels. */
function count(labels: readonly Labels[]): Sample[] {
  const samples = new Map<string, Sample>();
  for (const one of labels) {
    const key = JSON.stringify(one);
    const sample = samples.get(key) ?? { labels: one, value: 0 };
    sample.value++;
    samples.set(key, sample);
  }
  return [...samples.values()];
}
