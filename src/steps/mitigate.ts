import { didYouMean, exit, UserError } from "../errors.ts";
import { mitigations } from "../mitigations/index.ts";
import type { Effect, Mitigation } from "../mitigations/mitigation.ts";
import { changesOn, lastSettled, nextChangeId } from "../timeline/changes.ts";
import { fact, type EffectCheck, type Plan } from "../timeline/event.ts";
import type { Dimension, Scope } from "../timeline/scope.ts";
import type { Change } from "../timeline/setting.ts";
import { sameValue, sayValue, type Value } from "../timeline/value.ts";
import type { Read } from "../targets/target.ts";
import { refersOf } from "./condition.ts";
import { settleDoubts } from "./doubt.ts";
import { findOffer, sayNotOffered, scopeOfLever, widerThan, type Offer } from "./lever.ts";
import { mitigateSchema, type MitigateBody } from "./mitigateSchema.ts";
import { askParameters } from "./parameters.ts";
import { readOf, unreadable } from "./plan.ts";
import { perform } from "./perform.ts";
import type { Context } from "./context.ts";
import { settling, type Step, type StepKind } from "./step.ts";
import { checkNow } from "./verify.ts";

/** How long a mitigation may take to show its effect and its help, unless the runbook says. */
const defaultWithinMs = 10 * 60_000;

export const mitigate: StepKind<MitigateBody> = {
  kind: "mitigate",
  summary: "changes one setting: planned, confirmed, written on condition, read back, proven, with an end",
  schema: mitigateSchema,
  example: `
id: clamp
title: Clamp output tokens
mitigate: { do: token-clamp, for: 30m, verify: { burn: healthy }, within: 10m }
`,
  outcomes: () => ["helped", "not-enough", "no-effect", "unproven", "not-offered", "declined", "failed"],
  refers: ({ verify }) => (verify === undefined ? [] : refersOf(verify, ["verify"])),
  run,
};

async function* run(step: Step<MitigateBody>, context: Context): ReturnType<StepKind["run"]> {
  const { body } = step;
  const mitigation = mitigations.find((m) => m.kind === body.do);
  if (mitigation === undefined) throw unknownMitigation(body.do);
  const target = body.target ?? context.target;
  const offer = await findOffer(mitigation.setting, context, target);
  if (offer === undefined) {
    context.say(sayNotOffered(mitigation, target));
    return "not-offered";
  }
  const params = await askParameters(mitigation, { ...context.defaults(mitigation.kind), ...body.with }, context);
  const asked = body.on === undefined ? context.scope : only(body.on, context.scope);
  const scope = await scopeOfLever(offer, asked, context);
  await settleDoubts({ ...offer, scope }, context);
  const read = await offer.target.read(mitigation.setting, scope);
  if ("error" in read) throw unreadable(read);

  const after = mitigation.change(read.value, params);
  const already = sameValue(read.value, after);
  const { lever, name } = offer;
  const planned = await planOf({ mitigation, offer, read, asked, scope, after, body }, context);
  let change!: Change;
  yield (incident) => {
    const { kind, setting } = mitigation;
    const values = { before: read.value, after, version: read.version };
    change = {
      id: already ? "already so" : nextChangeId(incident),
      mitigation: kind,
      target: name,
      setting,
      scope,
      ...values,
    };
    return fact("planned", { plan: { ...planned, changes: already ? [] : [change] } });
  };
  if (already) {
    context.say(`Already so: ${mitigation.setting} is ${sayValue(read.value)}. Nothing is written; the checks run.`);
    const known = changesOn(change, await context.incidents()).map(({ tracked }) => tracked);
    return yield* checkNow(planned, change.id, lastSettled(known), context);
  }
  const plan = { ...planned, changes: [change] };
  if (!(await context.consent(plan))) {
    yield fact("declined", { what: `${mitigation.kind} ${change.id}`, why: "not confirmed" });
    return "declined";
  }
  yield* perform(change, offer.target, lever, context);
  return settling;
}

interface Making {
  mitigation: Mitigation;
  offer: Offer;
  read: Exclude<Read, { error: string }>;
  asked: Scope;
  /** of the lever */
  scope: Scope;
  after: Value;
  body: MitigateBody;
}

/** All of the plan but its change, whose id is drawn when it is recorded. */
async function planOf(making: Making, context: Context): Promise<Omit<Plan, "changes">> {
  const { mitigation, offer, read, asked, scope, after, body } = making;
  const lastsMs = body.forMs ?? context.defaultForMs;
  const ends =
    lastsMs === undefined
      ? undefined
      : { at: context.world.clock.now() + lastsMs, how: mitigation.atEnd, by: await context.watcher() };
  const effects =
    offer.lever.enforced && context.canMeasure ? mitigation.effect({ before: read.value, after, scope }) : [];
  return {
    reads: [readOf(read, offer.lever)],
    wider: await Promise.all(widerThan(asked, offer.lever).map((d) => sayWider(d, scope, offer, context))),
    ...(ends === undefined ? {} : { ends }),
    effects: effects.map((effect) => checkOf(effect, scope)),
    ...(body.verify === undefined || !context.canMeasure ? {} : { verify: body.verify }),
    withinMs: body.withinMs ?? defaultWithinMs,
    reason: context.reason,
  };
}

/** How many values of a dimension the lever takes along, where the evidence can count them. */
async function sayWider(
  dimension: Dimension,
  scope: Scope,
  offer: Offer,
  context: Context,
): Promise<Plan["wider"][number]> {
  const lever = `${offer.lever.setting} of ${offer.lever.scope.map((d) => scope[d]).join(", ") || "everything"}`;
  const counted = await context.measure("wider", { ask: { signal: "request_rate" }, by: dimension }, scope);
  return counted.partCount === undefined ? { dimension, lever } : { dimension, lever, values: counted.partCount };
}

function checkOf({ signal, scope, healthy }: Effect, lever: Scope): EffectCheck {
  return { signal, scope: { ...lever, ...scope }, healthy: { kind: "bound", bound: healthy } };
}

function only(on: Dimension[], scope: Scope): Scope {
  return Object.fromEntries(on.flatMap((d) => (scope[d] === undefined ? [] : [[d, scope[d]]])));
}

function unknownMitigation(kind: string): UserError {
  const kinds = mitigations.map((m) => m.kind);
  const what = `There is no mitigation ${JSON.stringify(kind)}${didYouMean(kind, kinds)}`;
  return new UserError({ what, next: `one of: ${kinds.join(", ")}`, code: exit.usage });
}
