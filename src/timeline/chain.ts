import { hash as digest } from "node:crypto";
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
  return sha256(JSON.stringify({ ...event, payload: undefined, damaged: undefined }));
}

export function headOf(events: readonly (Event | UnknownEvent)[]): Head {
  const last = events.at(-1);
  return last === undefined ? start : { seq: last.seq, hash: hashOf(last) };
}

/** SHA-256 (hex) of a text, as records name texts. */
export function digestOf(text: string): string {
  return sha256(text);
}

function sha256(text: string): string {
  return digest("sha256", text);
}
