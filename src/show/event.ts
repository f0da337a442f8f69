import { sayBlasts } from "../timeline/blast.ts";
import { describe, sayInEffect, sayVerdict, sayWritten } from "../timeline/describe.ts";
import type { Event, Facts, UnknownEvent } from "../timeline/event.ts";
import { isKnown } from "../timeline/fold.ts";
import type { Incident, TrackedChange } from "../timeline/incident.ts";
import type { Measurement } from "../timeline/measurement.ts";
import { sayTime } from "../timeline/moment.ts";
import { onsetIn } from "../timeline/onset.ts";
import { sayMove } from "../timeline/reading.ts";
import { sayScope } from "../timeline/scope.ts";
import { sayValue } from "../timeline/value.ts";
import { showReading } from "./reading.ts";
import { signs, type Cell, type Paint, type Piece } from "./paint.ts";
import { showPlan } from "./plan.ts";
import { showSample } from "./sample.ts";
import { wrap } from "./wrap.ts";

/** What the walk prints when a fact was recorded: nothing for facts that the screen shows already. */
export function showEvent(event: Event | UnknownEvent, incident: Incident, paint: Paint): string[] {
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
        : wrap("  ", [`The evidence proposed ${event.payload.proposed}; recorded.`], paint);
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
      return showPlan(event.payload.plan, paint, incident.id);
    case "declined":
      return wrap("  ", [`not done: ${event.payload.what}, ${event.payload.why}`], paint);
    case "intended":
      return at(event, signs.none, `${event.payload.change.id} intended`, [], paint);
    case "written":
      return at(
        event,
        "written" in event.payload.result ? signs.none : signs.bad,
        `${event.payload.change} ${sayWritten(event.payload.result)}`,
        [],
        paint,
      );
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

const sightSigns = { yes: signs.good, no: signs.bad, unknown: signs.unknown };

/** "✓ 03:14:38 in effect  tokens out p95 4096 → 508" */
function at({ at: when }: Event, sign: Piece, what: string, more: Cell[], paint: Paint): string[] {
  return wrap([sign, ` ${sayTime(when)} `], [what, ...more], paint, 4);
}

function told(event: Event | UnknownEvent, sign: Piece, paint: Paint): string[] {
  return wrap([sign, ` ${sayTime(event.at)} `], [describe(event)], paint, 4);
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

function showInEffect(
  event: Event,
  { change, verdict, why, measurements }: Facts["in-effect"],
  incident: Incident,
  paint: Paint,
): string[] {
  const sign = sightSigns[verdict];
  if (verdict !== "yes" || measurements.length === 0)
    return at(event, sign, `${whose(change, incident)} ${sayInEffect[verdict]}: ${why}`, [], paint);
  return at(event, sign, `${whose(change, incident)}: in effect`, moves(event, measurements, incident), paint);
}

function showHelped(
  event: Event,
  { change, verdict, why, measurements }: Facts["helped"],
  incident: Incident,
  paint: Paint,
): string[] {
  const sign = { helped: signs.good, "not-enough": signs.bad, "no-effect": signs.bad, unproven: signs.unknown }[
    verdict
  ];
  if (verdict !== "helped" || measurements.length === 0)
    return at(event, sign, `${whose(change, incident)} ${sayVerdict[verdict]}: ${why}`, [], paint);
  return at(event, sign, `${whose(change, incident)}: helped`, moves(event, measurements, incident), paint);
}

/** "m1 support.reply": verdicts come when other changes have been made meanwhile. */
function whose(id: string, incident: Incident): string {
  const { scope } = changeOf(incident, id)?.change ?? {};
  return [id, ...(scope === undefined ? [] : Object.values(scope))].join(" ");
}

/** Each measurement as a move from what was read first in this incident, where it was. */
function moves(event: Event, measurements: Measurement[], incident: Incident): Cell[] {
  const runbook = event.step?.split("/")[0] ?? "";
  return measurements.map((after, i) => {
    const known = incident.measurements.get(`${runbook}/${after.id}`) ?? like(after, incident);
    const label = known?.first.id === after.id ? after.id : after.label;
    const { model } = after.scope;
    const of = model === undefined || model === incident.scope.model ? "" : ` of ${model}`;
    return `${i === 0 ? "  " : "; "}${label}${of}  ${sayMove(known?.first, after, label.includes(" per "))}`;
  });
}

/** A reading of the same signal for the same scope under another name. */
function like(after: Measurement, incident: Incident): { first: Measurement } | undefined {
  return [...incident.measurements.values()].find(
    ({ first }) =>
      first.signal !== undefined &&
      first.signal === after.signal &&
      first.by === after.by &&
      sayScope(first.scope) === sayScope(after.scope),
  );
}

function changeOf(incident: Incident, id: string): TrackedChange | undefined {
  return incident.changes.find((tracked) => tracked.change.id === id);
}
