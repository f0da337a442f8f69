import { harmlessJson } from "../harmless.ts";
import { lastSeen, type Placed } from "../timeline/changes.ts";
import type { Incident, TrackedChange } from "../timeline/incident.ts";
import { isForeign, type Live } from "../timeline/live.ts";
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

/** One change for programs, as the record has it: `live` is what stands there now, null where nobody looked. */
export function changeAsJson(tracked: TrackedChange): object {
  const { change, state, inEffect, helped, endsAt, by, plan } = tracked;
  return {
    ...change,
    state,
    inEffect: inEffect?.verdict ?? null,
    outcome: helped?.verdict ?? null,
    endsAt: time(endsAt),
    by,
    reason: plan.reason,
    lastSeenAt: state === "applied" ? time(lastSeen(tracked)) : null,
    live: null,
  };
}

/** What production carries, or may carry, because of these incidents; `live`: as read just now. */
export function changesAsJson(placed: readonly Placed[], live?: ReadonlyMap<Placed, Live>): object[] {
  return placed.map((one) => {
    const found = live?.get(one);
    const now = found === undefined ? {} : { live: liveAsJson(one.tracked, found) };
    return { incident: one.incident.id, ...changeAsJson(one.tracked), ...now };
  });
}

function liveAsJson(tracked: TrackedChange, live: Live): object {
  return "value" in live ? { ...live, at: time(live.at), changedByOthers: isForeign(tracked, live) } : live;
}

function time(at: number | undefined): string | null {
  return at === undefined ? null : (iso(at) ?? null);
}
