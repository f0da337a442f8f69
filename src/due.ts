import type { Placed } from "./timeline/changes.ts";
import type { Incident } from "./timeline/incident.ts";

/** What somebody must do now about a change: settle a doubt, see its verdict, take it back, or be reminded of it. */
export interface Due extends Placed {
  what: "doubt" | "verdict" | "undo" | "remind";
}

/** Pure: everything that is due at `now` (ms), in the order in which it must be done: the last change first. */
export function due(incidents: readonly Incident[], now: number): Due[] {
  return incidents
    .flatMap((incident) => incident.changes.map((tracked) => ({ incident, tracked })))
    .flatMap((placed) => {
      const what = whatIsDue(placed, now);
      return what === undefined ? [] : [{ ...placed, what }];
    })
    .sort((a, b) => b.tracked.intendedAt - a.tracked.intendedAt);
}

function whatIsDue({ tracked }: Placed, now: number): Due["what"] | undefined {
  if (tracked.state === "in-doubt") return "doubt";
  if (tracked.state !== "applied") return undefined;
  if (tracked.endsAt !== undefined && tracked.endsAt <= now) return tracked.plan.ends?.how ?? "remind";
  return tracked.helped === undefined ? "verdict" : undefined;
}
