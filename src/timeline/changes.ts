import type { Incident, TrackedChange } from "./incident.ts";
import type { Change } from "./setting.ts";
import { sameValue, type Value } from "./value.ts";

/** A change and the incident it belongs to. */
export interface Placed {
  incident: Incident;
  tracked: TrackedChange;
}

/** Changes that production still carries, oldest first. */
export function liveChanges(incident: Incident): TrackedChange[] {
  return incident.changes.filter((tracked) => tracked.state === "applied");
}

/** Changes of which nobody knows whether production carries them. */
export function changesInDoubt(incident: Incident): TrackedChange[] {
  return incident.changes.filter((tracked) => tracked.state === "in-doubt");
}

/** Live changes whose verdict is still to come. */
export function settlingChanges(incident: Incident): TrackedChange[] {
  return liveChanges(incident).filter((tracked) => tracked.helped === undefined);
}

/** When its write had settled, ms: nothing read before that tells about it. Undefined: never answered as written. */
export function settledAt({ writtenAt, plan }: TrackedChange): number | undefined {
  return writtenAt === undefined ? undefined : writtenAt + Math.max(0, ...plan.reads.map(({ settles }) => settles));
}

/** When the last of these writes had settled. */
export function lastSettled(changes: readonly TrackedChange[]): number | undefined {
  const times = changes.flatMap((tracked) => settledAt(tracked) ?? []);
  return times.length === 0 ? undefined : Math.max(...times);
}

/** Two changes on one lever. */
export function sameLever(a: Pick<Change, "target" | "setting" | "scope">, b: typeof a): boolean {
  return a.target === b.target && a.setting === b.setting && sameValue({ is: { ...a.scope } }, { is: { ...b.scope } });
}

/** Every change on that lever, in any of the incidents, in the order of their intents. */
export function changesOn(lever: Parameters<typeof sameLever>[0], incidents: readonly Incident[]): Placed[] {
  return incidents
    .flatMap((incident) => incident.changes.map((tracked) => ({ incident, tracked })))
    .filter(({ tracked }) => sameLever(tracked.change, lever))
    .sort((a, b) => a.tracked.intendedAt - b.tracked.intendedAt);
}

/**
 * What an undo of a change restores: its `before`, unless that was the work of an earlier change which ended beneath it
 * while it was live; then what that one would have restored, and so on down.
 */
export function restoredBy(placed: Placed, incidents: readonly Incident[]): Value {
  const { change, intendedAt } = placed.tracked;
  const all = changesOn(change, incidents);
  const beneath = all
    .slice(0, indexOf(placed, all))
    .findLast(
      ({ tracked: { ended, change: lower } }) =>
        ended?.how === "superseded" && ended.at >= intendedAt && sameValue(lower.after, change.before),
    );
  return beneath === undefined ? change.before : restoredBy(beneath, incidents);
}

/** The live change above this one on the same lever, if somebody stacked one. */
export function changeAbove(placed: Placed, incidents: readonly Incident[]): Placed | undefined {
  const live = changesOn(placed.tracked.change, incidents).filter(({ tracked }) => tracked.state === "applied");
  const mine = indexOf(placed, live);
  return mine === -1 ? undefined : live[mine + 1];
}

function indexOf({ incident, tracked }: Placed, all: readonly Placed[]): number {
  return all.findIndex((p) => p.incident.id === incident.id && p.tracked.change.id === tracked.change.id);
}

/** The id for the next change of an incident: "m3". Planned ones count, so that an id is never used twice. */
export function nextChangeId({ plans }: Incident): string {
  return `m${plans.size + 1}`;
}
