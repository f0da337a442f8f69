import { changesInDoubt, liveChanges, type Placed } from "../timeline/changes.ts";
import { sayInEffect, sayKind, sayMoved, sayShort, sayVerdict } from "../timeline/describe.ts";
import type { Event, UnknownEvent } from "../timeline/event.ts";
import { isKnown } from "../timeline/fold.ts";
import type { Outline, TrackedChange } from "../timeline/incident.ts";
import { sayMoment } from "../timeline/moment.ts";
import { sayScope } from "../timeline/scope.ts";
import { signs, type Cell, type Paint } from "./paint.ts";
import { showDiff } from "./diff.ts";
import { showEvents } from "./timeline.ts";
import { apart, field, wrap } from "./wrap.ts";

/** What production carries because of these incidents: what is in doubt first and loud, then what is live. */
export function showChanges(incidents: Outline[], now: number, paint: Paint): string[] {
  const placed = (of: (incident: Outline) => TrackedChange[]): Placed[] =>
    incidents.flatMap((incident) => of(incident).map((tracked) => ({ incident, tracked })));
  const doubts = placed(changesInDoubt);
  const live = placed(liveChanges);
  if (doubts.length + live.length === 0) return wrap("  ", ["Nothing is changed in production by llmops now."], paint);
  return [...doubts, ...live].flatMap((one) => showPlaced(one, now, paint));
}

/** What other incidents changed in production, a line each: whoever takes over one meets the changes of all. */
export function showElsewhere(others: readonly Outline[], paint: Paint): string[] {
  return others.flatMap((one) =>
    [...changesInDoubt(one), ...liveChanges(one)].flatMap(({ change, state }) => {
      const doubt = state === "in-doubt" ? ", IN DOUBT" : "";
      const sign = state === "in-doubt" ? signs.bad : signs.none;
      return wrap([sign, " "], [`also ${change.id} of ${one.id}: ${sayMoved(change)}${doubt}`], paint, 6);
    }),
  );
}

/** One change with all that is known of it. */
export function showChange(
  { incident, tracked }: Placed,
  events: readonly (Event | UnknownEvent)[],
  now: number,
  paint: Paint,
): string[] {
  const { change, plan } = tracked;
  const about = events.filter((event) => isAbout(event, change.id));
  return [
    ...showPlaced({ incident, tracked }, now, paint),
    "",
    ...showDiff(change.setting, change.before, change.after, paint),
    ...plan.reads.slice(0, 1).flatMap((read) => field(change.target, [read.identity], paint, 9)),
    ...plan.wider.flatMap(({ dimension, lever }) =>
      wrap("  ", [{ text: "WIDER", style: "yellow" }, ` ${lever} has no ${dimension}`], paint, 4),
    ),
    "",
    ...showEvents(about, now, paint),
    "",
    ...(tracked.state === "applied"
      ? wrap("  ", [`llmops mitigation undo ${change.id} --incident ${incident.id}`], paint, 4)
      : []),
  ];
}

function showPlaced({ incident, tracked }: Placed, now: number, paint: Paint): string[] {
  const { change, by, plan } = tracked;
  const sign = tracked.state === "in-doubt" || isOverdue(tracked, now) ? signs.bad : signs.none;
  const what: Cell[] = [
    sign,
    " ",
    { text: change.id, style: "bold" },
    `  ${change.setting}  ${sayShort(change.before)} → ${sayShort(change.after)}`,
  ];
  return [
    ...apart(what, incident.id, paint),
    ...wrap(
      "      ",
      [
        `on ${change.target}, ${sayScope(change.scope)}; ${sayKind(change)} by ${by}, ${sayMoment(tracked.intendedAt, now)}`,
      ],
      paint,
    ),
    ...(plan.reason === "" ? [] : wrap("      ", [`why: ${plan.reason}`], paint)),
    ...wrap("      ", [sayStanding(tracked, now)], paint),
    ...(tracked.state === "applied" ? wrap("      ", [sayUntil(tracked, now)], paint) : []),
  ];
}

/** Only what was read is claimed. */
function sayStanding({ state, intendedAt, inEffect, helped, ended, result }: TrackedChange, now: number): string {
  switch (state) {
    case "in-doubt":
      return `IN DOUBT: intended ${sayMoment(intendedAt, now)}, and nobody saw whether it was written${
        result !== undefined && "unknown" in result ? `: ${result.why}` : ""
      }. llmops watch --once settles it by reading.`;
    case "not-applied":
      return "never reached production";
    case "ended":
      return ended === undefined ? "no longer live" : `${ended.how} ${sayMoment(ended.at, now)} by ${ended.by}`;
    case "applied": {
      const effect =
        inEffect === undefined ? "effect not looked at" : sayInEffect[inEffect.verdict].replace(/^is /, "");
      const seenAt = helped?.at ?? inEffect?.at;
      const last = seenAt === undefined ? "" : `, last looked at ${sayMoment(seenAt, now)}`;
      return `read back; ${effect}; ${helped === undefined ? "help not yet known" : sayVerdict[helped.verdict]}${last}`;
    }
  }
}

function sayUntil(tracked: TrackedChange, now: number): string {
  const { endsAt, kept, plan } = tracked;
  if (kept !== undefined) return `kept without an end: ${kept}`;
  if (endsAt === undefined) return "no end: it stays until somebody undoes it";
  const when = sayMoment(endsAt, now);
  if (isOverdue(tracked, now)) return `OVERDUE: its time was over at ${when}, and it is still live`;
  return `until ${when}, then ${plan.ends?.how === "undo" ? "undone" : "a reminder"} ${plan.ends?.by ?? "by hand"}`;
}

function isOverdue({ state, endsAt }: TrackedChange, now: number): boolean {
  return state === "applied" && endsAt !== undefined && endsAt < now;
}

/** The facts that name this change. */
function isAbout(event: Event | UnknownEvent, id: string): boolean {
  if (!isKnown(event) || (event.payload as unknown) === null) return false;
  if (event.type === "planned") return event.payload.plan.changes.some((change) => change.id === id);
  const named = (event.payload as { change?: string | { id: string } } | null)?.change;
  return named === id || (typeof named === "object" && named?.id === id);
}
