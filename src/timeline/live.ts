import type { TrackedChange } from "./incident.ts";
import { sameValue, type Value } from "./value.ts";

/** What stands at the lever of a change now. */
export type Live =
  /** ms since 1970; what the target says that one must know of the lever */
  | { value: Value; at: number; notes?: string[] }
  /** a later change ("7f3k/m2") lies above: what stands there is that one's */
  | { beneath: string }
  /** it could not be read, in plain words */
  | { error: string };

/** Somebody else changed what a live change had made. */
export function isForeign(tracked: TrackedChange, live: Live): boolean {
  return isOther(tracked, live) && settlesAt(tracked, live) === undefined;
}

/** The value from before, read before every reader is expected to follow the write: until when that is, ms. */
export function settlesAt(tracked: TrackedChange, live: Live): number | undefined {
  const { writtenAt, plan, change } = tracked;
  if (!isOther(tracked, live) || !("value" in live) || writtenAt === undefined) return undefined;
  if (!sameValue(live.value, change.before)) return undefined;
  const until = writtenAt + Math.max(0, ...plan.reads.map(({ settles }) => settles));
  // a time before the write is one of a clock that was set back, and tells nothing
  return live.at >= writtenAt && live.at < until ? until : undefined;
}

function isOther({ change, state }: TrackedChange, live: Live): boolean {
  return state === "applied" && "value" in live && !sameValue(live.value, change.after);
}
