import type { Author } from "./chain.ts";
import type { Event, Fact, UnknownEvent } from "./event.ts";
import type { Examined } from "./examine.ts";
import type { Outline } from "./incident.ts";

/** Everything a file or table holds of one incident, good and bad. */
export type Timeline = Examined;

export interface Lease {
  /** the process that had it and ended without giving it back, in words */
  after?: string;
  /** false: somebody took it away by hand, and another may have it */
  isOurs(): boolean;
  release(): Promise<void>;
}

/** What somebody else holds: who that is and since when, and what can be done about it, in words. */
export interface Taken {
  heldBy: string;
  next: string;
  /** that process was seen to live and to run: it gives it back when it is done */
  isWorking: boolean;
}

/** Where timelines live. Appending is optimistic and takes milliseconds. */
export interface Store {
  /** for people: ".llmops/incidents" */
  says: string;
  /** durable when it returns; `newer` when somebody appended after `afterSeq`; 0 begins a timeline */
  append(
    incident: string,
    afterSeq: number,
    facts: readonly Fact[],
    author: Author,
  ): Promise<{ events: Event[] } | { newer: (Event | UnknownEvent)[] }>;
  read(incident: string): Promise<Timeline>;
  /** what others appended behind `afterSeq` */
  news(incident: string, afterSeq: number): Promise<(Event | UnknownEvent)[]>;
  /**
   * what stands of it by now, all that others wrote included; whether every record is there is not looked at. Undefined: its
   * first facts never became durable
   */
  outline(incident: string): Promise<Outline | undefined>;
  /** ids, in no order; one whose first facts never became durable is none */
  list(): Promise<string[]>;
  /**
   * takes the content of these records away for good, and says why on the timeline: both or neither, also after a crash.
   * Returns what it recorded; nothing when they have none any more
   */
  erase(incident: string, seqs: readonly number[], reason: string, author: Author): Promise<Event[]>;
  /** HMAC-SHA-256 (hex) under the store's key: names a text without telling it */
  fingerprint(text: string): Promise<string>;
  /** who drives the prompts: ours, or the holder in words */
  lease(incident: string): Promise<Lease | Taken>;
  /** who writes to one place in production (any text that names it): ours, or the holder in words */
  hold(place: string): Promise<Lease | Taken>;
  /** for people and for files beside the timeline: ".llmops/incidents/INC-…" */
  place(incident: string): string;
}
