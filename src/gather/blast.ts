import type { Blast, Share } from "../timeline/blast.ts";
import type { Dimension, Scope } from "../timeline/scope.ts";
import { findRoute, type Nowhere, type Route, type RouteFrom } from "./route.ts";
import { mostParts } from "./parts.ts";

const hourMs = 3_600_000;

export interface BlastAsk {
  signal: string;
  dimension: Dimension;
  scope: Scope;
  /** end of the window, ms since 1970 */
  at: number;
  /** left out: the usual window */
  windowMs?: number;
  /** the time before which all was well, ms since 1970: nothing later is compared with */
  calmUntil?: number;
}

/**
 * Divides the change of a signal since the same time yesterday (else: an hour ago) among the values of a dimension. What
 * does not add up by itself (ratios, latencies) is weighed with the calls of each value. Undefined: nothing here can tell.
 */
export async function blastRadius(ask: BlastAsk, from: RouteFrom): Promise<Blast | undefined> {
  const { signal, dimension, scope, at } = ask;
  const route = routeTo(signal, ask, from);
  if (route?.signal === undefined || route.split === undefined) return undefined;
  const weight = route.signal.additive ? undefined : routeTo("request_rate", ask, from, route.name);
  if (!route.signal.additive && weight === undefined) return undefined;
  const now = await valuesAt(at, route, weight);
  if (now === undefined) return undefined;
  for (const against of beforesOf(ask)) {
    const before = await valuesAt(against, route, weight);
    if (before === undefined || before.size === 0) continue;
    const { label, unit, worse } = route.signal;
    const divided = shareOutChange(now, before, worse === "down" ? -1 : 1);
    const { name: source } = route;
    return { signal, label, unit, dimension, scope, at, against, source, query: route.split.shown, ...divided };
  }
  return undefined;
}

/** Ends of windows to compare with, the best first: they do not overlap, and lie before the first sign. */
function beforesOf({ at, windowMs = 0, calmUntil = Infinity }: BlastAsk): number[] {
  const usual = [at - 24 * hourMs, at - Math.max(hourMs, windowMs)];
  const calm = usual.filter((time) => time <= calmUntil);
  return calm.length > 0 ? calm : [Math.min(calmUntil, at - windowMs)];
}

/**
 * How the change from one to the other divides; `sign` is that of the bad direction. What goes up and down by chance among
 * thousands of values cancels out: a part is one of what the whole moved by. Where one alone moved much further than the
 * whole, others went the other way: then parts are of all that rose.
 */
export function shareOutChange(
  now: ReadonlyMap<string, number>,
  before: ReadonlyMap<string, number>,
  sign: 1 | -1,
): Pick<Blast, "shares" | "count" | "values"> {
  const all = [...new Set([...now.keys(), ...before.keys()])].map((name) => {
    const [a, b] = [now.get(name) ?? 0, before.get(name) ?? 0];
    return { name, now: a, before: b, change: sign * (a - b) };
  });
  const whole = all.reduce((total, { change }) => total + change, 0);
  const rises = all.map(({ change }) => Math.max(0, change));
  const of = Math.max(...rises) > 1.5 * whole ? rises.reduce((sum, rise) => sum + rise, 0) : whole;
  if (whole <= 0) return { shares: [], count: 0, values: all.length };
  const shares = all
    .filter(({ change }) => change > 0)
    .map(({ change, ...one }): Share => ({ ...one, share: Math.min(1, change / of) }))
    .toSorted((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1));
  return { shares: shares.slice(0, mostParts), count: shares.length, values: all.length };
}

function routeTo(
  signal: string,
  { dimension, scope, windowMs }: BlastAsk,
  from: RouteFrom,
  source?: string,
): Route | undefined {
  const ask = {
    ask: { signal },
    by: dimension,
    ...(windowMs === undefined ? {} : { windowMs }),
    ...(source === undefined ? {} : { source }),
  };
  const route: Route | Nowhere = findRoute(ask, scope, Infinity, from);
  return "source" in route ? route : undefined;
}

/** value of the dimension → the signal, weighed; undefined: it could not be read. */
async function valuesAt(at: number, route: Route, weight: Route | undefined): Promise<Map<string, number> | undefined> {
  const [values, weights] = await Promise.all([split(route, at), weight === undefined ? undefined : split(weight, at)]);
  if (values === undefined || (weight !== undefined && weights === undefined)) return undefined;
  if (weights === undefined) return values;
  return new Map([...values].map(([name, value]) => [name, value * (weights.get(name) ?? 0)]));
}

async function split({ source, split: of }: Route, at: number): Promise<Map<string, number> | undefined> {
  const answer = await source.instant(of!.query, at);
  if ("error" in answer) return undefined;
  const values = new Map<string, number>();
  for (const { labels, value } of answer.data) {
    const name = labels[of!.label ?? ""] || "(none)";
    if (Number.isFinite(value)) values.set(name, (values.get(name) ?? 0) + value);
  }
  return values;
}
