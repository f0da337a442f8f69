import { exit, UserError } from "../errors.ts";
import { severities, type Alert, type Severity } from "../timeline/event.ts";
import { dimensions, type Dimension, type Scope } from "../timeline/scope.ts";

/** What an alert source tells at once. */
export interface Page {
  /** what an incident is opened for: the longest firing first, those that do not say since when last */
  firing: Alert[];
  resolved: Alert[];
  /** how many more there were, by its own account */
  truncated: number;
}

/**
 * Reads what an alert source sends: an Alertmanager webhook (v4) or anything shaped like it, the list of Alertmanager's
 * API v2, or one alert. Of the list, what is silenced or inhibited counts only where nothing else fires: the list holds
 * it unless asked not to, and a webhook never does. Keys that newer versions add are ignored.
 */
export function readAlerts(text: string, from: string): Page {
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch {
    throw notAnAlert(from, "it is not JSON");
  }
  const webhook = isRecord(payload) && Array.isArray(payload["alerts"]) ? payload : undefined;
  const list = Array.isArray(payload) ? payload : ((webhook?.["alerts"] as unknown[] | undefined) ?? [payload]);
  const read = list.flatMap((one: unknown) => {
    const alert = readAlert(one);
    return alert === undefined ? [] : [{ alert, suppressed: stateOf(one) === "suppressed" }];
  });
  if (read.length === 0) throw notAnAlert(from, "no alert with labels.alertname is in it");
  const firing = read.filter(({ alert }) => alert.status === "firing");
  const active = firing.filter(({ suppressed }) => !suppressed);
  const truncated = webhook?.["truncatedAlerts"];
  return {
    firing: (active.length > 0 ? active : firing)
      .map(({ alert }) => alert)
      .sort((a, b) => (a.startsAt ?? Number.MAX_VALUE) - (b.startsAt ?? Number.MAX_VALUE)),
    resolved: read.map(({ alert }) => alert).filter(({ status }) => status === "resolved"),
    truncated: typeof truncated === "number" && truncated > 0 ? truncated : 0,
  };
}

function readAlert(one: unknown): Alert | undefined {
  if (!isRecord(one)) return undefined;
  const labels = texts(one["labels"]);
  if (labels["alertname"] === undefined) return undefined;
  const startsAt = typeof one["startsAt"] === "string" ? Date.parse(one["startsAt"]) : NaN;
  return {
    name: labels["alertname"],
    status: stateOf(one) === "resolved" ? "resolved" : "firing",
    labels,
    annotations: texts(one["annotations"]),
    ...(Number.isFinite(startsAt) && startsAt > 0 ? { startsAt } : {}),
    ...(typeof one["fingerprint"] === "string" ? { fingerprint: one["fingerprint"] } : {}),
    ...(typeof one["generatorURL"] === "string" && one["generatorURL"] !== ""
      ? { generator: one["generatorURL"] }
      : {}),
  };
}

/** "firing" or "resolved" in a webhook; an object around "active", "suppressed" or "unprocessed" in the list of API v2. */
function stateOf(one: unknown): unknown {
  const status = isRecord(one) ? one["status"] : undefined;
  return isRecord(status) ? status["state"] : status;
}

/** Those that belong to one incident: all that its runbook claims; claims it none, all that share the first one's name. */
export function alertsFor(claimed: readonly string[], alerts: readonly Alert[]): Alert[] {
  const some = alerts.filter(({ name }) => claimed.includes(name));
  return some.length > 0 ? some : alerts.filter(({ name }) => name === alerts[0]?.name);
}

/** What the labels of all these alerts agree on, through the stack's label names (`labels`: dimension → label). */
export function scopeOfAlerts(
  alerts: readonly Alert[],
  wanted: readonly Dimension[],
  labels: Partial<Record<Dimension, string>>,
): Scope {
  return Object.fromEntries(
    dimensions
      .filter((d) => wanted.includes(d))
      .flatMap((d) => {
        const [value = "", ...others] = new Set(alerts.map((alert) => alert.labels[labels[d] ?? d] ?? alert.labels[d]));
        return value === "" || others.length > 0 ? [] : [[d, value]];
      }),
  );
}

/** The worst `labels.severity` that is one of ours or P1–P4. */
export function severityOfAlerts(alerts: readonly Alert[]): Severity | undefined {
  const told = alerts.map(({ labels }) => readSeverity(labels["severity"] ?? ""));
  return severities.find((severity) => told.includes(severity));
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
