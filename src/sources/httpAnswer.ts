import { shorten } from "../harmless.ts";
import type { Api } from "./exchange.ts";
import { readNumber, readTime, sayNoNumber, valueAt } from "./httpNumber.ts";
import { isRecord, parseJson } from "./json.ts";

export interface Json {
  json: unknown;
}

/** How JSON answers of any service are read; `paths`: how a missing one is to be mended. */
export function jsonApi(base: URL, credentials: boolean, paths: string): Api<Json> {
  return {
    base,
    credentials,
    paths,
    read(body) {
      try {
        return { json: JSON.parse(body) as unknown };
      } catch {
        return { error: `answered "${shorten(body, 120)}", which is no JSON` };
      }
    },
    complaint(status, body) {
      if (status < 400 || [401, 403, 429].includes(status)) return undefined;
      const why = reasonIn(body);
      return why === undefined ? undefined : `answered ${status}: ${why}`;
    },
  };
}

/** What a service says is wrong, as most spell it. */
function reasonIn(body: string): string | undefined {
  const json = parseJson(body);
  for (const pointer of ["/error/reason", "/error/message", "/message", "/error", "/detail", "/reason"]) {
    const said = valueAt(json, pointer);
    if (typeof said === "string" && said !== "") return shorten(said, 300);
  }
  return isRecord(json) || Array.isArray(json) ? shorten(JSON.stringify(json), 120) : undefined;
}

/** Elasticsearch answers 200 with what it has so far, and with what the shards that live have. */
export function partsOf(json: unknown): string[] {
  const failed = valueAt(json, "/_shards/failed");
  return [
    ...(valueAt(json, "/timed_out") === true ? ["the answer is partial: it was cut off by a time limit"] : []),
    ...(typeof failed === "number" && failed > 0 ? [`the answer is partial: ${failed} shards failed`] : []),
  ];
}

/** The number at a pointer; null: there is no value now. */
export function numberIn(json: unknown, pointer: string): { value: number | null } | { error: string } {
  const value = readNumber(valueAt(json, pointer));
  return value === undefined ? { error: `answered ${sayNoNumber(json, pointer)}` } : { value };
}

/** Where the rows of a table stand, and in each its key and its number. */
export interface Table {
  rows: string;
  key: string;
  pointer: string;
}

export interface Rows<Key> {
  rows: { key: Key; value: number }[];
  warnings: string[];
}

export function namedRows(json: unknown, table: Table): Rows<string> | { error: string } {
  return rowsIn(json, table, (key) =>
    typeof key === "string" || typeof key === "number" ? String(key) : key === null ? "" : undefined,
  );
}

export function timedRows(json: unknown, table: Table): Rows<number> | { error: string } {
  const read = rowsIn(json, table, readTime);
  return "error" in read ? read : { ...read, rows: read.rows.toSorted((a, b) => a.key - b.key) };
}

/** A row without a value is left out; one that cannot be read too, but that is told. */
function rowsIn<Key>(
  json: unknown,
  { rows: place, key, pointer }: Table,
  keyOf: (value: unknown) => Key | undefined,
): Rows<Key> | { error: string } {
  const list = valueAt(json, place);
  if (!Array.isArray(list))
    return { error: `answered ${sayNoNumber(json, place).replace("not a number", "not a list")}` };
  const rows: { key: Key; value: number }[] = [];
  let unread = 0;
  for (const row of list as unknown[]) {
    const [name, value] = [keyOf(valueAt(row, key)), readNumber(valueAt(row, pointer))];
    if (name === undefined || value === undefined) unread++;
    else if (value !== null) rows.push({ key: name, value });
  }
  if (rows.length === 0 && unread > 0)
    return { error: `answered ${unread} rows without ${shorten(key, 40)} or a number at ${shorten(pointer, 40)}` };
  return { rows, warnings: unread === 0 ? [] : [`${unread} ${unread === 1 ? "row" : "rows"} could not be read`] };
}
