import { exit, messageOf, UserError } from "../errors.ts";
import type { Read, Target } from "../targets/target.ts";
import { fact, type Fact, type Facts } from "../timeline/event.ts";
import type { Change, Lever, Written } from "../timeline/setting.ts";
import { sameValue, sayValue } from "../timeline/value.ts";
import type { Context } from "./context.ts";

/** A write that nobody answered may still arrive for this long (ms): a read and a write, 10 s each at most. */
export const writeDeadlineMs = 20_000;

/**
 * The only path to production: intent (durable when the yield returns) → one conditional write → read back.
 * What the write answered is never believed; what was read back is. Returns when the value was read back as wanted,
 * else a UserError says whether production changed.
 */
export async function* perform(
  change: Change,
  target: Target,
  lever: Lever,
  context: Context,
): AsyncGenerator<Fact, void, void> {
  if (context.incident.newer)
    throw new UserError({
      what: "A newer llmops wrote to this incident; this one does not understand all of it and changes nothing for it.",
      next: "update llmops, or change it by hand",
    });
  yield fact("intended", { change, deadlineMs: writeDeadlineMs });
  const result = await target
    .write(change)
    .catch((thrown: unknown): Written => ({ unknown: true, why: messageOf(thrown) }));
  yield fact("written", { change: change.id, result });
  if ("refused" in result)
    throw new UserError({ what: result.why, next: "mend the cause and try again, or change it by hand" });
  if ("conflict" in result)
    throw new UserError({ what: sayConflict(change, result), next: "plan it again", code: exit.conflict });
  const seen = await readBack(change, target, lever, context);
  yield fact("read-back", seen);
  if (seen.as === "applied") return;
  const what = "unknown" in result ? `${result.why}; ${seen.why!}` : seen.why!;
  if (seen.as === "not-applied") throw new UserError({ what, next: "plan it again, or change it by hand" });
  throw new UserError({ what, changed: "unknown", code: exit.unknown, next: "llmops mitigation list" });
}

function sayConflict(change: Change, { live, why }: { live: Change["before"] | null; why: string }): string {
  const now = live === null ? "unknown" : sayValue(live);
  return `${why}: read ${sayValue(change.before)}, wanted ${sayValue(change.after)}, live is ${now}`;
}

/**
 * Reads until the wanted value is there. A value that is still the old one may yet change for as long as the write can
 * arrive; only then was it certainly not applied. Any other value is somebody else's, or a lie: unknown.
 */
async function readBack(
  change: Change,
  target: Target,
  { settles }: Lever,
  context: Context,
): Promise<Facts["read-back"]> {
  const { clock } = context.world;
  const began = clock.now();
  for (;;) {
    const read = await target.read(change.setting, change.scope);
    const waited = clock.now() - began;
    if (!("error" in read) && sameValue(read.value, change.after))
      return { change: change.id, value: read.value, version: read.version, as: "applied" };
    const old = !("error" in read) && sameValue(read.value, change.before);
    if (waited >= (old ? writeDeadlineMs + settles : Math.max(settles, 2000))) return differs(change, read, old);
    await context.pause(old ? "Reading back: it still has the old value" : "Reading back", 500 * clock.speed);
  }
}

function differs(change: Change, read: Read, old: boolean): Facts["read-back"] {
  if ("error" in read) {
    const why = `what was written cannot be read back: ${read.error}`;
    return { change: change.id, value: null, version: null, as: "unreadable", why };
  }
  const why = `after the write ${sayValue(read.value)} is live instead of ${sayValue(change.after)}`;
  return { change: change.id, value: read.value, version: read.version, as: old ? "not-applied" : "other", why };
}
