import { hasCredentials, openConnection, type ConnectionSettings } from "../sources/connection.ts";
import { readExchange } from "../sources/exchange.ts";
import { jsonApi } from "../sources/httpAnswer.ts";
import type { Reach } from "../world/reach.ts";
import type { World } from "../world/world.ts";

/** A JSON answer, or one sentence that names the host. */
export type Page = { json: unknown; ms: number } | { error: string; ms: number };

export interface Pages {
  /** "flags.internal" */
  host: string;
  get(path: string, query: Record<string, string>): Promise<Page>;
}

const longest = 8 << 20;

export function openPages(set: ConnectionSettings, world: World, folder: string): Pages {
  const connection = openConnection(set, {}, world, folder);
  const api = jsonApi(connection.base, hasCredentials(set), "the API's own path goes behind it");
  return {
    host: connection.base.host,
    async get(path, form) {
      const result = await connection.ask({ method: "GET", path, form, maxBytes: longest });
      return { ...readExchange(result, api), ms: result.ms };
    },
  };
}

/** What an answer that could be read says of its place; `say`: what was found. */
export function reachOf(page: Page, say: string): Reach {
  if ("error" in page) return { ok: false, say: page.error, ms: page.ms };
  return { ok: true, say: `${Math.round(page.ms)} ms${say === "" ? "" : `, ${say}`}`, ms: page.ms };
}

/** Rows that have the shape, and a warning for those that have not. */
export function rowsOf<Row>(rows: readonly unknown[], read: (row: unknown) => Row | undefined, what: string) {
  const known = rows.map(read).filter((row) => row !== undefined);
  const unread = rows.length - known.length;
  return { known, warnings: unread === 0 ? [] : [`${unread} ${what} could not be read`] };
}
