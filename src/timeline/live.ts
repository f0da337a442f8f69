import type { TrackedChange } from "./incident.ts";
import { sameValue, type Value } from "./value.ts";

/** What stands at the lever of a change now. */
export type Live =
  /** ms since 1970 */
  | { value: Value; at: number }
  /** a later change ("7f3k/m2") lies above: what stands there is that one's */
  | { beneath: string }
  /** it could not be read, in plain words */
  | { error: string };

/** Somebody else changed what a live change had made. */
export function isForeign({ change, state }: TrackedChange, live: Live): boolean {
  return state === "applied" && "value" in live && !sameValue(live.value, change.after);
}
