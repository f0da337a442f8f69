import { didYouMean, exit, UserError } from "../errors.ts";
import type { Chosen } from "../mitigations/mitigation.ts";
import type { Target } from "../targets/target.ts";
import type { Dimension, Scope } from "../timeline/scope.ts";
import { dimensions } from "../timeline/scope.ts";
import { sameValue } from "../timeline/value.ts";
import type { Lever, Setting } from "../timeline/setting.ts";
import { sayFigure } from "../timeline/figure.ts";
import type { Context } from "./context.ts";

/** A lever with the target that offers it. */
export interface Offer {
  name: string;
  target: Target;
  lever: Lever;
}

/** Where a setting can be changed: the one target of the project that offers it, or the one asked for. */
export async function findOffer(setting: Setting, context: Context, named?: string): Promise<Offer | undefined> {
  const names = context.targets().map(({ name }) => name);
  if (named !== undefined && !names.includes(named))
    throw new UserError({
      what: `The project has no target ${JSON.stringify(named)}${didYouMean(named, names)}`,
      next: names.length === 0 ? "add one under targets: in llmops.yaml" : `one of: ${names.join(", ")}`,
      code: exit.usage,
    });
  const offers: Offer[] = [];
  for (const { name, open } of context.targets()) {
    if (named !== undefined && named !== name) continue;
    const target = await open();
    const lever = target.levers.find((l) => l.setting === setting);
    if (lever !== undefined) offers.push({ name, target, lever });
  }
  return offers.length > 1 ? chooseOffer(setting, offers, context) : offers[0];
}

/** Nobody's order in a file decides where production is changed. */
async function chooseOffer(setting: Setting, offers: Offer[], context: Context): Promise<Offer> {
  const chosen = await context.choose({
    question: `Several targets offer ${setting}. Which one?`,
    choices: offers.map(({ name, target }) => ({ value: name, label: `${name}  ${target.says}` })),
    otherwise: "",
  });
  const offer = offers.find(({ name }) => name === chosen);
  if (offer !== undefined) return offer;
  throw new UserError({
    what: `Several targets offer ${setting}: ${offers.map(({ name }) => name).join(", ")}.`,
    next: "name the one that is meant: --target NAME, or target: in the runbook's step",
    code: exit.refused,
  });
}

/** What people do when no target offers it. */
export function sayNotOffered(mitigation: Chosen, named?: string): string {
  const where = named === undefined ? "No target of the project offers" : `The target ${named} does not offer`;
  return `${where} ${mitigation.setting}. By hand: ${mitigation.summary}`;
}

/** What one asks with for every value of a dimension. */
export const every = "*";

/** The scopes that the levers will really cover: their own dimensions, as asked, listed where all are meant, else asked for. */
export async function scopesOfLever(offer: Offer, asked: readonly Scope[], context: Context): Promise<Scope[]> {
  const scopes: Scope[] = [];
  for (const one of asked) {
    let made: Scope[] = [{}];
    for (const dimension of offer.lever.scope) {
      const names = await namesFor(dimension, one[dimension], offer, context);
      made = made.flatMap((scope) => names.map((name) => ({ ...scope, [dimension]: name })));
    }
    scopes.push(...made);
  }
  return scopes.filter(
    (scope, i) => scopes.findIndex((other) => sameValue({ is: { ...scope } }, { is: { ...other } })) === i,
  );
}

async function namesFor(
  dimension: Dimension,
  asked: string | undefined,
  offer: Offer,
  context: Context,
): Promise<string[]> {
  if (asked !== every) return [asked ?? (await context.pick(dimension, await candidates(dimension, offer, context)))];
  const listed = [...new Set((await offer.target.list?.(dimension)) ?? [])];
  if (listed.length > 0) return listed;
  throw new UserError({
    what: `${offer.name} cannot tell which ${dimension}s there are, so ${dimension}=* cannot be shown before it is done.`,
    next: `name each of them: --scope ${dimension}=A --scope ${dimension}=B`,
  });
}

/** Dimensions that were asked for and that the lever cannot be narrowed to. */
export function widerThan([asked = {}]: readonly Scope[], lever: Lever): Dimension[] {
  return dimensions.filter((d) => asked[d] !== undefined && asked[d] !== every && !lever.scope.includes(d));
}

/** Likeliest first: what the evidence points at, then what exists at the target. */
async function candidates(
  dimension: Dimension,
  offer: Offer,
  context: Context,
): Promise<{ name: string; note?: string }[]> {
  const measured = [...context.incident.measurements.values()]
    .map(({ last }) => last)
    .filter((m) => m.by === dimension)
    .flatMap((m) =>
      (m.parts ?? []).map((part) => ({
        name: part.name,
        note: `${part.share === undefined ? sayFigure(part.value, m.unit) : `${Math.round(part.share * 100)}%`} of ${m.label}`,
      })),
    );
  const listed = (await offer.target.list?.(dimension)) ?? [];
  // an empty label is nobody's name
  const seen = new Set(["", "(none)"]);
  return [...measured, ...listed.map((name) => ({ name }))].filter(({ name }) => !seen.has(name) && seen.add(name));
}
