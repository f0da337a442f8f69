import { sayBlasts } from "../timeline/blast.ts";
import { describe, sayWritten } from "../timeline/describe.ts";
import type { Event, Facts, UnknownEvent } from "../timeline/event.ts";
import { isKnown } from "../timeline/fold.ts";
import type { Incident } from "../timeline/incident.ts";
import { sayTime } from "../timeline/moment.ts";
import { onsetIn } from "../timeline/onset.ts";
import { sayValue } from "../timeline/value.ts";
import { showReading } from "./reading.ts";
import { signs, type Paint, type Piece } from "./paint.ts";
import { showPlan } from "./plan.ts";
import { showSample } from "./sample.ts";
import { at, changeOf, showHelped, showInEffect, sightSigns } from "./verdict.ts";
import { wrap } from "./wrap.ts";

/**
 * What the walk prints when a fact was recorded: nothing for facts that the screen shows already. `onlyShown`: a plan that
 * nobody will apply.
 */
export function showEvent(
  event: Event | UnknownEvent,
  incident: Incident,
  paint: Paint,
  { onlyShown = false }: { onlyShown?: boolean | undefined } = {},
): string[] {
  if (!isKnown(event)) return told(event, signs.unknown, paint);
  switch (event.type) {
    case "opened":
    case "pinned":
    case "check":
    case "asked":
      return [];
    case "step-started":
      return ["", ...wrap("", [{ text: event.payload.title, style: "bold" }], paint)];
    case "answered":
      return event.payload.proposed === undefined || event.payload.proposed === event.payload.choice
        ? []
        : wrap("  ", [`The evidence proposed "${event.payload.proposed}"; recorded.`], paint);
    case "step-ended":
      return event.payload.why === undefined
        ? []
        : wrap("  ", [`${event.payload.outcome}: ${event.payload.why}`], paint);
    case "skipped":
      return wrap("  ", [`skipped: ${event.payload.reason}`], paint);
    case "measured":
      return showReading(event.payload.measurement, paint, onsetIn(incident));
    case "blast":
      return wrap("  ", [sayBlasts(event.payload.blasts)], paint, 4);
    case "sampled":
      return showSample(event.payload, paint);
    case "planned":
      return showPlan(event.payload.plan, paint, { id: incident.id, kind: incident.kind, onlyShown });
    case "declined":
      return wrap("  ", [`not done: ${event.payload.what}, ${event.payload.why}`], paint);
    case "intended":
      return at(event, signs.none, `${event.payload.change.id} intended`, [], paint);
    case "written":
      return showWritten(event, event.payload, paint);
    case "read-back":
      return showReadBack(event, event.payload, incident, paint);
    case "probed":
      return told(event, event.payload.when === "before" ? signs.none : sightSigns[event.payload.verdict], paint);
    case "in-effect":
      return showInEffect(event, event.payload, incident, paint);
    case "helped":
      return showHelped(event, event.payload, incident, paint);
    case "ran":
      return told(
        event,
        event.payload.phase === "intended" ? signs.none : event.payload.code === 0 ? signs.good : signs.bad,
        paint,
      );
    case "sent":
    case "escalated":
      return told(event, event.payload.ok ? signs.good : signs.bad, paint);
    case "settled":
      return told(event, event.payload.as === "other" ? signs.bad : signs.none, paint);
    case "ended":
    case "drifted":
    case "torn":
      return told(event, signs.bad, paint);
    case "closed":
      return [...told(event, signs.none, paint), ...wrap("  ", [`head ${event.payload.head}`], paint)];
    case "alert":
    case "scoped":
    case "quoted":
    case "noted":
    case "acknowledged":
    case "severity":
    case "role":
    case "handed-off":
    case "restored":
    case "spent":
    case "kept":
    case "extended":
    case "resolved":
    case "corrected":
    case "erased":
      return told(event, signs.none, paint);
  }
}

function told(event: Event | UnknownEvent, sign: Piece, paint: Paint): string[] {
  return wrap([sign, ` ${sayTime(event.at)} `], [describe(event)], paint, 4);
}

/** The longest version that a person would compare with anything; a checksum is on the record only. */
const longestVersion = 20;

/** Why it was refused is what the step failed of: it is told there, with the next move. */
function showWritten(event: Event, { change, result }: Facts["written"], paint: Paint): string[] {
  if ("refused" in result) return at(event, signs.bad, `${change} refused: nothing was written`, [], paint);
  const isLong = "written" in result && (result.version?.length ?? 0) > longestVersion;
  const text = isLong ? "written" : sayWritten(result);
  return at(event, "written" in result ? signs.none : signs.bad, `${change} ${text}`, [], paint);
}

function showReadBack(
  event: Event,
  { change: id, value, as, why }: Facts["read-back"],
  incident: Incident,
  paint: Paint,
): string[] {
  const { change } = changeOf(incident, id) ?? {};
  const name = change === undefined ? "" : `, ${change.setting} on ${change.target}`;
  const live = value === null ? "nothing" : sayValue(value);
  if (as === "applied") return at(event, signs.none, `${id} read back ${live}`, [], paint);
  if (as === "unreadable") return at(event, signs.bad, `${id} cannot be read back${name}: ${why ?? ""}`, [], paint);
  return at(event, signs.bad, `${id} read back ${live}${name}: ${why ?? "not what was written"}`, [], paint);
}
