import { exit, messageOf, UserError } from "../errors.ts";
import type { Target } from "../targets/target.ts";
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
  yield fact("intended", { change, deadlineMs: writeDeadlineMs });
  const result = await target
    .write(change)
    .catch((thrown: unknown): Written => ({ unknown: true, why: messageOf(thrown) }));
  yield fact("written", { change: change.id, result });
  if ("refused" in result)
    throw new UserError({ what: result.why, next: "mend the cause and try again, or change it by hand" });
  if ("conflict" in result)
    throw new UserError({ what: sayConflict(change, result), next: "plan it again", code: exit.conflict });
  const seen = await readBack(change, target, lever, "unknown" in result, context);
  yield fact("read-back", seen);
  if (seen.as === "applied") return;
  if (seen.as === "not-applied") throw new UserError({ what: seen.why!, next: "plan it again, or change it by hand" });
  throw new UserError({ what: seen.why!, changed: "unknown", code: exit.unknown, next: "llmops mitigation list" });
}

function sayConflict(change: Change, { live, why }: { live: Change["before"] | null; why: string }): string {
  const now = live === null ? "unknown" : sayValue(live);
  return `${why}: read ${sayValue(change.before)}, wanted ${sayValue(change.after)}, live is ${now}`;
}

/**
 * Reads until the wanted value is there, at most as long as a value may take: `settles` after an answered write, the
 * write's whole deadline after one that was not answered.
 */
async function readBack(
  change: Change,
  target: Target,
  lever: Lever,
  unanswered: boolean,
  context: Context,
): Promise<Facts["read-back"]> {
  const { clock } = context.world;
  const giveUp = clock.now() + Math.max(lever.settles, 2000) + (unanswered ? writeDeadlineMs : 0);
  for (;;) {
    const read = await target.read(change.setting, change.scope);
    const late = clock.now() >= giveUp;
    if (!("error" in read) && sameValue(read.value, change.after))
      return { change: change.id, value: read.value, version: read.version, as: "applied" };
    if (late && "error" in read)
      return {
        change: change.id,
        value: null,
        version: null,
        as: "unreadable",
        why: `it cannot be read back: ${read.error}`,
      };
    if (late && !("error" in read)) {
      const as = sameValue(read.value, change.before) ? "not-applied" : "other";
      const why = `the write was answered, yet ${sayValue(read.value)} is live instead of ${sayValue(change.after)}`;
      return { change: change.id, value: read.value, version: read.version, as, why };
    }
    await clock.sleep(500);
  }
}
