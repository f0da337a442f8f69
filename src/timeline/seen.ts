import { harmlessJson } from "../harmless.ts";
import { hashOf, start, type Head } from "./chain.ts";
import type { Event, UnknownEvent } from "./event.ts";
import type { Examined } from "./examine.ts";
import { readLines, type Lines } from "./lines.ts";

/** Where a timeline ended when it was last read or written: what came since is read from there on. */
export interface Seen {
  head: Head;
  /** bytes and number of the whole lines */
  size: number;
  count: number;
  /** the last line: when it is not there any more, nothing that was read can be relied on */
  last: Lines["last"];
  /** a later version wrote some of it */
  newer: boolean;
}

export const nothing: Seen = { head: start, size: 0, count: 0, last: { at: 0, bytes: new Uint8Array() }, newer: false };

export function seenOf(lines: Lines, { events, hashes }: Examined): Seen {
  const { size, count, last } = lines;
  const head = events.length === 0 ? start : { seq: events.at(-1)!.seq, hash: hashes.at(-1)! };
  return { head, size, count, last, newer: events.some(isNewer) };
}

/** The line of a record in the file. */
export function lineOf(event: Event): string {
  return `${harmlessJson(event)}\n`;
}

/** After our own append of such events, as such lines. */
export function behindOwn(seen: Seen, events: readonly Event[], lines: readonly string[]): Seen {
  const [event, line] = [events.at(-1), lines.at(-1)];
  if (event === undefined || line === undefined) return seen;
  const size = seen.size + lines.reduce((sum, one) => sum + Buffer.byteLength(one), 0);
  const bytes = Buffer.from(line);
  const last = { at: size - bytes.length, bytes: bytes.subarray(0, -1) };
  return { ...seen, head: { seq: event.seq, hash: hashOf(event) }, size, count: seen.count + events.length, last };
}

/** From which byte on `readBehind` wants to see the file. */
export function startOf({ last, size }: Seen): number {
  return last.bytes.length === 0 ? size : last.at;
}

/** What stands behind it by now; undefined when the file is not a continuation of what was seen. */
export function readBehind(
  seen: Seen,
  pieces: readonly Uint8Array[],
): { now: Seen; events: (Event | UnknownEvent)[] } | undefined {
  const bytes = Buffer.concat(pieces);
  const known = seen.size - startOf(seen);
  if (bytes.length < known || !bytes.subarray(0, seen.last.bytes.length).equals(seen.last.bytes)) return undefined;
  const reader = readLines({ size: seen.size, count: seen.count, seq: seen.head.seq });
  reader.see(bytes.subarray(known));
  const { entries, size, count, last } = reader.end();
  const latest = entries.at(-1);
  if (latest === undefined)
    return { now: { ...seen, size, count, last: size === seen.size ? seen.last : last }, events: [] };
  const events = entries.map(({ event, whole }) =>
    whole || event.v !== 1 ? event : { ...event, damaged: true as const },
  );
  const head = { seq: Math.max(seen.head.seq, ...entries.map(({ event }) => event.seq)), hash: latest.hash };
  return { now: { head, size, count, last, newer: seen.newer || events.some(isNewer) }, events };
}

function isNewer(event: Event | UnknownEvent): boolean {
  return event.v !== 1;
}
