import { harmlessJson } from "../harmless.ts";
import type { Incident, Outline, TrackedChange } from "../timeline/incident.ts";
import { iso } from "../timeline/moment.ts";
import type { Store } from "../timeline/store.ts";
import type { World } from "../world/world.ts";

/** The one JSON object of a walk: what came of it. */
export function reportIncident(world: World, incident: Incident, store: Store): void {
  world.terminal.programs(harmlessJson(incidentAsJson(incident, store)));
}

/** An incident for programs: the fold without its events and pinned texts. */
export function incidentAsJson(incident: Incident, store: Store): Record<string, unknown> {
  const { id, kind, title, class: incidentClass, severity, state, scope, openedAt, openedBy, head } = incident;
  return {
    incident: id,
    kind,
    title,
    class: incidentClass,
    severity,
    state,
    scope,
    runbook: incident.firstRunbook ?? null,
    openedAt: time(openedAt),
    openedBy,
    acknowledgedAt: time(incident.acknowledgedAt),
    mitigatedAt: time(incident.mitigatedAt),
    resolvedAt: time(incident.resolvedAt),
    closedAt: time(incident.closedAt),
    outcomes: Object.fromEntries(incident.outcomes),
    changes: incident.changes.map(changeAsJson),
    record: store.place(id),
    head: head.hash,
  };
}

/** One change for programs. */
export function changeAsJson({ change, state, inEffect, helped, endsAt, by, plan }: TrackedChange): object {
  return {
    ...change,
    state,
    inEffect: inEffect?.verdict ?? null,
    outcome: helped?.verdict ?? null,
    endsAt: time(endsAt),
    by,
    reason: plan.reason,
  };
}

/** What production carries, or may carry, because of one incident. */
export function changesAsJson(incident: Outline): object[] {
  return incident.changes
    .filter(({ state }) => state === "applied" || state === "in-doubt")
    .map((tracked) => ({ incident: incident.id, ...changeAsJson(tracked) }));
}

function time(at: number | undefined): string | null {
  return at === undefined ? null : (iso(at) ?? null);
}
