import { exit, UserError } from "../errors.ts";
import type { Author } from "./chain.ts";
import type { Event, Fact, UnknownEvent } from "./event.ts";
import { foldIncident, foldOn } from "./fold.ts";
import type { Incident } from "./incident.ts";
import type { Store } from "./store.ts";

/** The one queue between the producers of facts and the store. */
export interface Recorder {
  readonly incident: Incident;
  /** resolves when the facts are durable and folded; facts of different callers are never interleaved */
  record(...facts: Fact[]): Promise<void>;
  /** as `record`, for facts that depend on what others may write meanwhile: made anew until they fit */
  recordFrom(make: (incident: Incident) => Fact[]): Promise<void>;
  /** called for each event in order, also for those that others wrote */
  onEvent(tell: (event: Event | UnknownEvent) => void): void;
  /** takes in what others wrote meanwhile */
  refresh(): Promise<void>;
}

export async function openRecorder(store: Store, id: string, author: Author): Promise<Recorder> {
  const { events, findings } = await store.read(id);
  return recorderOf(store, id, author, foldIncident(events, findings));
}

/** Begins a timeline: nothing exists before its first facts are durable. */
export async function beginRecorder(store: Store, id: string, author: Author, facts: Fact[]): Promise<Recorder> {
  const appended = await store.append(id, 0, facts, author);
  if ("newer" in appended)
    throw new UserError({ what: `${id} exists already.`, next: "run the command again", code: exit.conflict });
  return recorderOf(store, id, author, foldIncident(appended.events));
}

function recorderOf(store: Store, id: string, author: Author, known: Incident): Recorder {
  let incident = known;
  let queue: Promise<void> = Promise.resolve();
  const listeners: ((event: Event | UnknownEvent) => void)[] = [];

  const take = (more: (Event | UnknownEvent)[]) => {
    if (more.length === 0) return;
    incident = foldOn(incident, more);
    for (const event of more) for (const tell of listeners) tell(event);
  };

  const append = async (make: (incident: Incident) => Fact[]) => {
    for (;;) {
      const facts = make(incident);
      if (facts.length === 0) return;
      const result = await store.append(id, incident.head.seq, facts, author);
      if ("events" in result) return take(result.events);
      take(result.newer);
    }
  };

  /** Handed in last, not begun to be written. */
  let waiting: { facts: Fact[]; written: Promise<void> } | undefined;

  const enqueue = (work: () => Promise<void>) => {
    waiting = undefined;
    const mine = queue.then(work);
    queue = mine.catch(() => {});
    return mine;
  };

  /** What comes while the disk is busy is written together: evidence comes in bursts, and every write is an fsync. */
  const record = (facts: Fact[]) => {
    if (waiting !== undefined) {
      waiting.facts.push(...facts);
      return waiting.written;
    }
    const written = enqueue(() => {
      waiting = undefined;
      return append(() => facts);
    });
    waiting = { facts, written };
    return written;
  };

  return {
    get incident() {
      return incident;
    },
    record: (...facts) => (facts.length === 0 ? Promise.resolve() : record(facts)),
    recordFrom: (make) => enqueue(() => append(make)),
    onEvent: (tell) => void listeners.push(tell),
    refresh: () => enqueue(async () => take(await store.news(id, incident.head.seq))),
  };
}
