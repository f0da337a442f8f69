import { nameOf, type Placed } from "../timeline/changes.ts";
import { sayBrief } from "../timeline/moment.ts";
import { isOverdue } from "./changeWords.ts";
import type { Paint } from "./paint.ts";
import { wrap } from "./wrap.ts";

/** What whoever starts to watch sees at once: how much there is, and what comes first. */
export function showWatching(placed: readonly Placed[], now: number, paint: Paint): string[] {
  const count = placed.length === 1 ? "one change" : placed.length === 0 ? "no change" : `${placed.length} changes`;
  const [next] = placed
    .flatMap((one) => (one.tracked.endsAt === undefined ? [] : [{ one, at: one.tracked.endsAt }]))
    .toSorted((a, b) => a.at - b.at);
  const end =
    next === undefined
      ? ""
      : isOverdue(next.one.tracked, now)
        ? `; the time of ${nameOf(next.one)} is over`
        : `; the next end is that of ${nameOf(next.one)} at ${sayBrief(next.at, now)}`;
  return wrap("", [`Watching: llmops has ${count} in production${end}. Ctrl-C leaves.`], paint, 2);
}
