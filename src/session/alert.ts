import { exit, UserError } from "../errors.ts";
import { severities, type Alert, type Severity } from "../timeline/event.ts";
import { dimensions, type Dimension, type Scope } from "../timeline/scope.ts";

/**
 * Reads what an alert source sends: an Alertmanager webhook (v4) or anything shaped like it, the list of Alertmanager's
 * API v2, or one alert. Firing ones first. Keys that newer versions add are ignored.
 */
export function readAlerts(text: string, from: string): Alert[] {
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch {
    throw notAnAlert(from, "it is not JSON");
  }
  const list = Array.isArray(payload)
    ? payload
    : isRecord(payload) && Array.isArray(payload["alerts"])
      ? payload["alerts"]
      : [payload];
  const alerts = list.flatMap((one: unknown) => {
    const alert = readAlert(one);
    return alert === undefined ? [] : [alert];
  });
  if (alerts.length === 0) throw notAnAlert(from, "no alert with labels.alertname is in it");
  return alerts.sort((a, b) => Number(b.status === "firing") - Number(a.status === "firing"));
}

function readAlert(one: unknown): Alert | undefined {
  if (!isRecord(one)) return undefined;
  const labels = texts(one["labels"]);
  if (labels["alertname"] === undefined) return undefined;
  const startsAt = typeof one["startsAt"] === "string" ? Date.parse(one["startsAt"]) : NaN;
  const state = isRecord(one["status"]) ? one["status"]["state"] : one["status"];
  return {
    name: labels["alertname"],
    status: state === "resolved" ? "resolved" : "firing",
    labels,
    annotations: texts(one["annotations"]),
    ...(Number.isFinite(startsAt) && startsAt > 0 ? { startsAt } : {}),
    ...(typeof one["fingerprint"] === "string" ? { fingerprint: one["fingerprint"] } : {}),
    ...(typeof one["generatorURL"] === "string" ? { generator: one["generatorURL"] } : {}),
  };
}

/** The alert's labels as a scope, through the stack's label names (`labels`: dimension → label). */
export function scopeOfAlert(
  alert: Alert,
  wanted: readonly Dimension[],
  labels: Partial<Record<Dimension, string>>,
): Scope {
  return Object.fromEntries(
    dimensions
      .filter((d) => wanted.includes(d))
      .flatMap((d) => {
        const value = alert.labels[labels[d] ?? d] ?? alert.labels[d];
        return value === undefined || value === "" ? [] : [[d, value]];
      }),
  );
}

/** `labels.severity` when it is one of ours or P1–P4. */
export function severityOfAlert(alert: Alert): Severity | undefined {
  return readSeverity(alert.labels["severity"] ?? "");
}

/** "sev2", "P2" → SEV2. */
export function readSeverity(text: string): Severity | undefined {
  const match = /^(?:sev|p)-?([1-4])$/i.exec(text.trim());
  return match === null ? undefined : severities[Number(match[1]) - 1];
}

/** As `readSeverity`, for what somebody typed. */
export function severityOf(typed: string): Severity {
  const severity = readSeverity(typed);
  if (severity === undefined)
    throw new UserError({
      what: `There is no severity ${JSON.stringify(typed)}.`,
      next: "SEV1 to SEV4, or P1 to P4",
      code: exit.usage,
    });
  return severity;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function texts(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).flatMap(([k, v]) => (typeof v === "string" ? [[k, v]] : [])));
}

function notAnAlert(from: string, why: string): UserError {
  return new UserError({
    what: `${from} holds no alert: ${why}.`,
    next: "give an Alertmanager webhook, a list of its alerts, or one alert as JSON",
    code: exit.usage,
  });
}
