import { changesInDoubt, liveChanges } from "../timeline/changes.ts";
import { sayBetween } from "../timeline/describe.ts";
import type { Incident } from "../timeline/incident.ts";
import { widthOf, type Paint } from "./paint.ts";
import { wrap } from "./wrap.ts";

type Command = [command: string, why: string];

/** Where the incident stands, and the commands that lead on. `named`: with its id, where others are open too. */
export function showNext(incident: Incident, now: number, paint: Paint, named = incident.state !== "open"): string[] {
  const head =
    incident.state === "open"
      ? wrap([{ text: "Is it over?", style: "bold" }, "     "], [sayStanding(incident, now)], paint, 2)
      : [];
  return [...head, ...showCommands(nextOf(incident, named), paint)];
}

/** Commands and what they are for, in two columns where these fit. */
export function showCommands(commands: Command[], paint: Paint): string[] {
  const wide = Math.max(...commands.map(([command]) => widthOf(command, paint)));
  const fits = wide + 4 + Math.max(...commands.map(([, why]) => widthOf(why, paint))) <= paint.columns;
  return commands.flatMap(([command, why]) =>
    fits
      ? wrap("  ", [{ text: command, style: "cyan" }, " ".repeat(wide + 2 - command.length), why], paint)
      : [...wrap("  ", [{ text: command, style: "cyan" }], paint, 4), ...wrap("    ", [why], paint)],
  );
}

/** "burn unhealthy, 12s ago; one live change" */
function sayStanding(incident: Incident, now: number): string {
  const readings = [...incident.measurements.values()].map(({ last }) => last);
  const bad = readings.filter(({ verdict, by }) => verdict === "unhealthy" && by === undefined).map(({ id }) => id);
  const latest = Math.max(...readings.map(({ at }) => at));
  const blind = readings.every(({ verdict }) => verdict === "no-data" || verdict === "error");
  const fine = blind ? "nothing could be read" : "nothing read is unhealthy";
  const read = bad.length === 0 ? fine : `${bad.join(", ")} unhealthy`;
  const live = liveChanges(incident).length;
  const doubt = changesInDoubt(incident).length;
  return [
    readings.length === 0
      ? "nothing was read"
      : blind
        ? fine
        : `${read}, latest reading ${sayBetween(latest, now)} ago`,
    ...(live === 0 ? [] : [live === 1 ? "one live change" : `${live} live changes`]),
    ...(doubt === 0 ? [] : [`${doubt} in doubt`]),
  ].join("; ");
}

function nextOf(incident: Incident, named: boolean): Command[] {
  const { id, state } = incident;
  const which = named ? ` ${id}` : "";
  const where = named ? ` --incident ${id}` : "";
  const inDoubt = changesInDoubt(incident).map(({ change }) => change.id);
  const doubts: Command[] =
    inDoubt.length === 0 ? [] : [["llmops watch --once", `${inDoubt.join(", ")} in doubt: settled by reading`]];
  const undos = liveChanges(incident).map(({ change }): Command => [
    `llmops mitigation undo ${change.id}${where}`,
    `${change.setting} back to what it was`,
  ]);
  const unfinished = [...incident.walked.values()].some(({ outcome }) => outcome === undefined);
  return [
    ...doubts,
    ...(state === "open" && unfinished
      ? [[`llmops incident resume${which}`, "go on with the walk"] satisfies Command]
      : []),
    ...(state === "open" ? [[`llmops incident resolve${which}`, "when you believe it is over"] satisfies Command] : []),
    ...undos,
    ...(state === "resolved"
      ? [[`llmops incident close${which}`, "when the follow-ups are agreed"] satisfies Command]
      : []),
    [`llmops postmortem${which}`, "a draft from the record"],
  ];
}
