import type { Author } from "./chain.ts";
import type { Event, Fact, UnknownEvent } from "./event.ts";

/** Everything a file or table holds of one incident, good and bad. */
export interface Timeline {
  events: (Event | UnknownEvent)[];
  /** lines that are no record of ours: where and why */
  bad: { line: number; why: string }[];
}

export interface Lease {
  release(): Promise<void>;
}

/** Where timelines live. Appending is optimistic and takes milliseconds. */
export interface Store {
  /** for people: ".llmops/incidents" */
  says: string;
  /** durable when it returns; `newer` when somebody appended after `afterSeq` */
  append(
    incident: string,
    afterSeq: number,
    facts: readonly Fact[],
    author: Author,
  ): Promise<{ events: Event[] } | { newer: (Event | UnknownEvent)[] }>;
  read(incident: string): Promise<Timeline>;
  /** ids, oldest first */
  list(): Promise<string[]>;
  /** who drives the prompts: ours, or the holder in words */
  lease(incident: string): Promise<Lease | { heldBy: string }>;
  /** for people and for files beside the timeline: ".llmops/incidents/INC-…" */
  place(incident: string): string;
}
