import { changesInDoubt, liveChanges } from "../timeline/changes.ts";
import { sayBetween } from "../timeline/describe.ts";
import type { Incident, Outline } from "../timeline/incident.ts";
import { sayDate, sayMinute } from "../timeline/moment.ts";
import { sayScope } from "../timeline/scope.ts";
import { signs, type Cell, type Paint } from "./paint.ts";
import { showChanges } from "./change.ts";
import { showCommands, showNext } from "./next.ts";
import { table } from "./table.ts";
import { wrap } from "./wrap.ts";

/** All incidents and recorded changes: open ones first, then the latest. */
export function showIncidents(incidents: Outline[], now: number, paint: Paint): string[] {
  if (incidents.length === 0) return wrap("", ["No incident is recorded here."], paint);
  const sorted = incidents.toSorted(
    (a, b) => Number(b.state === "open") - Number(a.state === "open") || b.openedAt - a.openedAt,
  );
  return table(
    ["id", "sev", "state", "opened", "title"],
    sorted.map((incident) => rowOf(incident, now)),
    paint,
  );
}

/** What now: open incidents, what production carries, the next command. Calm when there is nothing. */
export function showNow(incidents: Incident[], now: number, paint: Paint): string[] {
  const open = incidents.filter(({ state, kind }) => state === "open" && kind !== "change");
  const changed = incidents.filter((incident) => liveChanges(incident).length + changesInDoubt(incident).length > 0);
  if (open.length + changed.length === 0)
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
  return [
    ...(open.length === 0 ? wrap("", ["No incident is open."], paint) : showIncidents(open, now, paint)),
    "",
    ...showChanges(changed, now, paint),
    "",
    ...(open.length > 0 ? open : changed).flatMap((incident) =>
      showNext(incident, now, paint, incident.state !== "open" || open.length > 1),
    ),
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
