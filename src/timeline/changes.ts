import type { Facts } from "./event.ts";
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
 * What an undo of `change` restores: its `before`, unless that was the work of an earlier change which ended beneath it;
 * then that one's `before`, and so on down.
 */
export function restoredBy(change: Change, incidents: readonly Incident[]): Value {
  let value = change.before;
  const beneath = changesOn(change, incidents).filter(({ tracked }) => tracked.ended?.how === "superseded");
  for (const { tracked } of beneath.reverse()) {
    if (sameValue(tracked.change.after, value)) value = tracked.change.before;
  }
  return value;
}

/** The live change above this one on the same lever, if somebody stacked one. */
export function changeAbove({ incident, tracked }: Placed, incidents: readonly Incident[]): Placed | undefined {
  const live = changesOn(tracked.change, incidents).filter((placed) => placed.tracked.state === "applied");
  const mine = live.findIndex((p) => p.incident.id === incident.id && p.tracked.change.id === tracked.change.id);
  return mine === -1 ? undefined : live[mine + 1];
}

/** The id for the next change of an incident: "m3". Planned ones count, so that an id is never used twice. */
export function nextChangeId(incident: Incident): string {
  const planned = incident.events.flatMap((e) =>
    e.type === "planned" ? (e.payload as Facts["planned"]).plan.changes : [],
  );
  return `m${planned.length + 1}`;
}
