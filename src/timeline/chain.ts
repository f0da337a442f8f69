import { createHash } from "node:crypto";
import type { Event, Fact, UnknownEvent } from "./event.ts";

/** Who says it, for the envelope. */
export interface Author {
  by: string;
  host: string;
}

export interface Head {
  seq: number;
  /** hash of the event `seq`; "" before the first */
  hash: string;
}

export const start: Head = { seq: 0, hash: "" };

/** Puts facts into envelopes behind `head`. The payload's hash is chained, not the payload, so that one can be erased. */
export function stamp(facts: readonly Fact[], incident: string, head: Head, at: number, author: Author): Event[] {
  const events: Event[] = [];
  let { seq, hash } = head;
  for (const { type, payload, step } of facts) {
    const plain = JSON.parse(JSON.stringify(payload)) as Fact["payload"];
    const event = {
      v: 1,
      incident,
      seq: ++seq,
      at,
      by: author.by,
      host: author.host,
      ...(step === undefined ? {} : { step }),
      type,
      payload: plain,
      digest: sha256(JSON.stringify(plain)),
      prev: hash,
    } as Event;
    events.push(event);
    hash = hashOf(event);
  }
  return events;
}

/** The hash that the next event carries as `prev`: over everything but the payload. */
export function hashOf(event: Event | UnknownEvent): string {
  return sha256(JSON.stringify({ ...event, payload: undefined }));
}

export function headOf(events: readonly (Event | UnknownEvent)[]): Head {
  const last = events.at(-1);
  return last === undefined ? start : { seq: last.seq, hash: hashOf(last) };
}

/** What is wrong with the chain at its first bad record, in words; undefined when it holds. */
export function verifyChain(events: readonly (Event | UnknownEvent)[]): { seq: number; why: string } | undefined {
  let hash = "";
  const erased = new Set(events.flatMap((e) => (e.type === "erased" ? [(e.payload as { seq: number }).seq] : [])));
  for (const [index, event] of events.entries()) {
    const seq = index + 1;
    if (event.seq !== seq) return { seq, why: `record ${seq} says it is number ${event.seq}` };
    if (event.prev !== hash) return { seq, why: `record ${seq} does not follow from the record before it` };
    if (sha256(JSON.stringify(event.payload)) !== event.digest && !erased.has(seq))
      return { seq, why: `the content of record ${seq} is not what was written` };
    hash = hashOf(event);
  }
  return undefined;
}

/** SHA-256 (hex) of a text, as records name texts. */
export function digestOf(text: string): string {
  return sha256(text);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
