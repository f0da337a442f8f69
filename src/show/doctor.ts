import { sayDuration } from "../duration.ts";
import { shorten } from "../harmless.ts";
import { withCommands } from "./command.ts";
import type { Diagnosis, Held, Mapped, Place, Runbooks, SignalState, Trouble } from "./diagnosis.ts";
import { signs, type Paint } from "./paint.ts";
import { sayThere } from "./there.ts";
import { field, wrap } from "./wrap.ts";

const mostLines = 40;
const wide = 9;

/** One screen: what is wrong and the next move, then what is fine. */
export function showDoctor(found: Diagnosis, paint: Paint): string[] {
  const head = wrap("", [sayHead(found)], paint, 2);
  const fine = showFine(found, paint);
  const troubles = found.troubles.map((trouble) => showTrouble(trouble, paint));
  const room = mostLines - head.length - fine.length - 2;
  let fit = troubles.length;
  while (fit > 1 && troubles.slice(0, fit).flat().length + (fit < troubles.length ? 1 : 0) > room) fit--;
  const left = troubles.length - fit;
  return [
    ...head,
    ...troubles.slice(0, fit).flat(),
    ...(left === 0 ? [] : wrap("  ", [`and ${left} more: llmops doctor --json`], paint)),
    "",
    ...fine,
  ];
}

function sayHead({ file, stack, troubles }: Diagnosis): string {
  const needed = troubles.filter((one) => one.needed).length;
  const more = troubles.length - needed;
  const said =
    troubles.length === 0
      ? "all is well"
      : [
          ...(needed === 0 ? ["nothing that is needed is missing"] : [`${needed} to mend`]),
          ...(more === 0 ? [] : [`${more} to know`]),
        ].join(", ");
  return `${file}, ${stack === null ? "no stack" : `stack ${stack}`}: ${said}.`;
}

function showTrouble({ needed, says, next }: Trouble, paint: Paint): string[] {
  return [
    ...wrap([needed ? signs.bad : signs.unknown, " "], [says], paint),
    ...(next === undefined ? [] : wrap("    ", withCommands(next, { style: "dim" }), paint)),
  ];
}

/** A target and a record of changes may have one name. */
const sections: readonly [Place["section"], string][] = [
  ["sources", "sources"],
  ["targets", "targets"],
  ["changes", "changes"],
  ["sinks", "sinks"],
  ["status_pages", "pages"],
];

function showFine({ places, held, signals, dimensions, clocks, runbooks }: Diagnosis, paint: Paint): string[] {
  const row = (name: string, text: string) => (text === "" ? [] : field(name, [text], paint, wide));
  const told = dimensions.filter(({ source }) => source !== undefined);
  const untold = dimensions.filter(({ source }) => source === undefined).map(({ dimension }) => dimension);
  return [
    ...sections.flatMap(([section, name]) =>
      row(name, sayThere(places.filter((place) => place.ok && place.section === section))),
    ),
    ...row("stack", held.flatMap(sayLooks).join("; ")),
    ...row("signals", saySignals(signals)),
    ...row("runbooks", sayNeeded(runbooks, signals)),
    ...told.flatMap((one) => row(one.dimension, sayMapped(one))),
    ...row("no label", told.length === 0 ? "" : untold.join(", ")),
    ...row("history", held.flatMap(sayHistory).join("; ")),
    ...row("clocks", sayClocks(clocks)),
  ];
}

function sayLooks({ source, metrics, looksLike }: Held): string[] {
  if (metrics === undefined) return [];
  const likely = looksLike.slice(0, 2).filter(({ score }) => score >= 0.1);
  const said = likely.map(({ stack, score }) => `${stack} (${Math.round(score * 100)}% of its signals)`).join(" and ");
  return [`${source} has ${metrics} ${metrics === 1 ? "metric" : "metrics"}, of ${said === "" ? "no stack" : said}`];
}

function saySignals(signals: readonly SignalState[]): string {
  const counts = (["available", "partial", "not available", "not known"] as const).flatMap((state) => {
    const count = signals.filter((one) => one.state === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  });
  return counts.join(", ");
}

function sayNeeded({ count }: Runbooks, signals: readonly SignalState[]): string {
  const needed = signals.filter((one) => one.needed);
  const there = needed.filter(({ state }) => state === "available");
  return `${count}, which read ${needed.length} signals${needed.length === 0 ? "" : `: ${there.length === needed.length ? "all" : there.length} available`}`;
}

function sayMapped({ source, label, values }: Mapped): string {
  const three = values.slice(0, 3).map((value) => shorten(value, 24));
  const more = values.length > 3 ? ` and ${values.length - 3} more` : "";
  return `${label} in ${source}: ${three.length === 0 ? "no value in the last hour" : three.join(", ")}${more}`;
}

function sayHistory({ source, yesterday, lastWeek }: Held): string[] {
  if (yesterday === undefined) return [];
  const [there, gone] = yesterday ? ["and", "not"] : ["but of", "nor of"];
  const week = lastWeek === undefined ? "" : `, ${lastWeek ? there : gone} 7 days ago`;
  return [`${source} has ${yesterday ? "this hour yesterday" : "nothing of this hour yesterday"}${week}`];
}

/** One that is far off stands among the troubles. */
function sayClocks(clocks: Diagnosis["clocks"]): string {
  if (clocks.length === 0) return "";
  const furthest = Math.max(...clocks.map(({ aheadMs }) => Math.abs(aheadMs)));
  return furthest <= 30_000 ? `at most ${sayDuration(Math.ceil(furthest / 1000) * 1000)} from ours` : "";
}
