import { sayInEffect, sayKind, sayShort, sayVerdict } from "../timeline/describe.ts";
import type { TrackedChange } from "../timeline/incident.ts";
import { hintOf, sayDrift } from "../timeline/drift.ts";
import { isForeign, settlesAt, type Live } from "../timeline/live.ts";
import { sayBrief, sayMoment } from "../timeline/moment.ts";
import { sayScope, type Scope } from "../timeline/scope.ts";
import type { Change } from "../timeline/setting.ts";
import { sameValue } from "../timeline/value.ts";

/** "support.reply  max_tokens 4096 → 512" */
export function sayWhat({ setting, before, after, scope, undoes }: Change): string {
  const of = undoes === undefined ? "" : ` (undo of ${undoes})`;
  return `${sayPlace(scope)}  ${setting} ${sayShort(before)} → ${sayShort(after)}${of}`;
}

/** A route by its bare name: most changes are of one. */
function sayPlace(scope: Scope): string {
  const { route, ...more } = scope;
  return route !== undefined && Object.keys(more).length === 0 ? route : sayScope(scope);
}

/** Until when it is there. */
export function sayEnd(tracked: TrackedChange, now: number): string {
  const { state, endsAt, kept, plan } = tracked;
  if (state === "in-doubt") return "IN DOUBT";
  if (isOverdue(tracked, now)) return "OVERDUE";
  if (kept !== undefined) return "kept";
  if (endsAt === undefined || plan.ends?.how === "remind") return "stays";
  return sayBrief(endsAt, now);
}

export function isOverdue({ state, endsAt }: TrackedChange, now: number): boolean {
  return state === "applied" && endsAt !== undefined && endsAt < now;
}

/** How it came to its end. */
export function sayPast({ state, ended }: TrackedChange): string {
  if (state === "not-applied") return "never reached production";
  if (ended === undefined) return "no longer live";
  if (ended.how === "undone") return `undone by ${ended.by}`;
  if (ended.how === "superseded") return "ended beneath a later change";
  return ended.how === "replaced-by-others" ? "left to what others made of it" : "found changed by others";
}

/** Its effect was looked for, and is not what was wanted. */
export function isVain({ inEffect, helped }: TrackedChange): boolean {
  return inEffect?.verdict === "no" || helped?.verdict === "no-effect" || helped?.verdict === "not-enough";
}

/** What a person must know of one beside its row. */
export function sayRemarks(tracked: TrackedChange, now: number, live: Live | undefined): string[] {
  const { endsAt, kept, state } = tracked;
  // what others made of it was read and recorded; what was read just now counts more
  const drift = state === "applied" ? sayDrift(tracked, now) : undefined;
  const found = live === undefined || "error" in live ? drift : sayLive(tracked, live, drift);
  const over = isOverdue(tracked, now) ? [`its time was over at ${sayBrief(endsAt!, now)}`] : [];
  return [
    ...over,
    ...(found === undefined ? [] : [found]),
    ...(kept === undefined ? [] : [`kept: ${kept}`]),
    ...(isVain(tracked) ? [sayProof(tracked)] : []),
  ];
}

function sayLive(tracked: TrackedChange, live: Exclude<Live, { error: string }>, drift?: string): string | undefined {
  if ("beneath" in live) return `beneath ${live.beneath}`;
  const { state, change } = tracked;
  const value = sayShort(live.value);
  if (state !== "in-doubt") {
    const until = settlesAt(tracked, live);
    if (until !== undefined) return `now ${value}: not everywhere yet, until ${sayMoment(until, live.at)}`;
    if (!isForeign(tracked, live)) return undefined;
    const isKnown = drift !== undefined && sameValue(tracked.drifted!.live, live.value);
    const hint = isKnown ? tracked.drifted!.hint : hintOf(tracked, live);
    return `${isKnown ? drift : `changed since by somebody else: now ${value}`}${hint === undefined ? "" : `; ${hint}`}`;
  }
  if (sameValue(live.value, change.after)) return `now ${value}, as intended`;
  return `now ${value}, ${sameValue(live.value, change.before) ? "as before" : "neither as before nor as intended"}`;
}

/** Why it was made, and what is known of its effect, where its row does not say it. */
export function sayDetail(tracked: TrackedChange, now: number): string {
  const { change, plan, state, result, inEffect, helped } = tracked;
  const why = `${sayKind(change)}${plan.reason === "" ? "" : `: ${plan.reason}`}`;
  if (state === "in-doubt") {
    const what = result !== undefined && "unknown" in result ? `: ${result.why}` : "";
    return `${why}; nobody saw whether it was written${what}. llmops watch --once settles it by reading.`;
  }
  const at = helped?.at ?? inEffect?.at;
  const looked = at === undefined ? "" : `last looked at ${sayMoment(at, now)}`;
  if (isVain(tracked)) return `${why}; ${looked}`;
  return `${why}; ${[sayProof(tracked), looked].filter((text) => text !== "").join(", ")}`;
}

/** Only what was read is claimed. */
function sayProof({ inEffect, helped, plan }: TrackedChange): string {
  const effect = inEffect === undefined ? "effect not looked at" : sayInEffect[inEffect.verdict].replace(/^is /, "");
  // where nothing was named that it should help, its effect is all there is to know; and without an effect nothing helps
  const isAll = inEffect?.verdict === "no" || (plan.verify === undefined && helped?.verdict !== "helped");
  if (isAll) return `read back; ${effect}`;
  const help = helped?.verdict === "unproven" ? "help not proven" : helped && sayVerdict[helped.verdict];
  return `read back; ${effect}; ${help ?? "help not yet known"}`;
}
