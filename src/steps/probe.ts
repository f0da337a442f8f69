import { atMost } from "../world/turns.ts";
import { fact, type EffectCheck, type Fact, type Facts, type Plan, type SignalCheck } from "../timeline/event.ts";
import type { ProbeCheck, Probed } from "../timeline/probe.ts";
import type { Change } from "../timeline/setting.ts";
import type { Context } from "./context.ts";

/** A request that was sent, when it is on the timeline. */
export type Asked = Omit<Facts["probed"], "change"> & { at: number };

/** How long (ms) after the one before another request may be sent; each costs a call, so there are no more than these. */
const pausesMs = [0, 15_000, 60_000];

/** So many requests are sent after a write, at most. */
export const mostAsked = pausesMs.length;

/** Nobody waits longer (ms) for what is only to be compared with: a kill switch must not wait for a gateway that hangs. */
const beforeMs = 3000;

export function isProbe(check: EffectCheck): check is ProbeCheck {
  return "probe" in check;
}

export function isSignal(check: EffectCheck): check is SignalCheck {
  return !isProbe(check);
}

/** The one request that shows a change, where there is one. */
export function probeOf({ effects }: Pick<Plan, "effects">): ProbeCheck | undefined {
  return effects.filter(isProbe).find(({ cannot }) => cannot === undefined);
}

/** Is it time to send it (again)? Never after it showed what was expected. */
export function isDue(asked: readonly Asked[], now: number): boolean {
  const after = asked.filter(({ when }) => when === "after");
  const pause = pausesMs[after.length];
  const last = after.at(-1);
  return pause !== undefined && last?.verdict !== "yes" && now >= (last?.at ?? 0) + pause;
}

/** What the last request shows. A refusal without a reason proves nothing where the same was refused before. */
export function judgeProbe(
  { before }: ProbeCheck,
  asked: readonly Asked[],
): { verdict: Probed["verdict"]; why: string } | undefined {
  const last = asked.findLast(({ when }) => when === "after");
  if (last === undefined) return undefined;
  const said = `through ${last.probe} ${last.why}`;
  if (last.verdict !== "yes" || before === undefined) return { verdict: last.verdict, why: said };
  const first = asked.find(({ when }) => when === "before");
  if (first?.verdict === "no") return { verdict: "yes", why: `${said}; before the write ${first.why}` };
  const unlike = first === undefined ? "nobody asked before the write" : `before the write ${first.why}`;
  return { verdict: "unknown", why: `${said}, but that proves nothing: ${unlike}` };
}

/** Right before the write: the same requests, where only a comparison tells something. All at once, and not for long. */
export async function* askBefore(
  { effects }: Pick<Plan, "effects">,
  changes: readonly Change[],
  { probe }: Pick<Context, "probe">,
): AsyncGenerator<Fact, void, void> {
  if (probe === undefined) return;
  const inTurn = atMost(8);
  const checks = effects.filter(isProbe).filter((check) => check.before === true && check.cannot === undefined);
  const asked = await Promise.all(
    checks.map(async (check) => ({ check, probed: await inTurn(() => probe(check, beforeMs)) })),
  );
  for (const { check, probed } of asked)
    yield fact("probed", { change: changes[check.of ?? 0]!.id, when: "before", ...probed });
}
