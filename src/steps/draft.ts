import { limitIn } from "../mitigations/limit.ts";
import type { Chosen } from "../mitigations/mitigation.ts";
import type { Read } from "../targets/target.ts";
import { liveOn } from "../timeline/changes.ts";
import type { Odd, PlannedRead } from "../timeline/event.ts";
import type { Dimension, Scope } from "../timeline/scope.ts";
import { absent, sameValue, type Value } from "../timeline/value.ts";
import type { Context } from "./context.ts";
import { settleDoubts } from "./doubt.ts";
import { scopesOfLever, type Offer } from "./lever.ts";
import { checkName } from "./names.ts";
import { refuseSecrets, unreadable } from "./plan.ts";

/** One lever as it was found, and what is to become of it. */
export interface Draft {
  scope: Scope;
  read: Exclude<Read, { error: string }>;
  after: Value;
  /** nothing is to be written */
  already: boolean;
  /** because what is live goes further than what was asked for: a cap that is lower */
  stricter: boolean;
  beneath: NonNullable<PlannedRead["beneath"]>;
  odd: Odd[];
}

/** Reads every lever that is meant, after what is in doubt there is settled. Nothing is planned on what cannot be read. */
export async function readLevers(
  at: { mitigation: Chosen; offer: Offer; params: unknown; asked: readonly Scope[] },
  context: Context,
): Promise<Draft[]> {
  const drafts: Draft[] = [];
  for (const scope of await scopesOfLever(at.offer, at.asked, context))
    drafts.push(await readLever(scope, at, context));
  return drafts;
}

async function readLever(
  scope: Scope,
  { mitigation, offer, params }: { mitigation: Chosen; offer: Offer; params: unknown },
  context: Context,
): Promise<Draft> {
  await settleDoubts({ ...offer, scope }, context);
  const read = await offer.target.read(mitigation.setting, scope);
  if ("error" in read) throw unreadable(read);
  const odd: (Odd | undefined)[] = [];
  if (read.fresh === true && scope.route !== undefined)
    odd.push(await checkName("route", scope.route, { offer, scope }, context));
  const after = mitigation.change(read.value, params);
  const already = sameValue(read.value, after);
  const stricter = already && isBelow(read.value, mitigation.change(absent, params));
  if (!already) refuseSecrets({ setting: mitigation.setting, scope, before: read.value, after }, context);
  const named = already ? [] : Object.entries(mitigation.names?.(params) ?? {});
  for (const [dimension, names] of named)
    for (const name of names) odd.push(await checkName(dimension as Dimension, name, { offer, scope }, context));
  const lever = { target: offer.name, setting: mitigation.setting, scope };
  const beneath = liveOn(lever, await context.incidents());
  return { scope, read, after, already, stricter, beneath, odd: odd.filter((one) => one !== undefined) };
}

function isBelow(now: Value, wanted: Value): boolean {
  const [a, b] = [limitIn(now), limitIn(wanted)];
  return a !== undefined && b !== undefined && a < b;
}
