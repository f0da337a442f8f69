import type { Severity } from "../timeline/event.ts";
import type { Measurement } from "../timeline/measurement.ts";
import type { Named } from "./classify.ts";
import type { Readings } from "./suspect.ts";

/** What somebody who is woken can be told, and why. */
export interface Proposed {
  severity: Severity;
  why: string;
}

/**
 * Proposed from the impact: the part of the calls that is hurt, or how many times the usual is spent or waited. Half of the
 * calls is SEV1, a tenth SEV2; ten times the usual cost SEV1, twice SEV2; unsafe answers are one level higher than wrong ones.
 */
export function proposeSeverity({ suspect }: Named, read: Readings): Proposed {
  const found = (signals: readonly string[]) => signals.flatMap((signal) => outside(read.of(signal)) ?? []);
  switch (suspect.class) {
    case "availability": {
      const down = found(["endpoint_up"])[0];
      if (down !== undefined) return { severity: "SEV1", why: "a model server does not answer" };
      return byShare(found(["error_rate", ...suspect.leads]).slice(0, 1), [0.5, 0.1], "of the calls fail");
    }
    case "safety":
      return byShare(found(suspect.leads), [0.1, 0], "of the answers are unsafe");
    case "quality":
      return byShare(found(suspect.leads), [0.5, 0.2], "of the answers are affected");
    case "cost":
      return byTimes(found(["cost_per_hour", ...suspect.leads]).slice(0, 1), [10, 2], "the usual cost");
    case "latency":
      return byTimes(found(["latency_p95", ...suspect.leads]).slice(0, 1), [10, 3], "the usual time");
  }
}

function outside(m: Measurement | undefined): Measurement | undefined {
  return m?.verdict === "unhealthy" && m.value !== undefined ? m : undefined;
}

function byShare(found: readonly Measurement[], [one, two]: [number, number], what: string): Proposed {
  const share = Math.max(0, ...found.filter(({ unit }) => unit === "ratio").map(({ value }) => value!));
  const severity = share >= one ? "SEV1" : share >= two ? "SEV2" : "SEV3";
  return { severity, why: share > 0 ? `${percent(share)} ${what}` : "how many are hurt is not known" };
}

function byTimes(found: readonly Measurement[], [one, two]: [number, number], what: string): Proposed {
  const times = Math.max(0, ...found.flatMap(({ value, usual }) => (usual?.median ? [value! / usual.median] : [])));
  const severity = times >= one ? "SEV1" : times >= two ? "SEV2" : "SEV3";
  return { severity, why: times > 0 ? `${times.toFixed(1)} times ${what}` : "how much it is above usual is not known" };
}

function percent(share: number): string {
  return `${share >= 0.1 ? Math.round(share * 100) : (share * 100).toFixed(1)}%`;
}
