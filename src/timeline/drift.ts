import type { ToldDeed } from "./deed.ts";
import { sayShort } from "./describe.ts";
import type { TrackedChange } from "./incident.ts";
import { isForeign, type Live } from "./live.ts";
import { sayBrief } from "./moment.ts";
import type { Change } from "./setting.ts";
import { dimensions } from "./scope.ts";
import { sameValue } from "./value.ts";

/** What a reading of its lever says about a change that the record does not say yet. */
export function driftIn(tracked: TrackedChange, live: Live): "drifted" | "restored" | undefined {
  const { state, drifted, change } = tracked;
  if (state !== "applied" || !("value" in live)) return undefined;
  if (isForeign(tracked, live))
    return drifted !== undefined && sameValue(drifted.live, live.value) ? undefined : "drifted";
  return drifted !== undefined && sameValue(live.value, change.after) ? "restored" : undefined;
}

/** What is taken back so soon (ms) is hardly ever taken back by a person. */
const soonMs = 15 * 60_000;

/** What may have put another value there, where the target or the value itself tells it. */
export function hintOf({ change, writtenAt, intendedAt }: TrackedChange, live: Live): string | undefined {
  if (!("value" in live)) return undefined;
  if (live.notes !== undefined && live.notes.length > 0) return live.notes.join("; ");
  const after = live.at - (writtenAt ?? intendedAt);
  if (!sameValue(live.value, change.before) || after < 0 || after > soonMs) return undefined;
  return "it is what was there before, within minutes: something may put it back by itself, like GitOps or a deploy";
}

/** Whether a deed is about the place of a change; undefined: it does not say. */
export function isAt({ where, what }: ToldDeed, { scope, setting }: Change): boolean | undefined {
  const named = dimensions.filter((one) => scope[one] !== undefined && where?.[one] !== undefined);
  if (named.length > 0) return named.every((one) => scope[one] === where?.[one]);
  const text = what.toLowerCase();
  return [setting, ...Object.values(scope)].some((word) => text.includes(word.toLowerCase())) || undefined;
}

/** "changed by somebody else between 03:39 and 03:41: max_tokens is 4096 (ours was 512)"; undefined where it was not. */
export function sayDrift({ change, drifted }: TrackedChange, near: number, sayTime = sayBrief): string | undefined {
  if (drifted === undefined) return undefined;
  const [from, to] = [drifted.seenAt, drifted.at].map((at) => sayTime(at, near));
  const when = from === to ? `at ${to}` : `between ${from} and ${to}`;
  const live = `${change.setting} is ${sayShort(drifted.live)} (ours was ${sayShort(change.after)})`;
  return `changed by ${drifted.by ?? "somebody else"} ${when}: ${live}`;
}
