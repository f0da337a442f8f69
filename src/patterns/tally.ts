/** What is known of the lines of one template. Times in ms. */
export interface Tally {
  count: number;
  first: number;
  last: number;
  /** the newest, at most three, each call once */
  calls: { id: string; at: number }[];
}

export type Tallies = Map<string, Tally>;

export function tallyOf(at: number, call: string | undefined): Tally {
  return { count: 1, first: at, last: at, calls: call === undefined ? [] : [{ id: call, at }] };
}

export function addLine(tally: Tally, at: number, call: string | undefined): void {
  tally.count++;
  if (at < tally.first) tally.first = at;
  if (at > tally.last) tally.last = at;
  if (call !== undefined) addCall(tally.calls, call, at);
}

/** Puts what is known of `key` together with what is known of it already. */
export function addTally(into: Tallies, key: string, more: Tally): void {
  const known = into.get(key);
  if (known === undefined) {
    into.set(key, { ...more, calls: [...more.calls] });
    return;
  }
  known.count += more.count;
  known.first = Math.min(known.first, more.first);
  known.last = Math.max(known.last, more.last);
  for (const { id, at } of more.calls) addCall(known.calls, id, at);
}

const mostCalls = 3;

/** Newest first, of equal times by id. */
function addCall(calls: Tally["calls"], id: string, at: number): void {
  const place = calls.findIndex((call) => at > call.at || (at === call.at && id < call.id));
  if (place === -1 && calls.length === mostCalls) return;
  const same = calls.findIndex((call) => call.id === id);
  if (same !== -1 && (place === -1 || same < place)) return;
  if (same !== -1) calls.splice(same, 1);
  calls.splice(place === -1 ? calls.length : place, 0, { id, at });
  if (calls.length > mostCalls) calls.pop();
}
