import type { EvidenceAsk } from "../signals/evidence.ts";
import { fact, type EffectCheck, type Fact, type Plan, type SignalCheck } from "../timeline/event.ts";
import { sayFigure } from "../timeline/figure.ts";
import type { Measurement } from "../timeline/measurement.ts";
import type { ProbeCheck, Probed } from "../timeline/probe.ts";
import type { Scope } from "../timeline/scope.ts";
import { evaluate, idsOf, type Condition } from "./condition.ts";
import type { Context } from "./context.ts";
import { isDue, isProbe, isSignal, judgeProbe, probeOf, type Asked } from "./probe.ts";

/** What looking needs: to measure, and to know the runbook's evidence and outcomes. */
export interface Look {
  measure(id: string, ask: EvidenceAsk, scope?: Scope, sinceMs?: number): Promise<Measurement>;
  /** sends one request; left out: none may be sent now */
  probe?: ((check: ProbeCheck, deadlineMs?: number) => Promise<Probed>) | undefined;
  evidence(id: string): EvidenceAsk | undefined;
  outcome(id: string): string | undefined;
}

export interface Seen<V> {
  verdict: V;
  why: string;
  measurements: Measurement[];
}

type Effect = Seen<"yes" | "no" | "unknown">;

/**
 * Is the change visible from a second source: signals, and what one request showed? Yes where one that can be read says so
 * and none denies it; "unknown" where nothing shows it or nothing can be read.
 */
export async function lookAtEffect(
  plan: Pick<Plan, "effects">,
  look: Look,
  sinceMs?: number,
  asked: readonly Asked[] = [],
): Promise<Effect> {
  const check = probeOf(plan);
  const probed = check === undefined ? undefined : judgeProbe(check, asked);
  const signals = plan.effects.filter(isSignal);
  const measured = signals.length === 0 ? undefined : await lookAtSignals(signals, look, sinceMs);
  const votes = [measured, probed].filter((vote) => vote !== undefined);
  const verdict = (["no", "yes"] as const).find((word) => votes.some((vote) => vote.verdict === word)) ?? "unknown";
  const whys = votes.filter((vote) => vote.verdict === verdict).map(({ why }) => why);
  // what says nothing is no part of what says yes
  const shown = measured !== undefined && (verdict !== "yes" || measured.verdict === "yes");
  const nothing = ["nothing that is set up shows it", ...plan.effects.flatMap(sayCannot)].join("; ");
  return { verdict, why: whys.join("; ") || nothing, measurements: shown ? measured.measurements : [] };
}

function sayCannot(check: EffectCheck): string[] {
  return isProbe(check) && check.cannot !== undefined ? [`the probe ${check.probe} cannot: ${check.cannot}`] : [];
}

async function lookAtSignals(checks: readonly SignalCheck[], look: Look, sinceMs?: number): Promise<Effect> {
  const measurements = await Promise.all(
    checks.map(({ signal, scope, healthy }) => look.measure(signal, { ask: { signal }, healthy }, scope, sinceMs)),
  );
  const bad = measurements.find((m) => m.verdict === "unhealthy") ?? measurements.find((m) => m.verdict !== "healthy");
  const why = say(bad ?? measurements[0]!);
  const idle = measurements.find((m, i) => wasIdle(m, checks[i]!, sinceMs));
  if (bad === undefined && idle !== undefined)
    return { verdict: "unknown", why: `${idle.label} was 0 before, too: that proves nothing`, measurements };
  if (bad === undefined) return { verdict: "yes", why, measurements };
  return { verdict: bad.verdict === "unhealthy" ? "no" : "unknown", why, measurements };
}

/** Does the runbook's `verify` hold on fresh measurements? "unknown" where one of them has no data. */
export async function lookAtHelp(
  verify: Condition,
  look: Look,
  sinceMs?: number,
): Promise<Seen<"yes" | "no" | "unknown">> {
  const asked = idsOf(verify).flatMap((id) => {
    const ask = look.evidence(id);
    return ask === undefined ? [] : [{ id, ask }];
  });
  const measurements = await Promise.all(asked.map(({ id, ask }) => look.measure(id, ask, undefined, sinceMs)));
  const fresh = new Map(measurements.map((m) => [m.id, m.outcome as string]));
  const why = measurements.map((m) => `${m.id} ${say(m)}`).join("; ");
  if (evaluate(verify, (id) => fresh.get(id) ?? look.outcome(id))) return { verdict: "yes", why, measurements };
  const blind = measurements.some((m) => m.verdict === "no-data" || m.verdict === "error");
  return { verdict: blind ? "unknown" : "no", why, measurements };
}

/** What got better is the work of a change only when the change itself was seen in effect. */
export function notCredited(whyNot: string, seen: string): string {
  return `${seen}, but that is not credited to it: ${whyNot}`;
}

/** How long (ms) after a write had settled it may take until a window holds enough to read. */
export const readableWithinMs = 2 * 60_000;

/** The checks of what was so already, recorded like those of a change. `since`: when it was last written, if we did. */
export async function* checkNow(
  plan: Omit<Plan, "changes">,
  change: string,
  since: number | undefined,
  context: Context,
): AsyncGenerator<Fact, "not-enough" | "unproven", void> {
  const now = () => context.world.clock.now();
  const asked: Asked[] = [];
  let effect: Effect;
  for (;;) {
    const check = probeOf(plan);
    if (check !== undefined && context.probe !== undefined && isDue(asked, now())) {
      const probed = { ...(await context.probe(check)), when: "after" as const };
      yield fact("probed", { change, ...probed });
      asked.push({ ...probed, at: now() });
    }
    effect = await lookAtEffect(plan, context, since, asked);
    // somebody wrote it a moment ago: what was before that proves nothing either way
    if (since === undefined || effect.verdict === "yes" || plan.effects.length === 0) break;
    if (now() >= since + readableWithinMs) break;
    if ((await context.pause("It was changed a moment ago; looking again", 5000)) === "key") break;
  }
  yield fact("in-effect", { change, ...effect });
  if (plan.verify === undefined) return "unproven";
  const { verdict, ...seen } = await lookAtHelp(plan.verify as Condition, context, since);
  const outcome = verdict === "no" ? "not-enough" : "unproven";
  const why = verdict === "yes" ? notCredited("it was so before, and nothing was written", seen.why) : seen.why;
  yield fact("helped", { change, verdict: outcome, ...seen, why });
  return outcome;
}

/**
 * Nothing was to be stopped: what is asked to be zero was zero before, too. The trend is of the last hour: of a change that
 * is older, or not ours, it does not tell what was before.
 */
function wasIdle({ trend, at }: Measurement, { healthy }: SignalCheck, sinceMs = -Infinity): boolean {
  if (at - sinceMs > 3_600_000) return false;
  const stops = healthy.kind === "bound" && healthy.bound.operator === "<=" && healthy.bound.number === 0;
  return stops && trend !== undefined && trend.every((value) => value === null || value === 0);
}

function say(m: Measurement): string {
  const value = m.value === undefined ? m.verdict : sayFigure(m.value, m.unit);
  const partial = m.warnings === undefined ? "" : " (the answer may be partial)";
  return `${m.label} ${value}, ${m.why}${partial}`;
}
