import type { PlannedRead } from "./event.ts";
import type { Outline, TrackedChange } from "./incident.ts";
import { dimensions } from "./scope.ts";
import type { Change } from "./setting.ts";
import { sameValue, type Value } from "./value.ts";
import type { Clock } from "../world/clock.ts";

/** A change and the incident it belongs to. */
export interface Placed {
  incident: Outline;
  tracked: TrackedChange;
}

/** Changes that production still carries, oldest first. */
export function liveChanges(incident: Outline): TrackedChange[] {
  return incident.changes.filter((tracked) => tracked.state === "applied");
}

/** Changes of which nobody knows whether production carries them. */
export function changesInDoubt(incident: Outline): TrackedChange[] {
  return incident.changes.filter((tracked) => tracked.state === "in-doubt");
}

/** What production carries, or may carry, because of these incidents: what is in doubt first. */
export function standing(incidents: readonly Outline[]): Placed[] {
  return [changesInDoubt, liveChanges].flatMap((of) =>
    incidents.flatMap((incident) => of(incident).map((tracked) => ({ incident, tracked }))),
  );
}

/** "7f3k/m1": a change by a name that `mitigation undo` and `mitigation show` take as it stands, whatever else is live. */
export function nameOf({ incident, tracked }: Placed): string {
  return `${incident.id.slice(incident.id.lastIndexOf("-") + 1)}/${tracked.change.id}`;
}

/** When something was last read that shows a live change to be there, ms. */
export function lastSeen({ writtenAt, inEffect, helped, restoredAt, drifted, intendedAt }: TrackedChange): number {
  const times = [inEffect?.at, helped?.at, restoredAt, drifted?.seenAt].filter((at) => at !== undefined);
  return Math.max(writtenAt ?? intendedAt, ...times);
}

/** Live changes whose verdict is still to come. */
export function settlingChanges(incident: Outline): TrackedChange[] {
  return liveChanges(incident).filter((tracked) => tracked.helped === undefined);
}

/** How long ago a change was intended, ms, by the clock that nobody sets; undefined where no such clock tells. */
export function steadyAgo({ steady }: TrackedChange, clock: Pick<Clock, "steady">): number | undefined {
  const now = clock.steady();
  return steady === undefined || steady.since === "" || steady.since !== now.since ? undefined : now.ms - steady.ms;
}

/** Between an intent and its record the time passes by so much (ms) at most; a wall clock that is further back was set. */
const setBackMs = 60_000;

/**
 * When its write had settled, ms of the wall clock as it stands now: nothing read before that tells about it. Where that
 * clock was set since the intent, forward or back, the moment goes with it; a write whose answer then has no time that can
 * be is taken to have been answered as late as it could. Undefined: never answered as written.
 */
export function settledAt(tracked: TrackedChange, clock: Pick<Clock, "steady" | "now">): number | undefined {
  const { writtenAt, intendedAt, deadlineMs, plan } = tracked;
  if (writtenAt === undefined) return undefined;
  const settles = Math.max(0, ...plan.reads.map((read) => read.settles));
  const [now, ago] = [clock.now(), steadyAgo(tracked, clock)];
  const forward = ago === undefined ? 0 : now - intendedAt - ago;
  if (ago === undefined || (forward <= 0 && forward >= -setBackMs)) return writtenAt + settles;
  const took = writtenAt - intendedAt;
  return now - ago + (took >= 0 && took <= ago ? took : deadlineMs) + settles;
}

/** When the last of these writes had settled. */
export function lastSettled(
  changes: readonly TrackedChange[],
  clock: Pick<Clock, "steady" | "now">,
): number | undefined {
  const times = changes.flatMap((tracked) => settledAt(tracked, clock) ?? []);
  return times.length === 0 ? undefined : Math.max(...times);
}

/** Two changes on one lever. */
export function sameLever(a: Pick<Change, "target" | "setting" | "scope">, b: typeof a): boolean {
  return a.target === b.target && a.setting === b.setting && dimensions.every((one) => a.scope[one] === b.scope[one]);
}

/** The incidents that changed something on the levers of these changes: of thousands, those that tell about them. */
export function onLeversOf(placed: readonly Placed[], incidents: readonly Outline[]): Outline[] {
  const nameOf = ({ target, setting, scope }: Change) =>
    JSON.stringify([target, setting, ...dimensions.map((one) => scope[one] ?? null)]);
  const levers = new Set(placed.map(({ tracked }) => nameOf(tracked.change)));
  return incidents.filter(({ changes }) => changes.some(({ change }) => levers.has(nameOf(change))));
}

/** Every change on that lever, in any of the incidents, from the bottom up. */
export function changesOn(lever: Parameters<typeof sameLever>[0], incidents: readonly Outline[]): Placed[] {
  const all = incidents
    .flatMap((incident) => incident.changes.map((tracked) => ({ incident, tracked })))
    .filter(({ tracked }) => sameLever(tracked.change, lever))
    .sort((a, b) => a.tracked.intendedAt - b.tracked.intendedAt);
  // what a plan found beneath it lies beneath it, whatever the clocks said
  const piled: Placed[] = [];
  const begun = new Set<Placed>();
  const pile = (placed: Placed): void => {
    if (begun.has(placed)) return;
    begun.add(placed);
    for (const { incident, change } of placed.tracked.plan.reads[0]?.beneath ?? []) {
      const lower = all.find((p) => p.incident.id === incident && p.tracked.change.id === change);
      if (lower !== undefined && lower !== placed) pile(lower);
    }
    piled.push(placed);
  };
  all.forEach(pile);
  return piled;
}

/** What production carries on that lever, as plans name what they found. */
export function liveOn(
  lever: Parameters<typeof sameLever>[0],
  incidents: readonly Outline[],
): NonNullable<PlannedRead["beneath"]> {
  return changesOn(lever, incidents)
    .filter(({ tracked }) => tracked.state === "applied")
    .map(({ incident, tracked }) => ({
      incident: incident.id,
      change: tracked.change.id,
      after: tracked.change.after,
    }));
}

/**
 * What an undo of a change restores: its `before`, unless that was the work of an earlier change which ended beneath it
 * while it was live; then what that one would have restored, and so on down.
 */
export function restoredBy(placed: Placed, incidents: readonly Outline[]): Value {
  const { change, intendedAt, plan } = placed.tracked;
  const all = changesOn(change, incidents);
  const found = plan.reads[0]?.beneath;
  // records of older versions did not name what they found: then it ended later than this began
  const wasLive = ({ incident, tracked }: Placed) =>
    found === undefined
      ? tracked.ended!.at >= intendedAt
      : found.some((one) => one.incident === incident.id && one.change === tracked.change.id);
  const beneath = all
    .slice(0, indexOf(placed, all))
    .findLast(
      (lower) =>
        lower.tracked.ended?.how === "superseded" &&
        wasLive(lower) &&
        sameValue(lower.tracked.change.after, change.before),
    );
  return beneath === undefined ? change.before : restoredBy(beneath, incidents);
}

/** The live change above this one on the same lever, if somebody stacked one. */
export function changeAbove(placed: Placed, incidents: readonly Outline[]): Placed | undefined {
  const live = changesOn(placed.tracked.change, incidents).filter(({ tracked }) => tracked.state === "applied");
  const mine = indexOf(placed, live);
  return mine === -1 ? undefined : live[mine + 1];
}

/** Whatever came later on the same lever and is live or in doubt: then what is read there is not this one's. */
export function standingAbove(placed: Placed, incidents: readonly Outline[]): Placed | undefined {
  const all = changesOn(placed.tracked.change, incidents);
  return all
    .slice(indexOf(placed, all) + 1)
    .findLast(({ tracked }) => tracked.state === "applied" || tracked.state === "in-doubt");
}

function indexOf({ incident, tracked }: Placed, all: readonly Placed[]): number {
  return all.findIndex((p) => p.incident.id === incident.id && p.tracked.change.id === tracked.change.id);
}

/** The id for the next change of an incident, or the one after: "m3". Planned ones count: no id is used twice. */
export function nextChangeId({ plans }: Outline, after = 0): string {
  return `m${plans.size + 1 + after}`;
}

/** Of what these changes did: is production still another than before them? What they took back themselves is not. */
export function leftChanged({ changes }: Outline, ids: ReadonlySet<string>): TrackedChange[] {
  return changes.filter(
    ({ change, state }) =>
      ids.has(change.id) &&
      (state === "applied" || (state === "ended" && change.undoes !== undefined && !ids.has(change.undoes))),
  );
}
