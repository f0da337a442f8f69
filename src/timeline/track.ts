import type { Restarted } from "./event.ts";
import type { Incident, TrackedChange } from "./incident.ts";

export function find(incident: Incident, id: string): TrackedChange | undefined {
  return incident.changes.find((tracked) => tracked.change.id === id);
}

/** It is no longer live. A step that still waited for its verdict will not get one any more. */
export function finish(incident: Incident, tracked: TrackedChange, ended: NonNullable<TrackedChange["ended"]>): void {
  tracked.state = "ended";
  tracked.ended = ended;
  const { step, helped } = tracked;
  if (step === undefined || helped !== undefined || incident.outcomes.has(step)) return;
  incident.outcomes.set(step, "unproven");
  const walked = incident.walked.get(step);
  if (walked !== undefined) incident.walked.set(step, { ...walked, outcome: "unproven", why: ended.how });
}

/** It is live now. An undo ends the change that it restores, and is itself nothing that must end. */
export function applied(incident: Incident, tracked: TrackedChange, at: number): void {
  const { change, plan } = tracked;
  const restart = plan.reads[0]?.restart;
  if (restart !== undefined) tracked.restartOwed = restart;
  if (change.undoes !== undefined) {
    tracked.state = "ended";
    const restored = find(incident, change.undoes);
    if (restored === undefined) return;
    finish(incident, restored, { how: "undone", at, by: tracked.by });
    return;
  }
  tracked.state = "applied";
  tracked.writtenAt ??= at;
  incident.mitigatedAt ??= at;
  if (plan.ends !== undefined) tracked.endsAt = plan.ends.at;
}

/** Its readers were started anew, or somebody says that they see the value. */
export function seesNow(incident: Incident, { target, what }: Restarted): void {
  for (const tracked of incident.changes)
    if (tracked.change.target === target && tracked.restartOwed === what) delete tracked.restartOwed;
}
