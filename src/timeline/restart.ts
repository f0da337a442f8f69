import { isKnown } from "./fold.ts";
import type { Incident, TrackedChange } from "./incident.ts";

/** How a restart is called on the timeline. */
export function restartOf(what: string): string {
  return `restart ${what}`;
}

/** What was to be restarted when a change was live, and was not seen to be: its readers may go on with the value before. */
export function owedRestart({ change, plan }: TrackedChange, { events }: Pick<Incident, "events">): string | undefined {
  const restart = plan.reads[0]?.restart;
  if (restart === undefined) return undefined;
  let owed = false;
  for (const event of events) {
    if (!isKnown(event) || (event.payload as unknown) === null) continue;
    if (event.type === "read-back" || event.type === "settled")
      owed ||= event.payload.change === change.id && event.payload.as === "applied";
    if (event.type === "ran" && event.payload.action === restartOf(restart) && event.payload.code === 0) owed = false;
  }
  return owed ? restart : undefined;
}
