import { observe, stillNews, visibleWithinMs } from "../gather/observe.ts";
import { readableWithinMs, type Look } from "../steps/verify.ts";
import { settledAt } from "../timeline/changes.ts";
import type { TrackedChange } from "../timeline/incident.ts";
import type { Recorder } from "../timeline/recorder.ts";
import type { World } from "../world/world.ts";
import type { Now } from "./project.ts";

/** How often (ms) it is looked whether a change helped, as in an incident. */
const lookEveryMs = 15_000;

export interface Waiting {
  /** so long (ms), in a `wait` until something can have changed */
  pause(ms: number): Promise<"elapsed">;
  /** until a verdict can have come */
  idle(ms: number): Promise<"elapsed">;
}

/**
 * How time passes in a rehearsal. What is measured stays as it is meanwhile: nothing comes of looking again before one of
 * the times that a change has to show itself is over, so that is how long one waits.
 */
export function openWaiting(
  { world: { clock, interrupted }, recorder, now }: { world: World; recorder: Recorder; now(): Now },
  lookFor: (tracked: TrackedChange) => Look,
): Waiting {
  let lookedAt = clock.now();
  const untilNews = () => {
    const moments = recorder.incident.changes.flatMap((tracked) => {
      const settled = settledAt(tracked, clock) ?? NaN;
      return [0, readableWithinMs, visibleWithinMs, tracked.plan.withinMs].map((ms) => settled + ms);
    });
    return Math.min(...moments.filter((at) => at >= lookedAt)) - clock.now();
  };
  const pass = async (ms: number) => {
    await clock.sleep(ms, interrupted);
    lookedAt = clock.now();
    const seen = await observe(recorder.incident, clock, lookFor);
    await recorder.recordFrom((incident) => stillNews(seen, incident));
    return "elapsed" as const;
  };
  return {
    pause(ms) {
      const { step, startedAt } = now();
      if (step?.kind !== "wait") return pass(ms);
      const left = startedAt + (step.body as { withinMs: number }).withinMs - clock.now();
      return pass(Math.max(ms, Math.min(untilNews(), left)));
    },
    idle(ms) {
      const quiet = untilNews();
      return pass(Math.max(ms, lookEveryMs, Number.isFinite(quiet) ? quiet : 0));
    },
  };
}
