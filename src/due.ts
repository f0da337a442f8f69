import type { Placed } from "./timeline/changes.ts";
import type { Outline } from "./timeline/incident.ts";

/** What somebody must do now about a change: settle a doubt, see its verdict, take it back, or be reminded of it. */
export interface Due extends Placed {
  what: "doubt" | "verdict" | "undo" | "remind";
}

/** Pure: everything that is due at `now` (ms), in the order in which it must be done: the last change first. */
export function due(incidents: readonly Outline[], now: number): Due[] {
  return incidents
    .flatMap((incident) => incident.changes.map((tracked) => ({ incident, tracked })))
    .flatMap((placed) => whatIsDue(placed, now).map((what) => ({ ...placed, what })))
    .sort((a, b) => b.tracked.intendedAt - a.tracked.intendedAt);
}

function whatIsDue({ incident, tracked }: Placed, now: number): Due["what"][] {
  const { state, endsAt, helped, plan, change } = tracked;
  if (state === "in-doubt") return ["doubt"];
  if (state !== "applied") return [];
  const verdict: Due["what"][] = helped === undefined ? ["verdict"] : [];
  if (endsAt === undefined || endsAt > now) return verdict;
  const undos = incident.changes.filter((t) => t.change.undoes === change.id).map((t) => t.state);
  // one that may still arrive comes first, and one that did not go through is not sent again by itself
  if (undos.includes("in-doubt")) return verdict;
  return [...verdict, undos.includes("not-applied") ? "remind" : (plan.ends?.how ?? "remind")];
}
