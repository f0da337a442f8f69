import { formatDuration, sayDuration } from "../duration.ts";
import { sayDeed, type ToldDeed } from "../timeline/deed.ts";
import type { Measurement } from "../timeline/measurement.ts";
import { sayDate, sayTime } from "../timeline/moment.ts";
import { sayReading } from "../timeline/reading.ts";
import { sayScope } from "../timeline/scope.ts";
import { signOf } from "./reading.ts";
import { pad, type Paint } from "./paint.ts";
import { field, wrap } from "./wrap.ts";

/** All that is needed to repeat each reading by hand and to doubt its verdict. */
export function showQueries(measurements: Measurement[], paint: Paint): string[] {
  return measurements.flatMap((m, i) => [...(i === 0 ? [] : [""]), ...showQuery(m, paint)]);
}

function showQuery(m: Measurement, paint: Paint): string[] {
  const { usual } = m;
  return [
    ...wrap(pad(signOf(m), 2, paint), [{ text: m.id, style: "bold" }, `  ${m.label}`], paint),
    ...field(
      "value",
      [
        `${sayReading(m, m.deeds === undefined ? 20 : 0)}${m.verdict === "no-data" || m.verdict === "error" ? "" : `; ${m.outcome}`}`,
      ],
      paint,
    ),
    ...(m.deeds ?? []).flatMap((deed) => field("change", [sayWhole(deed, m.at)], paint)),
    ...field("why", [m.healthy === "" ? m.why : `${m.why}; wanted ${m.healthy}`], paint),
    ...(usual === undefined ? [] : field("usual", [`median of ${usual.samples} readings of ${usual.of}`], paint)),
    ...field("query", [m.query], paint),
    ...field("source", [`${m.source}, ${sayScope(m.scope)}; answered in ${sayDuration(m.tookMs)}`], paint),
    ...field("window", [`${formatDuration(m.windowMs)} to ${sayDate(m.at)} ${sayTime(m.at)} UTC`], paint),
    ...(m.note === undefined ? [] : field("note", [m.note], paint)),
    ...(m.warnings ?? []).flatMap((warning) => field("warning", [warning], paint)),
  ];
}

/** With where it was changed, and where that is told. */
function sayWhole(deed: ToldDeed, near: number): string {
  const where = deed.where === undefined ? [] : [sayScope(deed.where)];
  return [sayDeed(deed, near), ...where, `${deed.source}${deed.ref === undefined ? "" : ` ${deed.ref}`}`].join("; ");
}
