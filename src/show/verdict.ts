import { sayInEffect, sayVerdict } from "../timeline/describe.ts";
import type { Event, Facts } from "../timeline/event.ts";
import type { Incident, TrackedChange } from "../timeline/incident.ts";
import type { Measurement } from "../timeline/measurement.ts";
import { sayTime } from "../timeline/moment.ts";
import { sayMove } from "../timeline/reading.ts";
import { sayScope } from "../timeline/scope.ts";
import { signs, type Cell, type Paint, type Piece } from "./paint.ts";
import { wrap } from "./wrap.ts";

export const sightSigns = { yes: signs.good, no: signs.bad, unknown: signs.unknown };

/** "✓ 03:14:38 in effect  tokens out p95 4096 → 508" */
export function at({ at: when }: Event, sign: Piece, what: string, more: Cell[], paint: Paint): string[] {
  return wrap([sign, ` ${sayTime(when)} `], [what, ...more], paint, 4);
}

/** Whether a change is in effect, and from what to what it moved. */
export function showInEffect(
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

/** Whether it helped, where that was asked for. */
export function showHelped(
  event: Event,
  { change, verdict, why, measurements }: Facts["helped"],
  incident: Incident,
  paint: Paint,
): string[] {
  // where nothing was named that it should help, what was said of its effect is all there is
  const { plan, inEffect } = changeOf(incident, change) ?? {};
  if (plan?.verify === undefined && inEffect !== undefined && (verdict === "no-effect" || verdict === "unproven"))
    return [];
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

export function changeOf(incident: Incident, id: string): TrackedChange | undefined {
  return incident.changes.find((tracked) => tracked.change.id === id);
}
