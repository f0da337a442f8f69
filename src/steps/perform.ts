import { sayDuration } from "../duration.ts";
import { exit, messageOf, UserError } from "../errors.ts";
import type { Read, Target } from "../targets/target.ts";
import { liveOn } from "../timeline/changes.ts";
import { fact, type Fact, type Facts } from "../timeline/event.ts";
import type { Change, Lever, Written } from "../timeline/setting.ts";
import { sameValue, sayValue, type Value } from "../timeline/value.ts";
import { lastChanceMs } from "../world/lastChance.ts";
import type { Context } from "./context.ts";
import { holdSettled } from "./doubt.ts";
import { refuseNewer } from "./plan.ts";
import { restartReaders } from "./restart.ts";

/** A request is waited for so long (ms) at most; what nobody answered may still arrive for as long. */
const requestMs = 10_000;

/** From the intent on (ms): which place is it, what stands there, the write. */
export const writeDeadlineMs = 3 * requestMs;

/**
 * The only path to production: intent (durable when the yield returns) → one conditional write → read back.
 * What the write answered is never believed; what was read back is. Returns when the value was read back as wanted and,
 * where the lever asks for that, its readers were started anew; else a UserError says whether production changed.
 */
export async function* perform(
  change: Change,
  target: Target,
  lever: Lever,
  context: Context,
): AsyncGenerator<Fact, void, void> {
  refuseNewer(context);
  const spot = { target, name: change.target, lever, scope: change.scope };
  // since it was planned, somebody may have died or despaired here
  const lease = await holdSettled(spot, context);
  try {
    await refuseStale(change, context);
    if (!lease.isOurs()) throw tookOver(change);
    yield* write(
      change,
      { ...target, write: (one, cause) => (lease.isOurs() ? target.write(one, cause) : lost(one)) },
      lever,
      context,
    );
  } finally {
    await lease.release();
  }
  yield* restartReaders(change, target, lever, context);
}

function tookOver({ target, setting }: Change): UserError {
  return new UserError({
    what: `Somebody took away our lock on ${setting} of ${target}, and may be changing it now.`,
    next: "see who, then plan it again",
    code: exit.conflict,
  });
}

/** Between the intent and its write somebody took the lock away: he may have settled it as not applied. */
async function lost(change: Change): Promise<Written> {
  const { what, next } = tookOver(change);
  return { refused: true, why: what, ...(next === undefined ? {} : { next }) };
}

/** The value may be the one that was read, and another change's: what is restored later would be wrong. */
async function refuseStale(change: Change, context: Context): Promise<void> {
  const planned = context.incident.plans.get(change.id)?.reads[0]?.beneath;
  if (planned === undefined) return;
  const say = (found: typeof planned) => found.map((one) => `${one.incident} ${one.change}`).join(", ");
  const now = liveOn(change, await context.incidents());
  if (say(now) === say(planned)) return;
  const what = `The plan is stale: it found ${say(planned) || "no change of ours"} on ${change.setting}, and now there is ${say(now) || "none"}.`;
  throw new UserError({ what, next: "plan it again", code: exit.conflict });
}

async function* write(
  change: Change,
  target: Target,
  lever: Lever,
  context: Context,
): AsyncGenerator<Fact, void, void> {
  yield fact("intended", { change, deadlineMs: writeDeadlineMs, steady: context.world.clock.steady() });
  const { incident, reason, world } = context;
  const cause = { incident: incident.id, reason: world.secrets.hide(reason), by: world.user };
  const result = await told(target.write(change, cause), change, context).catch((thrown: unknown): Written => ({
    unknown: true,
    why: messageOf(thrown),
  }));
  yield fact("written", { change: change.id, result });
  if ("refused" in result)
    throw new UserError({
      what: result.why,
      next: result.next ?? "mend the cause and try again, or change it by hand",
    });
  if ("conflict" in result)
    throw new UserError({ what: sayConflict(change, result), next: "plan it again", code: exit.conflict });
  const { next, ...seen } = await readBack(change, { target, lever, context, pending: "pending" in result });
  yield fact("read-back", seen);
  if (seen.as === "applied") return;
  const what = "unknown" in result ? `${result.why}; ${seen.why!}` : seen.why!;
  if (seen.as === "not-applied") {
    const known = "unknown" in result ? result.next : undefined;
    throw new UserError({ what, next: known ?? "plan it again, or change it by hand" });
  }
  const look = "llmops mitigation list";
  throw new UserError({
    what,
    changed: "unknown",
    code: exit.unknown,
    next: next === undefined ? look : `${next}; then ${look}`,
  });
}

/** Who interrupts a write that is out is told at once what is waited for. */
async function told<T>(writing: Promise<T>, { id }: Change, { world, say }: Context): Promise<T> {
  const heard = () =>
    say(
      `! ${id} is being written: its answer is waited for, ${sayDuration(lastChanceMs)} at most.`,
      "  Ctrl-C again leaves at once, and it stays in doubt.",
    );
  world.interrupted.addEventListener("abort", heard, { once: true });
  try {
    return await writing;
  } finally {
    world.interrupted.removeEventListener("abort", heard);
  }
}

function sayConflict(change: Change, { live, why }: { live: Value | null; why: string }): string {
  if (live !== null && sameValue(live, change.before))
    return `${why}; ${change.setting} itself is ${sayValue(live)} as before`;
  const now = live === null ? "unknown" : sayValue(live);
  return `${why}: read ${sayValue(change.before)}, wanted ${sayValue(change.after)}, live is ${now}`;
}

interface Reading {
  target: Target;
  lever: Lever;
  context: Context;
  /** the other side said that it makes the change later */
  pending: boolean;
}

/**
 * Reads until the wanted value is there. A value that is still the old one may yet change for as long as the write can
 * arrive; only then was it certainly not applied, and not even then where a change for later was promised. Any other value
 * is somebody else's, or a lie: unknown.
 */
async function readBack(
  change: Change,
  { target, lever: { settles }, context, pending }: Reading,
): Promise<Facts["read-back"] & { next?: string }> {
  const { clock } = context.world;
  const written = clock.monotonic();
  for (;;) {
    // before the read: a write may arrive while it is answered
    const asked = clock.monotonic();
    const read = await target.read(change.setting, change.scope);
    if (!("error" in read) && sameValue(read.value, change.after))
      return { change: change.id, value: read.value, version: read.version, as: "applied" };
    const old = !("error" in read) && sameValue(read.value, change.before);
    const until = written + (old ? requestMs + settles : Math.max(settles, 2000));
    if (asked >= until) return differs(change, read, old, pending);
    await context.pause(old ? "Reading back: it still has the old value" : "Reading back", 500 * clock.speed);
  }
}

function differs(change: Change, read: Read, old: boolean, pending: boolean): Facts["read-back"] & { next?: string } {
  if ("error" in read) {
    const why = `what was written cannot be read back: ${read.error}`;
    const next = read.next === undefined ? {} : { next: read.next };
    return { change: change.id, value: null, version: null, as: "unreadable", why, ...next };
  }
  const why = `after the write ${sayValue(read.value)} is live instead of ${sayValue(change.after)}`;
  const as = old && !pending ? "not-applied" : "other";
  return { change: change.id, value: read.value, version: read.version, as, why };
}
