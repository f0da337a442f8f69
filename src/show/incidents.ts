import { changesInDoubt, liveChanges, standing } from "../timeline/changes.ts";
import { sayBetween } from "../timeline/describe.ts";
import type { Incident, Outline } from "../timeline/incident.ts";
import { sayDate, sayMinute } from "../timeline/moment.ts";
import { sayScope } from "../timeline/scope.ts";
import { signs, type Cell, type Paint } from "./paint.ts";
import { showMoney, type Known } from "./money.ts";
import { showOwed } from "./owed.ts";
import { nextOfChanges, showCommands, showNext } from "./next.ts";
import { showLastSeen, showStanding, showUnread, type Around } from "./standing.ts";
import { table } from "./table.ts";
import { wrap } from "./wrap.ts";

/** All incidents, the open ones first, then the latest. Changes that belong to none are counted beneath. */
export function showIncidents(all: readonly Outline[], now: number, paint: Paint): string[] {
  const incidents = all.filter(({ kind }) => kind !== "change");
  return [
    ...(incidents.length === 0 ? wrap("", ["No incident is recorded here."], paint) : showTable(incidents, now, paint)),
    ...showOutside(
      all.filter(({ kind }) => kind === "change"),
      paint,
    ),
    ...showLastSeen(standing(all), now, paint),
  ];
}

function showTable(incidents: readonly Outline[], now: number, paint: Paint): string[] {
  const sorted = incidents.toSorted(
    (a, b) => Number(b.state === "open") - Number(a.state === "open") || b.openedAt - a.openedAt,
  );
  return table(
    ["id", "sev", "state", "opened", "title"],
    sorted.map((incident) => rowOf(incident, now)),
    paint,
  );
}

/** Changes made outside incidents are no incidents, but they are in production. */
function showOutside(changes: readonly Outline[], paint: Paint): string[] {
  const placed = standing(changes);
  if (placed.length === 0) return [];
  const doubts = placed.filter(({ tracked }) => tracked.state === "in-doubt").length;
  const live = placed.length - doubts;
  const counts = [...(live === 0 ? [] : [`${live} live`]), ...(doubts === 0 ? [] : [`${doubts} in doubt`])];
  const sign = doubts === 0 ? signs.none : signs.bad;
  return wrap([sign, " "], [`Changes outside of incidents: ${counts.join(", ")}.`], paint);
}

/** What now: open incidents, what production carries, the next command. Calm when there is nothing. */
export function showNow(
  incidents: readonly Incident[],
  around: Around,
  paint: Paint,
  money: ReadonlyMap<string, Known> = new Map(),
): string[] {
  const { now } = around;
  const open = incidents.filter(({ state, kind }) => state === "open" && kind !== "change");
  const placed = standing(incidents);
  const owed = showOwed(incidents, paint);
  if (open.length + placed.length + owed.length === 0)
    return [
      ...wrap("", ["All calm: no incident is open, nothing is changed in production by llmops."], paint),
      "",
      ...showCommands(
        [
          ["llmops incident start", "when a page comes in"],
          ["llmops demo", "see one played against a sandbox"],
          ["llmops --help", "everything else"],
        ],
        paint,
      ),
    ];
  const [only, ...more] = open;
  return [
    ...(only === undefined ? wrap("", ["No incident is open."], paint) : showTable(open, now, paint)),
    ...open.flatMap(({ id }) => showMoney(money.get(id), "open", now, paint, more.length === 0 ? "money" : id)),
    "",
    ...(placed.length === 0
      ? wrap("", ["Nothing is changed in production by llmops."], paint)
      : [
          ...wrap("", [{ text: "Changed in production", style: "bold" }], paint),
          ...showStanding(placed, now, paint),
          ...showUnread(placed, around, paint),
        ]),
    ...owed,
    "",
    ...(only !== undefined && more.length === 0
      ? showNext(only, now, paint, false, placed)
      : [
          ...open.flatMap((incident) => [...showNext(incident, now, paint, true, []), ""]),
          ...showCommands(nextOfChanges(placed), paint),
        ]),
  ];
}

function rowOf(incident: Outline, now: number): Cell[] {
  const { id, severity, state, kind, openedAt, title, scope } = incident;
  const doubt = changesInDoubt(incident).length;
  const live = liveChanges(incident).length;
  const facts = [
    ...(doubt === 0 ? [] : [`${signs.bad.text} ${doubt} in doubt`]),
    ...(live === 0 ? [] : [`${live} live`]),
    ...(state === "open" ? [`for ${sayBetween(openedAt, now)}`] : []),
  ];
  const about = `${title}, ${sayScope(scope)}${facts.length === 0 ? "" : ` (${facts.join(", ")})`}`;
  return [id, severity ?? kind, state, `${sayDate(openedAt)} ${sayMinute(openedAt)}`, about];
}
