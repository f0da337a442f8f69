import { UserError } from "../errors.ts";
import type { Chosen, Effect } from "../mitigations/mitigation.ts";
import type { Read } from "../targets/target.ts";
import type { EffectCheck, Odd, Plan, PlannedRead } from "../timeline/event.ts";
import type { Expected, ProbeCheck } from "../timeline/probe.ts";
import { dimensions, type Dimension, type Scope } from "../timeline/scope.ts";
import { holdsSecret } from "../timeline/clean.ts";
import type { Change, Lever } from "../timeline/setting.ts";
import type { Context } from "./context.ts";
import type { Draft } from "./draft.ts";
import { every, widerThan, type Offer } from "./lever.ts";
import type { MitigateBody } from "./mitigateSchema.ts";

/** How long a mitigation may take to show its effect and its help, unless the runbook says. */
const defaultWithinMs = 10 * 60_000;

interface Making {
  mitigation: Chosen;
  offer: Offer;
  params: unknown;
  asked: readonly Scope[];
  body: MitigateBody;
  /** all levers that are meant, and those of them that are to be written */
  drafts: readonly Draft[];
  wanted: readonly Draft[];
}

/** All of the plan but its changes, whose ids are drawn when it is recorded. */
export async function planOf(making: Making, context: Context): Promise<Omit<Plan, "changes">> {
  const { mitigation, offer, asked, body, drafts, wanted } = making;
  const { lever } = offer;
  const shown = wanted.length === 0 ? drafts : wanted;
  const lastsMs = body.forMs ?? context.defaultForMs;
  const ends =
    lastsMs === undefined
      ? undefined
      : { at: context.world.clock.now() + lastsMs, how: mitigation.atEnd, by: await context.watcher() };
  const scopes = shown.map(({ scope }) => scope);
  const all = dimensions.filter((d) => lever.scope.includes(d) && asked.some((scope) => scope[d] === every));
  const odd = [...shown.flatMap((draft) => draft.odd), ...(await oddBeside(making, context))];
  return {
    reads: shown.map(({ read, beneath }) => ({ ...readOf(read, lever), beneath })),
    ...(all.length === 0 ? {} : { all }),
    ...(odd.length === 0 ? {} : { odd: odd.filter((one, i) => odd.findIndex(({ why }) => why === one.why) === i) }),
    wider: await Promise.all(widerThan(asked, lever).map((d) => sayWider(d, scopes, offer, context))),
    ...(ends === undefined ? {} : { ends }),
    effects: lever.enforced ? await effectsOf(shown, making, context) : [],
    ...(body.verify === undefined || !context.canMeasure ? {} : { verify: body.verify }),
    withinMs: body.withinMs ?? defaultWithinMs,
    reason: context.reason,
  };
}

/** Who answered the read that a plan stands on, and what the lever can do. */
export function readOf(
  { identity, at, version, place, notes }: Exclude<Read, { error: string }>,
  { conditional, enforced, settles, restart, restartByHand }: Lever,
): PlannedRead {
  return {
    identity,
    at,
    conditional: conditional && version !== null,
    enforced,
    settles,
    ...(place === undefined ? {} : { place }),
    ...(notes === undefined ? {} : { notes }),
    ...(restart === undefined ? {} : { restart }),
    ...(restartByHand === undefined ? {} : { restartByHand }),
  };
}

export function unreadable({ error, next, missing, nearest = [] }: Extract<Read, { error: string }>): UserError {
  const near = nearest.length === 0 ? "" : ` There are: ${nearest.join(", ")}.`;
  const otherwise = missing === true ? "name another scope" : "see that the target answers, or change it by hand";
  return new UserError({ what: `${error.replace(/\.$/, "")}.${near}`, next: next ?? otherwise });
}

/** Said before the question: what an older program does not understand of an incident may be just the change it would undo. */
export function refuseNewer({ incident }: Context): void {
  if (!incident.newer) return;
  throw new UserError({
    what: "A newer llmops wrote to this incident; this one does not understand all of it and changes nothing for it.",
    next: "update llmops, or change it by hand",
  });
}

/** The record holds no secret, and what the record does not hold nobody could undo. */
export function refuseSecrets(
  change: Pick<Change, "setting" | "scope" | "before" | "after">,
  { world }: Pick<Context, "world">,
): void {
  if (!holdsSecret(change, world.secrets)) return;
  throw new UserError({
    what: `${change.setting} holds what looks like a secret: it could not be recorded, and so not be undone from the record.`,
    next: "change it by hand, and note who did and when",
  });
}

/** A cap that makes no sense beside what flows now, where that can be read. */
async function oddBeside({ mitigation, params, wanted }: Making, context: Context): Promise<Odd[]> {
  const { odd } = mitigation;
  if (odd === undefined || !context.canMeasure) return [];
  const { signal } = odd;
  const found = await Promise.all(
    wanted.map(async ({ scope }) => {
      const { value } = await context.measure("flows", { ask: { signal } }, scope);
      return value === undefined ? undefined : odd.why(params, value);
    }),
  );
  return found.filter((one) => one !== undefined);
}

/** How many values of a dimension the lever takes along, where the evidence can count them. */
async function sayWider(
  dimension: Dimension,
  scopes: readonly Scope[],
  { lever }: Offer,
  context: Context,
): Promise<Plan["wider"][number]> {
  const [scope = {}] = scopes;
  if (scopes.length > 1) return { dimension, lever: `${lever.setting} of these ${scopes.length}` };
  const name = `${lever.setting} of ${lever.scope.map((d) => scope[d]).join(", ") || "everything"}`;
  const counted = await context.measure("wider", { ask: { signal: "request_rate" }, by: dimension }, scope);
  return counted.partCount === undefined
    ? { dimension, lever: name }
    : { dimension, lever: name, values: counted.partCount };
}

/** How each change is seen: by signals where there is a source, and by one request where there is a probe. */
async function effectsOf(shown: readonly Draft[], making: Making, context: Context): Promise<EffectCheck[]> {
  const { mitigation } = making;
  const of = (i: number) => (i === 0 ? {} : { of: i });
  const found = shown.map(async ({ scope, read, after }, i) => {
    const change = { before: read.value, after, scope };
    const signals = context.canMeasure ? mitigation.effect(change) : [];
    const probe = await probeCheck(mitigation.probe?.(change), scope, making, context);
    return [...signals.map((effect) => checkOf(effect, scope)), ...probe].map((check) => ({ ...of(i), ...check }));
  });
  return (await Promise.all(found)).flat();
}

/** The request asks on behalf of what the change covers, and else of whoever the incident is about. */
async function probeCheck(
  expect: Expected | undefined,
  lever: Scope,
  { offer }: Making,
  context: Context,
): Promise<ProbeCheck[]> {
  const probe = expect === undefined ? undefined : context.probeFor(offer.name);
  if (expect === undefined || probe === undefined) return [];
  const around = Object.entries(context.scope).filter(([, value]) => value !== every);
  const scope: Scope = { ...Object.fromEntries(around), ...lever };
  const cannot = probe.cannot(expect, lever, scope);
  const compared = "refused" in expect && probe.compares;
  return [
    {
      probe: probe.name,
      scope,
      expect: await withAliases(expect, context),
      ...(compared ? { before: true as const } : {}),
      ...(cannot === undefined ? {} : { cannot }),
    },
  ];
}

/** A gateway may report a model by another of its names. */
async function withAliases(expect: Expected, context: Context): Promise<Expected> {
  if (!("reports" in expect) || expect.reports !== "model") return expect;
  const models = await context.models();
  const names = (given: string[]) => [
    ...new Set(given.flatMap((name) => [name, ...(models.get(name)?.aliases ?? [])])),
  ];
  return { ...expect, is: names(expect.is), was: names(expect.was) };
}

function checkOf({ signal, scope, healthy }: Effect, lever: Scope): EffectCheck {
  return { signal, scope: { ...lever, ...scope }, healthy: { kind: "bound", bound: healthy } };
}
