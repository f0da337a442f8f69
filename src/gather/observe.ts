import { settledAt, settlingChanges } from "../timeline/changes.ts";
import { fact, type Fact, type Facts } from "../timeline/event.ts";
import type { Incident, TrackedChange } from "../timeline/incident.ts";
import type { Condition } from "../steps/condition.ts";
import { isDue, probeOf, type Asked } from "../steps/probe.ts";
import { lookAtEffect, lookAtHelp, notCredited, type Look } from "../steps/verify.ts";
import type { Clock } from "../world/clock.ts";

/** A change that is not visible this long (ms) after it settled is without effect. */
export const visibleWithinMs = 3 * 60_000;

/** What one look says about one change. */
export interface Seen {
  change: string;
  facts: Fact[];
}

/**
 * Looks once at every live change whose verdict is still to come, and says what can be said by now: in effect, helped, and
 * with it the end of the step. Reads only.
 */
export async function observe(
  incident: Incident,
  clock: Pick<Clock, "now" | "steady">,
  look: (tracked: TrackedChange) => Look,
): Promise<Seen[]> {
  return Promise.all(
    settlingChanges(incident).map(async (tracked) => ({
      change: tracked.change.id,
      facts: await observeOne(tracked, incident.probed.get(tracked.change.id) ?? [], clock, look(tracked)),
    })),
  );
}

/** What nobody else has said meanwhile, of changes that are still live. */
export function stillNews(seen: readonly Seen[], incident: Incident): Fact[] {
  const open = new Map(settlingChanges(incident).map((tracked) => [tracked.change.id, tracked]));
  return seen.flatMap(({ change, facts }) => {
    const tracked = open.get(change);
    if (tracked === undefined) return [];
    return facts.filter(({ type }) => type !== "in-effect" || tracked.inEffect === undefined);
  });
}

async function observeOne(
  tracked: TrackedChange,
  known: readonly Asked[],
  clock: Pick<Clock, "now" | "steady">,
  look: Look,
): Promise<Fact[]> {
  const { plan, change, step } = tracked;
  const [now, since] = [clock.now(), settledAt(tracked, clock)!];
  if (now < since) return [];
  const facts: Fact[] = [];
  const say = (more: Fact) => facts.push({ ...more, ...(step === undefined ? {} : { step }) });

  let inEffect: InEffect | undefined = tracked.inEffect;
  if (inEffect === undefined) {
    const check = probeOf(plan);
    const asked = [...known];
    if (check !== undefined && look.probe !== undefined && isDue(known, now)) {
      const probed = { ...(await look.probe(check)), when: "after" as const };
      say(fact("probed", { change: change.id, ...probed }));
      asked.push({ ...probed, at: now });
    }
    const seen = await lookAtEffect(plan, look, since, asked);
    const late = plan.effects.length === 0 || now >= since + Math.min(visibleWithinMs, plan.withinMs);
    if (seen.verdict !== "yes" && !late) return facts;
    inEffect = seen;
    say(fact("in-effect", { change: change.id, ...seen }));
  }
  const verdict = await decideHelp(inEffect, tracked, since, now, look);
  if (verdict === undefined) return facts;
  say(fact("helped", { change: change.id, ...verdict }));
  if (step !== undefined) say(fact("step-ended", { outcome: verdict.verdict }));
  return facts;
}

type InEffect = Pick<NonNullable<TrackedChange["inEffect"]>, "verdict" | "why">;

async function decideHelp(
  inEffect: InEffect,
  { plan }: TrackedChange,
  since: number,
  now: number,
  look: Look,
): Promise<Omit<Facts["helped"], "change"> | undefined> {
  if (inEffect.verdict === "no") return { verdict: "no-effect", why: inEffect.why, measurements: [] };
  if (plan.verify === undefined) {
    const why =
      inEffect.verdict === "yes"
        ? "in effect; nothing was named that it should help"
        : "nothing that is set up shows it";
    return { verdict: "unproven", why, measurements: [] };
  }
  const seen = await lookAtHelp(plan.verify as Condition, look, since);
  const { why, measurements } = seen;
  if (seen.verdict === "yes" && inEffect.verdict === "yes") return { verdict: "helped", why, measurements };
  if (seen.verdict === "yes") return { verdict: "unproven", why: notCredited(inEffect.why, why), measurements };
  if (now < since + plan.withinMs) return undefined;
  return { verdict: seen.verdict === "no" ? "not-enough" : "unproven", why, measurements };
}
