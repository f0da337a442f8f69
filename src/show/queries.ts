import { formatDuration, sayDuration } from "../duration.ts";
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
      [`${sayReading(m, 20)}${m.verdict === "no-data" || m.verdict === "error" ? "" : `; ${m.outcome}`}`],
      paint,
    ),
    ...field("why", [`${m.why}; wanted ${m.healthy}`], paint),
    ...(usual === undefined ? [] : field("usual", [`median of ${usual.samples} readings of ${usual.of}`], paint)),
    ...field("query", [m.query], paint),
    ...field("source", [`${m.source}, ${sayScope(m.scope)}; answered in ${sayDuration(m.tookMs)}`], paint),
    ...field("window", [`${formatDuration(m.windowMs)} to ${sayDate(m.at)} ${sayTime(m.at)} UTC`], paint),
    ...(m.warnings ?? []).flatMap((warning) => field("warning", [warning], paint)),
  ];
}
