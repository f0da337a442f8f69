import type { Facts } from "../timeline/event.ts";
import { standing } from "../timeline/changes.ts";
import type { Incident, Outline } from "../timeline/incident.ts";
import { clockMoves, sayClockMove } from "../timeline/clockMoves.ts";
import { sayMoment } from "../timeline/moment.ts";
import { onsetIn } from "../timeline/onset.ts";
import { showEvidence } from "./evidence.ts";
import { showHeader, showReach } from "./header.ts";
import { showMoney, type Known } from "./money.ts";
import { showNext } from "./next.ts";
import { showOwed } from "./owed.ts";
import type { Cell, Paint } from "./paint.ts";
import { showQueries } from "./queries.ts";
import { showPast, showStanding, showUnread, type Around } from "./standing.ts";
import { table } from "./table.ts";
import { showEvents } from "./timeline.ts";
import { wrap } from "./wrap.ts";

/** `timeline`: every fact and every query, instead of the latest facts. One screen for somebody who takes over cold: what is changed, what is read, what was done, what is next. */
export function showIncident(
  incident: Incident,
  around: Around,
  paint: Paint,
  more: { timeline?: boolean; others?: readonly Outline[]; money?: Known } = {},
): string[] {
  const { now } = around;
  const whole = more.timeline === true;
  const title = (text: string, rows: string[]) =>
    rows.length === 0 ? [] : ["", ...wrap("", [{ text, style: "bold" }], paint), ...rows];
  const others = standing(more.others ?? []);
  const hidden = whole ? 0 : Math.max(0, incident.notes.length - 20);
  const readings = [...incident.measurements.values()].map(({ last }) => last);
  const since = incident.alerts[0]?.startsAt;
  const onset = onsetIn(incident);
  const queries = `Every query: llmops incident show ${incident.id} --timeline`;
  return [
    ...showHeader(incident, now, paint),
    ...showReach(latestChecks(incident), paint),
    ...showMoney(more.money, incident.state, now, paint),
    ...(incident.newer
      ? wrap("! ", ["A newer llmops wrote here. This one changes nothing in production for it."], paint)
      : []),
    ...clockMoves(incident.events).flatMap((move) => wrap("! ", [sayClockMove(move)], paint)),
    ...title("Changed in production", showChanged(incident, now, paint)),
    ...title("Changed in production outside of it", showStanding(others, now, paint)),
    ...showUnread([...standing([incident]), ...others], around, paint),
    ...showOwed([incident, ...(more.others ?? [])], paint),
    ...title(
      "Evidence, latest",
      readings.length === 0
        ? []
        : showEvidence(readings, paint, {
            queries,
            ...(since === undefined ? {} : { since }),
            ...(onset === undefined ? {} : { onset }),
          }),
    ),
    ...title("Walk", showWalk(incident, paint)),
    ...title("Notes", [
      ...(hidden > 0
        ? wrap("  ", [`${hidden} earlier ones: llmops incident show ${incident.id} --timeline`], paint)
        : []),
      ...incident.notes
        .slice(hidden)
        .flatMap(({ at, by, text }) => wrap("  ", [`${sayMoment(at, now)} ${by}  ${text}`], paint, 6)),
    ]),
    ...showTimeline(incident, now, paint, whole, title),
    ...(whole ? title("Queries", showQueries(readings, paint)) : []),
    "",
    ...showNext(incident, now, paint),
  ];
}

/** What stands, then what was made and is over; undos are told with what they took back. */
function showChanged(incident: Incident, now: number, paint: Paint): string[] {
  const placed = standing([incident]);
  const past = incident.changes
    .filter(({ state, change }) => (state === "ended" || state === "not-applied") && change.undoes === undefined)
    .map((tracked) => ({ incident, tracked }));
  const nothing = past.length === 0 ? "Nothing by this incident." : "Nothing by this incident any more:";
  return [
    ...(placed.length === 0 ? wrap("  ", [nothing], paint) : showStanding(placed, now, paint, { detail: true })),
    ...showPast(past, now, paint),
  ];
}

function latestChecks({ events }: Incident): Facts["check"][] {
  const checks = events.filter((event) => event.type === "check").map((event) => event.payload as Facts["check"]);
  return [...new Map(checks.map((check) => [check.name, check])).values()];
}

/** Steps in the order of their first start, with the answer or the outcome; one without either is where the walk stands. */
function showWalk({ walked, answers }: Incident, paint: Paint): string[] {
  const rows = [...walked].map(([key, { title, outcome, why }]): Cell[] => {
    const answer = answers.get(key)?.label;
    const told = [answer ?? outcome ?? "here", ...(why === undefined ? [] : [why])].join(": ");
    return [key.slice(key.indexOf("/") + 1), title, told];
  });
  return rows.length === 0 ? [] : table(["step", "", "outcome"], rows, paint);
}

function showTimeline(
  { events, id }: Incident,
  now: number,
  paint: Paint,
  whole: boolean,
  title: (text: string, rows: string[]) => string[],
): string[] {
  // the readings stand above, as a table
  const told = events.filter(({ type }) => type !== "measured" && type !== "check");
  const tail = whole ? events : told.slice(-6);
  const head =
    whole || tail.length === events.length
      ? "Timeline"
      : `Timeline, last ${tail.length} of ${events.length}: llmops incident show ${id} --timeline`;
  return title(head, showEvents(tail, now, paint));
}
