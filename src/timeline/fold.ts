import { headOf } from "./chain.ts";
import type { Event, FactType, Facts, UnknownEvent } from "./event.ts";
import type { Finding } from "./examine.ts";
import type { Measurement } from "./measurement.ts";
import { begin, type Incident, type Outline } from "./incident.ts";
import { planOfOne, unknownPlan } from "./planOfOne.ts";
import { applied, find, finish, seesNow } from "./track.ts";

/** The incident that the events add up to. Pure: same events, same incident. */
export function foldIncident(events: readonly (Event | UnknownEvent)[], findings: readonly Finding[] = []): Incident {
  return foldOn(begin(events[0], damageOf(findings)), events);
}

/** Its outline. Thousands are kept: they hold on to no event and no reading. */
export function foldOutline(events: readonly (Event | UnknownEvent)[], findings: readonly Finding[]): Outline {
  const whole = begin(events[0], damageOf(findings));
  for (const event of events) take(whole, event);
  whole.measurements.clear();
  return whole;
}

function damageOf(findings: readonly Finding[]): string[] {
  return findings.map(({ why }) => why);
}

/** What it adds up to with more of them. The one handed in is used up: its lists go on in the new one. */
export function foldOn(known: Incident, more: readonly (Event | UnknownEvent)[]): Incident {
  const incident = { ...known };
  for (const event of more) {
    incident.events.push(event);
    take(incident, event);
  }
  if (more.length > 0) incident.head = headOf(more);
  return incident;
}

function take(incident: Incident, event: Event | UnknownEvent): void {
  if (isKnown(event)) apply(incident, event);
  else if (!("damaged" in event)) incident.newer = true;
}

type On<T extends FactType> = (incident: Incident, payload: Facts[T], event: Event) => void;

/** What each fact does to the incident. Facts that are only told have nothing to do here. */
const effects: { [T in FactType]: On<T> } = {
  opened(incident, { kind, title, class: incidentClass, severity, scope }) {
    Object.assign(incident, { kind, title, class: incidentClass, severity, openedSeverity: severity, scope });
  },
  pinned(incident, { runbook, origin, digest, text, first }) {
    incident.pinned.set(runbook, { origin, digest, text });
    if (first) incident.firstRunbook = incident.runbook = runbook;
  },
  scoped(incident, { scope }) {
    incident.scope = scope;
  },
  alert(incident, alert) {
    incident.alerts.push(alert);
  },
  check() {},
  measured(incident, { measurement }, event) {
    keep(incident, event.step ?? measurement.id, measurement, event.at);
  },
  blast() {},
  sampled() {},
  quoted(incident, _, event) {
    incident.quoted.push({ seq: event.seq, at: event.at });
  },
  asked() {},
  answered(incident, answer, event) {
    if (event.step !== undefined) incident.answers.set(event.step, answer);
  },
  "step-started"(incident, { runbook, kind, title }, event) {
    incident.runbook = runbook;
    const before = incident.walked.get(event.step!);
    incident.walked.set(event.step!, { runbook, kind, title, startedAt: before?.startedAt ?? event.at });
  },
  "step-ended"(incident, { outcome, why }, event) {
    end(incident, event, outcome, why);
    if (outcome === "continued") incident.runbook = why!;
  },
  skipped(incident, { reason }, event) {
    end(incident, event, "skipped", reason);
  },
  noted(incident, { text }, event) {
    incident.notes.push({ at: event.at, by: event.by, text });
  },
  acknowledged(incident, _, event) {
    incident.acknowledgedAt ??= event.at;
  },
  severity(incident, { to }) {
    incident.severity = to;
  },
  role() {},
  "handed-off"() {},
  planned(incident, { plan }) {
    for (const [i, { id }] of plan.changes.entries()) incident.plans.set(id, planOfOne(plan, i));
  },
  declined(incident, { restarted }) {
    if (restarted !== undefined) seesNow(incident, restarted);
  },
  intended(incident, { change, deadlineMs, steady }, event) {
    incident.changes.push({
      change,
      plan: incident.plans.get(change.id) ?? unknownPlan(change),
      ...(event.step === undefined ? {} : { step: event.step }),
      by: event.by,
      intendedAt: event.at,
      deadlineMs,
      ...(steady === undefined ? {} : { steady }),
      state: "in-doubt",
    });
  },
  written(incident, { change, result }, event) {
    const tracked = find(incident, change);
    if (tracked === undefined) return;
    tracked.result = result;
    if ("written" in result) tracked.writtenAt = event.at;
    if ("conflict" in result || "refused" in result) tracked.state = "not-applied";
  },
  "read-back"(incident, { change, as }, event) {
    const tracked = find(incident, change);
    if (tracked === undefined) return;
    if (as === "applied") applied(incident, tracked, event.at);
    if (as === "not-applied") tracked.state = "not-applied";
  },
  settled(incident, { change, as }, event) {
    const tracked = find(incident, change);
    if (tracked?.state !== "in-doubt") return;
    if (as === "applied") applied(incident, tracked, event.at);
    else if (as === "not-applied") tracked.state = "not-applied";
    else finish(incident, tracked, { how: "changed by somebody else", at: event.at, by: event.by });
  },
  probed(incident, probed, event) {
    const known = incident.probed.get(probed.change) ?? [];
    incident.probed.set(probed.change, [...known, { ...probed, at: event.at }]);
  },
  "in-effect"(incident, { change, verdict, why }, event) {
    const tracked = find(incident, change);
    if (tracked !== undefined) tracked.inEffect = { verdict, why, at: event.at };
  },
  helped(incident, { change, verdict, why, measurements }, event) {
    const tracked = find(incident, change);
    if (tracked !== undefined) tracked.helped = { verdict, why, at: event.at };
    const runbook = event.step?.split("/")[0] ?? incident.runbook;
    for (const measurement of measurements) keep(incident, `${runbook}/${measurement.id}`, measurement, event.at);
  },
  ended(incident, { change, how }, event) {
    const tracked = find(incident, change);
    if (tracked === undefined) return;
    finish(incident, tracked, { how, at: event.at, by: event.by });
  },
  drifted(incident, { change, ...drifted }, event) {
    const tracked = find(incident, change);
    if (tracked !== undefined) tracked.drifted = { ...drifted, at: event.at };
  },
  restored(incident, { change }, event) {
    const tracked = find(incident, change);
    if (tracked === undefined) return;
    delete tracked.drifted;
    tracked.restoredAt = event.at;
  },
  spent(incident, spent) {
    incident.spent = spent;
  },
  kept(incident, { change, reason }) {
    const tracked = find(incident, change);
    if (tracked === undefined) return;
    tracked.kept = reason;
    delete tracked.endsAt;
  },
  extended(incident, { change, until }) {
    const tracked = find(incident, change);
    if (tracked === undefined) return;
    tracked.endsAt = until;
    delete tracked.kept;
  },
  sent() {},
  escalated() {},
  ran(incident, { restarted, code }) {
    if (restarted !== undefined && code === 0) seesNow(incident, restarted);
  },
  resolved(incident, _, event) {
    incident.state = "resolved";
    incident.resolvedAt = event.at;
  },
  closed(incident, _, event) {
    incident.state = "closed";
    incident.closedAt = event.at;
    incident.resolvedAt ??= event.at;
  },
  corrected() {},
  erased(incident, { seq }) {
    incident.quoted = incident.quoted.filter((kept) => kept.seq !== seq);
  },
  torn() {},
};

export function isKnown(event: Event | UnknownEvent): event is Event {
  return event.v === 1 && Object.hasOwn(effects, event.type) && !("damaged" in event);
}

function apply(incident: Incident, event: Event): void {
  if ((event.payload as unknown) === null) return; // erased
  (effects[event.type] as On<FactType>)(incident, event.payload, event);
}

/** A reading is the latest of its evidence, and decides its outcome. */
function keep(incident: Incident, key: string, measurement: Measurement, toldAt: number): void {
  const known = incident.measurements.get(key);
  // an answer that comes late is no news; but where the clock was set back, an earlier time is a later one
  if (known !== undefined && measurement.at < known.last.at && toldAt >= known.toldAt) return;
  incident.measurements.set(key, { first: known?.first ?? measurement, last: measurement, toldAt });
  incident.outcomes.set(key, measurement.outcome);
}

function end(incident: Incident, event: Event, outcome: string, why: string | undefined): void {
  const key = event.step!;
  incident.outcomes.set(key, outcome);
  const [runbook = ""] = key.split("/");
  const walked = incident.walked.get(key) ?? { runbook, kind: "", title: "", startedAt: event.at };
  incident.walked.set(key, { ...walked, outcome, ...(why === undefined ? {} : { why }) });
}
