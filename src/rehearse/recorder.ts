import { foldIncident, foldOn } from "../timeline/fold.ts";
import type { Event, Fact } from "../timeline/event.ts";
import type { Recorder } from "../timeline/recorder.ts";
import type { World } from "../world/world.ts";

/** The timeline of one walk. It is folded and forgotten: nothing of it is kept, so nothing is hidden, chained or copied. */
export function beginWalk({ clock, user: by, host }: World, opening: readonly Fact[]): Recorder {
  let seq = 0;
  const tellers: ((event: Event) => void)[] = [];
  const eventOf = ({ type, payload, step }: Fact) => {
    const envelope = { v: 1, incident: "TEST", seq: ++seq, at: clock.now(), by, host, digest: "", prev: "" };
    return { ...envelope, type, payload, ...(step === undefined ? {} : { step }) } as Event;
  };
  let incident = foldIncident(opening.map(eventOf));
  const take = (facts: readonly Fact[]) => {
    if (facts.length === 0) return;
    const events = facts.map(eventOf);
    incident = foldOn(incident, events);
    for (const event of events) for (const tell of tellers) tell(event);
  };
  return {
    get incident() {
      return incident;
    },
    record: async (...facts) => take(facts),
    recordFrom: async (make) => take(make(incident)),
    onEvent: (tell) => void tellers.push(tell),
    refresh: async () => {},
  };
}
