import type { Connection } from "./connection.ts";
import { readExchange, type Api } from "./exchange.ts";
import type { Json } from "./httpAnswer.ts";
import { readTime, valueAt } from "./httpNumber.ts";
import { isRecord } from "./json.ts";
import type { Observation } from "./langfuseObservation.ts";
import type { Filter } from "./langfuseSignals.ts";
import type { Answer } from "./source.ts";

const longest = 16 << 20;
export const mostOnPage = 1000;

/** Reads the observations API (version 2), the newest first. `groups`: which fields of an observation. */
export function openPages(connection: Connection, api: Api<Json>, groups: readonly string[]) {
  const { host } = api.base;

  async function page(
    filters: readonly Filter[],
    limit: number,
    more: Record<string, string> = {},
  ): Promise<Answer<{ rows: Observation[]; cursor: string | undefined }>> {
    const form = { fields: groups.join(","), limit: String(limit), filter: JSON.stringify(filters), ...more };
    const result = await connection.ask({
      method: "GET",
      path: "/api/public/v2/observations",
      form,
      maxBytes: longest,
    });
    if ("status" in result && result.status === 404)
      return {
        error: `${host} has no /api/public/v2/observations: single calls need Langfuse 4 or its cloud`,
        ms: result.ms,
      };
    const read = readExchange(result, api);
    if ("error" in read) return { error: read.error, ms: result.ms };
    const list = valueAt(read.json, "/data");
    if (!Array.isArray(list)) return { error: `${host} answered no list of observations`, ms: result.ms };
    const cursor = valueAt(read.json, "/meta/cursor");
    const rows = (list as unknown[]).filter(
      (row): row is Observation =>
        isRecord(row) && typeof row["id"] === "string" && readTime(row["startTime"]) !== undefined,
    );
    const warnings = rows.length < list.length ? [`${list.length - rows.length} observations could not be read`] : [];
    return {
      data: { rows, cursor: typeof cursor === "string" && cursor !== "" ? cursor : undefined },
      warnings,
      ms: result.ms,
    };
  }

  /** The newest, page after page. */
  async function newest(filters: readonly Filter[], most: number): Promise<Answer<Observation[]>> {
    const rows: Observation[] = [];
    const warnings = new Set<string>();
    let [cursor, ms]: [string | undefined, number] = [undefined, 0];
    do {
      const limit = Math.min(most - rows.length, mostOnPage);
      const answer: Awaited<ReturnType<typeof page>> = await page(
        filters,
        limit,
        cursor === undefined ? {} : { cursor },
      );
      ms += answer.ms;
      if ("error" in answer) return { error: answer.error, ms };
      for (const warning of answer.warnings) warnings.add(warning);
      rows.push(...answer.data.rows);
      // the same page again would go on for ever
      cursor = answer.data.cursor === cursor || answer.data.rows.length === 0 ? undefined : answer.data.cursor;
    } while (cursor !== undefined && rows.length < most);
    if (cursor !== undefined) warnings.add(`only the newest ${rows.length} calls were looked at, there are more`);
    return { data: rows, warnings: [...warnings], ms };
  }

  return { page, newest };
}
