import type { Project } from "../project.ts";
import { fact } from "../timeline/event.ts";
import type { Incident } from "../timeline/incident.ts";
import type { Measurement } from "../timeline/measurement.ts";
import type { Recorder } from "../timeline/recorder.ts";
import { dimensions } from "../timeline/scope.ts";
import type { World } from "../world/world.ts";

/**
 * As `recordBlast`, at most so long (ms) waited for: what comes later is recorded when it comes. It is worth knowing, and
 * not worth a failure.
 */
export async function recordBlastWithin(ms: number, ...asked: Parameters<typeof recordBlast>): Promise<void> {
  const [{ clock, interrupted }] = asked;
  const stop = new AbortController();
  const late = clock.sleep(ms * clock.speed, stop.signal).catch(() => {});
  await Promise.race([recordBlast(...asked).catch(() => {}), late]);
  stop.abort();
  interrupted.throwIfAborted();
}

/**
 * Records who makes the change, or is hurt by it: at the start as it is, at the end over the whole incident. Of the signal
 * that was unhealthy first, in the runbook's order; nothing where there was none, or where nothing can tell.
 */
async function recordBlast(
  world: World,
  project: Project,
  recorder: Recorder,
  when: "start" | "end",
  among: readonly Measurement[] = firstReadings(recorder.incident),
): Promise<void> {
  const { scope } = recorder.incident;
  const worst = among.find(
    ({ verdict, by, signal }) => verdict === "unhealthy" && by === undefined && signal !== undefined,
  );
  if (worst?.signal === undefined) return;
  const { signal } = worst;
  const open = dimensions.filter((dimension) => scope[dimension] === undefined);
  const { incident } = recorder;
  const calmUntil = firstSign(incident);
  const over = when === "end" ? spanOf(incident, calmUntil, world) : {};
  const { measureBlast } = await import("./meter.ts");
  const all = await Promise.all(
    open.map((dimension) => measureBlast(project, world, { signal, dimension, scope, calmUntil, ...over })),
  );
  const blasts = all.filter((one) => one !== undefined).filter(({ shares, values }) => shares.length > 0 && values > 1);
  if (blasts.length > 0) await recorder.record(fact("blast", { when, blasts }));
}

function firstReadings({ measurements }: Incident): Measurement[] {
  return [...measurements.values()].map(({ first }) => first);
}

/** A window longer than this costs the source more than it tells. */
const longestMs = 6 * 3_600_000;

/** ms; when the first alert began to fire, else when it was opened */
function firstSign({ alerts, openedAt }: Incident): number {
  return Math.min(openedAt, ...alerts.flatMap(({ startsAt }) => startsAt ?? []));
}

/** From the first sign to its end. */
function spanOf({ resolvedAt }: Incident, began: number, { clock }: World): { at: number; windowMs: number } {
  const at = resolvedAt ?? clock.now();
  return { at, windowMs: Math.min(longestMs, Math.max(60_000, Math.floor((at - began) / 60_000) * 60_000)) };
}
