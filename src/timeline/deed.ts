import { formatDuration } from "../duration.ts";
import { harmless } from "../harmless.ts";
import type { Measurement } from "./measurement.ts";
import { sayBrief } from "./moment.ts";
import type { Scope } from "./scope.ts";

/** Something that somebody changed, as a record of changes tells it. What we change ourselves is a `Change`. */
export interface Deed {
  /** ms since 1970 */
  at: number;
  /** "prompt support v14 → v15" */
  what: string;
  who?: string;
  where?: Scope;
  /** under which it is found there: a commit, a revision */
  ref?: string;
}

/** A deed and the name of the record in the project that tells it. */
export interface ToldDeed extends Deed {
  source: string;
}

/** "02:58 prompt support v14 → v15 (m.kaya)"; `near`: the time whose date need not be said. */
export function sayDeed({ at, what, who }: Deed, near: number): string {
  return `${sayBrief(at, near)} ${harmless(what)}${who === undefined ? "" : ` (${harmless(who)})`}`;
}

/** "02:58 … (m.kaya) · 01:10 … · 3 more", newest first; "none in 24h". */
export function sayDeeds({ deeds = [], deedCount, at, windowMs }: Measurement, most: number): string {
  if (deeds.length === 0) return `none in ${formatDuration(windowMs)}`;
  const count = deedCount ?? deeds.length;
  if (most === 0) return `${count} in ${formatDuration(windowMs)}`;
  const shown = deeds.slice(0, most).map((deed) => sayDeed(deed, at));
  return [...shown, ...(count > shown.length ? [`${count - shown.length} more`] : [])].join(" · ");
}
