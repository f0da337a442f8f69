import { createHash } from "node:crypto";
import type { Fault } from "./fault.ts";

/** The webhook of Alertmanager (version 4) with the alert of the fault; without a fault there are none in it. */
export function alertOf(fault: Fault | undefined, faultAt: number, now: number, url: string): object {
  const alerts = fault === undefined ? [] : [firing(fault, faultAt, now, url)];
  const [first] = alerts;
  return {
    version: "4",
    receiver: "llm-oncall",
    status: first === undefined ? "resolved" : "firing",
    groupKey: `{}:{alertname="${fault?.alert.name ?? ""}"}`,
    groupLabels: fault === undefined ? {} : { alertname: fault.alert.name },
    commonLabels: first?.labels ?? {},
    commonAnnotations: first?.annotations ?? {},
    externalURL: url,
    truncatedAlerts: 0,
    alerts,
  };
}

function firing({ alert, runbook }: Fault, faultAt: number, now: number, url: string) {
  return {
    status: "firing",
    labels: { alertname: alert.name, severity: alert.severity, ...alert.labels },
    annotations: { summary: alert.summary, runbook },
    // The rule has to hold for three minutes before it fires.
    startsAt: new Date(Math.min(faultAt + 180_000, now)).toISOString(),
    endsAt: "0001-01-01T00:00:00Z",
    generatorURL: `${url}/metrics`,
    fingerprint: createHash("sha256").update(alert.name).digest("hex").slice(0, 16),
  };
}
