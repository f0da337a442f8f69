import { didYouMean, exit, UserError } from "../errors.ts";
import type { Mitigation } from "../mitigations/mitigation.ts";
import type { Target } from "../targets/target.ts";
import type { Dimension, Scope } from "../timeline/scope.ts";
import { dimensions } from "../timeline/scope.ts";
import type { Lever, Setting } from "../timeline/setting.ts";
import { sayFigure } from "../timeline/figure.ts";
import type { Context } from "./context.ts";

/** A lever with the target that offers it. */
export interface Offer {
  name: string;
  target: Target;
  lever: Lever;
}

/** Where a setting can be changed: the first target of the project that offers it, or the one asked for. */
export async function findOffer(setting: Setting, context: Context, named?: string): Promise<Offer | undefined> {
  const names = context.targets().map(({ name }) => name);
  if (named !== undefined && !names.includes(named))
    throw new UserError({
      what: `The project has no target ${JSON.stringify(named)}${didYouMean(named, names)}`,
      next: names.length === 0 ? "add one under targets: in llmops.yaml" : `one of: ${names.join(", ")}`,
      code: exit.usage,
    });
  for (const { name, open } of context.targets()) {
    if (named !== undefined && named !== name) continue;
    const target = await open();
    const lever = target.levers.find((l) => l.setting === setting);
    if (lever !== undefined) return { name, target, lever };
  }
  return undefined;
}

/** What people do when no target offers it. */
export function sayNotOffered(mitigation: Mitigation, named?: string): string {
  const where = named === undefined ? "No target of the project offers" : `The target ${named} does not offer`;
  return `${where} ${mitigation.setting}. By hand: ${mitigation.summary}`;
}

/** The scope that the lever will really cover: its own dimensions, from the incident where known, else asked for. */
export async function scopeOfLever(offer: Offer, asked: Scope, context: Context): Promise<Scope> {
  const scope: { [D in Dimension]?: string } = {};
  for (const dimension of offer.lever.scope)
    scope[dimension] = asked[dimension] ?? (await context.pick(dimension, await candidates(dimension, offer, context)));
  return scope;
}

/** Dimensions that were asked for and that the lever cannot be narrowed to. */
export function widerThan(asked: Scope, lever: Lever): Dimension[] {
  return dimensions.filter((d) => asked[d] !== undefined && !lever.scope.includes(d));
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
  const seen = new Set<string>();
  return [...measured, ...listed.map((name) => ({ name }))].filter(({ name }) => !seen.has(name) && seen.add(name));
}
