import { harmlessJson } from "../harmless.ts";
import { isOverdue } from "../show/changeWords.ts";
import { lastSeen, type Placed } from "../timeline/changes.ts";
import type { Incident, TrackedChange } from "../timeline/incident.ts";
import { isForeign, settlesAt, type Live } from "../timeline/live.ts";
import { iso } from "../timeline/moment.ts";
import { owedBy } from "../timeline/restart.ts";
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
  const { change, state, inEffect, helped, endsAt, by, plan, intendedAt, kept, drifted, ended } = tracked;
  return {
    ...change,
    state,
    inEffect: inEffect?.verdict ?? null,
    outcome: helped?.verdict ?? null,
    since: time(intendedAt),
    endsAt: time(endsAt),
    by,
    reason: plan.reason,
    atEnd: endsAt === undefined ? null : (plan.ends?.how ?? "remind"),
    kept: kept ?? null,
    restartOwed: owedBy(tracked) ?? null,
    drifted: drifted === undefined ? null : { ...drifted, at: time(drifted.at), seenAt: time(drifted.seenAt) },
    ended: ended === undefined ? null : { ...ended, at: time(ended.at) },
    lastSeenAt: state === "applied" ? time(lastSeen(tracked)) : null,
    live: null,
  };
}

/** What production carries, or may carry, because of these incidents; `live`: as read just now. */
export function changesAsJson(
  placed: readonly Placed[],
  now: number,
  live?: ReadonlyMap<Placed, Live>,
): Record<string, unknown>[] {
  return placed.map((one) => {
    const found = live?.get(one);
    const { incident, tracked } = one;
    return {
      incident: incident.id,
      title: incident.title,
      ...changeAsJson(tracked),
      overdue: isOverdue(tracked, now),
      ...(found === undefined ? {} : { live: liveAsJson(tracked, found) }),
    };
  });
}

function liveAsJson(tracked: TrackedChange, live: Live): object {
  if (!("value" in live)) return live;
  const until = settlesAt(tracked, live);
  const settles = until === undefined ? {} : { settlesAt: time(until) };
  return { ...live, at: time(live.at), changedByOthers: isForeign(tracked, live), ...settles };
}

function time(at: number | undefined): string | null {
  return at === undefined ? null : (iso(at) ?? null);
}
