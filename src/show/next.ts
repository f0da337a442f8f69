import { changesInDoubt, liveChanges, nameOf, standing, type Placed } from "../timeline/changes.ts";
import { sayBetween } from "../timeline/describe.ts";
import type { Incident } from "../timeline/incident.ts";
import { widthOf, type Paint } from "./paint.ts";
import { wrap } from "./wrap.ts";

export type Command = [command: string, why: string];

/**
 * Where the incident stands, and the commands that lead on. `named`: with its id, where others are open too. `placed`: the
 * changes that are told with it.
 */
export function showNext(
  incident: Incident,
  now: number,
  paint: Paint,
  named = incident.state !== "open",
  placed: readonly Placed[] = standing([incident]),
): string[] {
  const head =
    incident.state === "open" && incident.kind !== "change"
      ? wrap([{ text: "Is it over?", style: "bold" }, "     "], [sayWhere(incident, now)], paint, 2)
      : [];
  return [...head, ...showCommands(nextOf(incident, named, placed), paint)];
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
function sayWhere(incident: Incident, now: number): string {
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

/** What to do about changes: settle what is in doubt, take back what is live. */
export function nextOfChanges(placed: readonly Placed[]): Command[] {
  return [...settle(placed), ...undo(placed)];
}

function settle(placed: readonly Placed[]): Command[] {
  const doubts = placed.filter(({ tracked }) => tracked.state === "in-doubt");
  const which = doubts.length > 3 ? `${doubts.length} changes` : doubts.map(nameOf).join(", ");
  return doubts.length === 0 ? [] : [["llmops watch --once", `${which} in doubt: settled by reading`]];
}

function undo(placed: readonly Placed[]): Command[] {
  const live = placed.filter(({ tracked }) => tracked.state === "applied");
  const [only, ...more] = live;
  if (only === undefined) return [];
  return more.length === 0
    ? [[`llmops mitigation undo ${nameOf(only)}`, `${only.tracked.change.setting} back to what it was`]]
    : [["llmops mitigation undo ID", `one of these ${live.length} back to what it was`]];
}

function nextOf({ id, kind, state, walked }: Incident, named: boolean, placed: readonly Placed[]): Command[] {
  const which = named ? ` ${id}` : "";
  const unfinished = [...walked.values()].some(({ outcome }) => outcome === undefined);
  return [
    ...settle(placed),
    // the sandbox of a drill ends with the program that played it
    ...(state === "open" && unfinished && kind !== "drill"
      ? [[`llmops incident resume${which}`, "go on with the walk"] satisfies Command]
      : []),
    ...(state === "open" && kind !== "change"
      ? [[`llmops incident resolve${which}`, "when you believe it is over"] satisfies Command]
      : []),
    ...(kind === "drill" ? [] : undo(placed)),
    ...(state === "resolved"
      ? [[`llmops incident close${which}`, "when the follow-ups are agreed"] satisfies Command]
      : []),
    ...(kind === "change" ? [] : [[`llmops postmortem${which}`, "a draft from the record"] satisfies Command]),
  ];
}
