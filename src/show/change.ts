import { nameOf, type Placed } from "../timeline/changes.ts";
import { sayEnds } from "../timeline/describe.ts";
import type { Event, UnknownEvent } from "../timeline/event.ts";
import { isKnown } from "../timeline/fold.ts";
import type { Outline, TrackedChange } from "../timeline/incident.ts";
import { sayMoment } from "../timeline/moment.ts";
import { showCommands, type Command } from "./next.ts";
import { showOwed } from "./owed.ts";
import type { Paint } from "./paint.ts";
import { isOverdue } from "./changeWords.ts";
import { showDiff } from "./diff.ts";
import { showLastSeen, showLive, showPast, showStanding, type Around, type Lives } from "./standing.ts";
import { showEvents } from "./timeline.ts";
import { field, wrap } from "./wrap.ts";

/**
 * All that production carries, as it was read at the levers just now: what is in doubt first and loud. `incidents`: whose
 * restarts may be owed.
 */
export function showChanges(live: Lives, around: Around, paint: Paint, incidents: readonly Outline[] = []): string[] {
  const placed = [...live.keys()];
  const owed = showOwed(incidents, paint);
  if (placed.length === 0) return [...wrap("  ", ["Nothing is changed in production by llmops now."], paint), ...owed];
  const doubts = placed.some(({ tracked }) => tracked.state === "in-doubt");
  return [
    ...showLive(live, around, paint),
    ...owed,
    "",
    ...showCommands(
      [
        ...(doubts ? [["llmops watch --once", "settles what is in doubt"] satisfies Command] : []),
        ["llmops mitigation undo ID", "back to what it was"],
        ["llmops mitigation show ID", "all about one"],
        ...(placed.some(({ tracked }) => tracked.endsAt !== undefined) ? putOff : []),
      ],
      paint,
    ),
  ];
}

const putOff: Command[] = [
  ['llmops mitigation extend ID --for 30m --reason "..."', "another end"],
  ['llmops mitigation keep ID --reason "..."', "stays for good"],
];

/** One change with all that is known of it. */
export function showChange(
  placed: Placed,
  events: readonly (Event | UnknownEvent)[],
  around: Around,
  paint: Paint,
): string[] {
  const { incident, tracked } = placed;
  const { change, plan, state } = tracked;
  const undos = incident.changes.filter((one) => one.change.undoes === change.id).map((one) => one.change.id);
  const about = events.filter((event) => [change.id, ...undos].some((id) => isAbout(event, id)));
  const isStanding = state === "applied" || state === "in-doubt";
  return [
    ...(isStanding
      ? [...showStanding([placed], around.now, paint, { detail: true }), ...showLastSeen([placed], around.now, paint)]
      : showPast([placed], around.now, paint)),
    "",
    ...showDiff(change.setting, change.before, change.after, paint),
    ...plan.reads.slice(0, 1).flatMap((read) => field(change.target, [read.identity], paint, 9)),
    ...plan.wider.flatMap(({ dimension, lever }) =>
      wrap("  ", [{ text: "WIDER", style: "yellow" }, ` ${lever} has no ${dimension}`], paint, 4),
    ),
    ...field("of", [incident.id], paint, 9),
    ...showOwed([{ ...incident, changes: [tracked] }], paint),
    ...(state === "applied" ? field("ends", [sayUntil(tracked, around)], paint, 9) : []),
    ...(state === "applied" ? field("back", [`llmops mitigation undo ${nameOf(placed)}`], paint, 9) : []),
    "",
    ...showEvents(about, around.now, paint),
  ];
}

/** By whoever watches now, not by whoever did when it was planned. */
function sayUntil(tracked: TrackedChange, { now, watcher }: Around): string {
  const { endsAt, kept, plan } = tracked;
  if (kept !== undefined) return `kept without an end: ${kept}`;
  if (endsAt === undefined) return "no end: it stays until somebody undoes it";
  if (isOverdue(tracked, now)) return `OVERDUE: its time was over at ${sayMoment(endsAt, now)}, and it is still live`;
  const by = watcher === undefined ? "by hand" : `by llmops watch on ${watcher}`;
  return sayEnds({ at: endsAt, how: plan.ends?.how ?? "remind", by }, now);
}

/** The facts that name this change. */
function isAbout(event: Event | UnknownEvent, id: string): boolean {
  if (!isKnown(event) || (event.payload as unknown) === null) return false;
  if (event.type === "planned") return event.payload.plan.changes.some((change) => change.id === id);
  const named = (event.payload as { change?: string | { id: string } } | null)?.change;
  return named === id || (typeof named === "object" && named?.id === id);
}
