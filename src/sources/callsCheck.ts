import type { Mistake } from "../queries/check.ts";
import { deadline } from "../world/deadline.ts";
import { understand } from "./callsBurst.ts";
import { memory } from "./callsFailure.ts";
import { connect, type Duckdb } from "./callsReading.ts";
import { confine } from "./callsSql.ts";

const deadlineMs = 20_000;

/**
 * What is wrong with SQL aggregate expressions, by their text. No record is read: DuckDB is closed in on nothing. Undefined
 * where it is not there; a text that took too long is left out.
 */
export async function checkAggregates(
  texts: Iterable<string>,
  load: () => Promise<Duckdb>,
): Promise<Map<string, Mistake[]> | undefined> {
  const duckdb = await load().catch(() => undefined);
  if (duckdb === undefined) return undefined;
  const instance = await duckdb.DuckDBInstance.create(":memory:", { threads: "1", memory_limit: memory });
  const said = new Map<string, Mistake[]>();
  try {
    const db = connect(await instance.connect(), deadline(deadlineMs));
    await db.run(confine([]));
    for (const text of new Set(texts)) {
      const understood = await understand(db, text);
      said.set(text, "mistake" in understood ? [understood.mistake] : []);
    }
  } catch {
    // too slow or too big for a check: what was found so far is true all the same
  } finally {
    instance.closeSync();
  }
  return said;
}
