import { aboveUsual } from "../timeline/above.ts";
import { sayDeed } from "../timeline/deed.ts";
import { sayBlasts } from "../timeline/blast.ts";
import { sayFigure, sayRange } from "../timeline/figure.ts";
import type { Incident } from "../timeline/incident.ts";
import type { Measurement } from "../timeline/measurement.ts";
import { sayMoment } from "../timeline/moment.ts";
import { saySpent } from "../timeline/money.ts";
import { onsetIn, sayJustBefore } from "../timeline/onset.ts";
import { sayParts, sayReading } from "../timeline/reading.ts";
import { beganAt, byKey, eventsOf, readingsOf, untilAt, type Reading } from "./record.ts";

export interface EvidenceRow {
  id: string;
  label: string;
  first: string;
  last: string;
  usual: string;
  outcome: string;
}

/** First and last reading of everything that was read. */
export function evidenceOf(incident: Incident): EvidenceRow[] {
  return byKey(readingsOf(incident)).map(([, readings]) => {
    const first = readings[0]!;
    const last = readings.at(-1)!;
    const { id, label, usual, unit, outcome } = last.measurement;
    return {
      id,
      label,
      first: sayCited(first),
      last: last === first ? "not read again" : sayCited(last),
      usual: usual === undefined ? "unknown" : `${sayRange(usual.low, usual.high, unit)} (${usual.of})`,
      outcome,
    };
  });
}

/** The worst unhealthy reading of each kind of evidence. */
export function worstOf(incident: Incident): string[] {
  return byKey(readingsOf(incident)).flatMap(([, readings]) => {
    const bad = readings.filter(
      ({ measurement: m }) => m.verdict === "unhealthy" && typeof m.value === "number" && m.by === undefined,
    );
    if (bad.length === 0) return [];
    const worst = bad.reduce((a, b) => (badness(b.measurement) > badness(a.measurement) ? b : a));
    const { label, usual, unit, value } = worst.measurement;
    const known = usual === undefined ? "" : `, usual ${sayRange(usual.low, usual.high, unit)}`;
    return [
      `${label}: ${sayFigure(value!, unit)} at ${sayMoment(worst.measurement.at, incident.openedAt)}${known} (#${worst.seq})`,
    ];
  });
}

/** Who was touched, by the split measurements; and how far the changes themselves reached. */
export function blastOf(incident: Incident): string[] {
  const splits = byKey(readingsOf(incident)).flatMap(([, [first]]) => {
    const { measurement: m, seq } = first!;
    return m.by === undefined || (m.parts ?? []).length === 0
      ? []
      : [`${m.label}: ${sayParts(m, 5)}; ${m.outcome} (#${seq})`];
  });
  const wider = eventsOf(incident, "planned").flatMap(({ payload: { plan }, seq }) =>
    plan.wider.map(({ dimension, lever, values }) => {
      const count = values === undefined ? `every ${dimension}` : `${values} ${dimension}${values === 1 ? "" : "s"}`;
      return `${plan.changes.map(({ id }) => id).join(", ")} was planned wider than the incident: ${lever} has no ${dimension}, ${count} (#${seq})`;
    }),
  );
  const divided = eventsOf(incident, "blast").map(
    ({ payload: { when, blasts }, seq }) =>
      `${when === "start" ? "At the start" : "Over the whole incident"}: ${sayBlasts(blasts)} (#${seq})`,
  );
  return [...divided, ...splits, ...wider];
}

/** What was changed just before the first bad reading. That it was the cause is for people to say. */
export function changedBefore(incident: Incident): string[] {
  const onset = onsetIn(incident);
  return byKey(readingsOf(incident)).flatMap(([, [first]]) => {
    const { measurement: m, seq } = first!;
    return (m.deeds ?? []).flatMap((deed) => {
      const mark = sayJustBefore(deed, onset);
      return mark === undefined ? [] : [`${sayDeed(deed, incident.openedAt)}, ${mark} the first bad reading (#${seq})`];
    });
  });
}

/** Spending, marked as the estimate that it is: as it was reckoned, else from the readings; null where nothing usual was read. */
export function costOf(incident: Incident): string | null {
  const reckoned = eventsOf(incident, "spent").at(-1);
  if (reckoned !== undefined) {
    const { payload, seq } = reckoned;
    const [from, to] = [payload.from, payload.to].map((at) => sayMoment(at, incident.openedAt));
    return `From ${from} to ${to}, ${saySpent(payload)} (#${seq}).`;
  }
  for (const [, readings] of byKey(readingsOf(incident))) {
    const dollars = aboveUsual(
      readings.map(({ measurement }) => measurement),
      beganAt(incident),
      untilAt(incident),
    );
    if (dollars === undefined) continue;
    const seqs = readings.map(({ seq }) => `#${seq}`).join(", ");
    const { label } = readings[0]!.measurement;
    const end = Math.min(readings.at(-1)!.measurement.at, untilAt(incident));
    return `About ${sayFigure(Math.round(dollars), "usd")} above usual from ${sayMoment(beganAt(incident), incident.openedAt)} to ${sayMoment(end, incident.openedAt)}, estimated from ${label} (${seqs}).`;
  }
  return null;
}

function sayCited({ measurement, seq }: Reading): string {
  return `${sayReading(measurement, 3)} (#${seq})`;
}

/** How far on the unhealthy side: past a bound, or away from usual. */
function badness({ healthy, value, usual }: Measurement): number {
  if (healthy.startsWith("<")) return value!;
  if (healthy.startsWith(">")) return -value!;
  return usual === undefined ? 0 : Math.abs(value! - usual.median);
}
