import type { Database } from "./callsBurst.ts";
import {
  dimensionFields,
  errorReading,
  failedIf,
  idFields,
  readError,
  sayError,
  scopeOf,
  selectPeriod,
} from "./callsPeriod.ts";
import type { Reading } from "./callsSql.ts";
import type { Line, Range } from "./source.ts";

/** What failed calls tell of their errors, the newest first; labels are `call` and the dimensions. */
export async function readErrors(
  db: Database,
  given: Reading,
  range: Range,
): Promise<{ data: Line[]; warnings: string[] }> {
  const { reading, fields, whole } = errorReading(given);
  const period = selectPeriod(reading, range, [...idFields, ...fields, "status", "finish_reason"]);
  const texts = whole
    ? "NULL, left(error.message, 4000), NULL"
    : "error.type, left(error.message, 4000), error.http_status";
  const sql = `
    SELECT t::DOUBLE, id, ${dimensionFields.join(", ")}, finish_reason, ${texts}
    FROM (${period.sql}) WHERE ${failedIf(whole)} ORDER BY t DESC, id LIMIT $limit::BIGINT + 1`;
  const limit = Math.max(1, Math.floor(range.limit));
  const rows = await db.run(sql, { ...period.bound, limit });
  const data = rows.slice(0, limit).map(([at, id, ...rest]): Line => {
    const [finish, kind, message, http] = rest.slice(dimensionFields.length);
    const error = whole ? readError(message as string | null) : sayError(kind, message, http);
    const text =
      error ??
      (typeof finish === "string" ? `failed with finish reason ${finish}` : "failed, and no error is recorded");
    return { at: Number(at), text, labels: { call: String(id), ...scopeOf(rest) } };
  });
  return { data, warnings: rows.length > limit ? [`only the newest ${limit} errors were read, there are more`] : [] };
}
