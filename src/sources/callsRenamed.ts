import type { Database } from "./callsBurst.ts";
import { idFields, selectPeriod } from "./callsPeriod.ts";
import type { Reading } from "./callsSql.ts";
import type { Renamed } from "./source.ts";

const mostNames = 1000;

/**
 * Models whose reported name was first seen after `from`, although the same model had been answered under another name
 * before. All records are looked at: a name that was already there before `from` is no news.
 */
export async function readRenamed(
  db: Database,
  reading: Reading,
  from: number,
  to: number,
): Promise<{ data: Renamed[]; warnings: string[] }> {
  const period = selectPeriod(reading, { scope: {}, from: 0, to, limit: mostNames }, [
    ...idFields,
    "model",
    "model_reported",
  ]);
  const rows = await db.run(
    `SELECT model, model_reported, min(t)::DOUBLE AS first FROM (${period.sql})
    WHERE model <> '' AND model_reported <> '' GROUP BY model, model_reported ORDER BY first, model_reported LIMIT ${mostNames + 1}`,
    period.bound,
  );
  const seen = rows
    .slice(0, mostNames)
    .map(([model, now, at]) => ({ model: String(model), now: String(now), at: Number(at) }));
  const data = seen.flatMap((one, i) => {
    const before = seen.slice(0, i).findLast(({ model, at }) => model === one.model && at < one.at);
    return before === undefined || one.at <= from ? [] : [{ ...one, before: before.now }];
  });
  const warnings = rows.length > mostNames ? [`only ${mostNames} names of models were looked at`] : [];
  return { data: data.toReversed(), warnings };
}
