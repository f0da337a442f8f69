import { didYouMean, messageOf } from "../errors.ts";
import { shorten } from "../harmless.ts";
import { windowOf } from "../queries/rewrite.ts";
import type { EvidenceAsk } from "../signals/evidence.ts";
import { prepare, prepareText, type Asking, type Prepared } from "../signals/prepare.ts";
import type { Query, Stack } from "../signals/stack.ts";
import type { Language, Source } from "../sources/source.ts";
import type { Scope } from "../timeline/scope.ts";

/** A source of the project as measuring needs it. */
export interface Readable {
  name: string;
  language: Language;
  open(): Source;
}

/** Where an ask goes: one source, its query, and the same query split where that was asked. */
export interface Route {
  name: string;
  source: Source;
  stack: Stack;
  /** the signal's entry; undefined for an expression of the author's own */
  signal: Query | undefined;
  windowMs: number;
  whole: Extract<Prepared, { query: unknown }>;
  split?: Extract<Prepared, { query: unknown }>;
}

export interface Nowhere {
  why: string;
  /** nothing here can compute it: no data; else a mistake in the ask: an error */
  missing: boolean;
}

export interface RouteFrom {
  sources: readonly Readable[];
  /** undefined: the project names no stack */
  stackFor(source: string): Stack | undefined;
  windowMs: number;
}

/** The first source that can answer, or why none can. `longestMs`: the window is cut to this. */
export function findRoute(ask: EvidenceAsk, scope: Scope, longestMs: number, from: RouteFrom): Route | Nowhere {
  if ("changesMs" in ask.ask) return { why: "nothing here tells what was changed", missing: true };
  if ("logql" in ask.ask) return { why: "no source here reads logs", missing: true };
  const language = "promql" in ask.ask ? "promql" : "sql" in ask.ask ? "sql" : undefined;
  const named = from.sources.filter((s) => ask.source === undefined || s.name === ask.source);
  if (named.length === 0 && ask.source !== undefined) {
    return {
      why: `there is no source ${ask.source}${didYouMean(
        ask.source,
        from.sources.map((s) => s.name),
      )}`,
      missing: false,
    };
  }
  const fitting = named.filter((s) => language === undefined || s.language === language);
  let first: Nowhere | undefined;
  for (const candidate of fitting) {
    const route = tryRoute(ask, scope, longestMs, candidate, from);
    if ("source" in route) return route;
    // what is wrong with the ask says more than that another source has nothing
    if (first === undefined || (first.missing && !route.missing)) first = route;
  }
  if (first !== undefined) return first;
  return {
    why:
      language === undefined
        ? "no source is set up"
        : `no source is set up that understands ${language === "sql" ? "SQL" : "PromQL"}`,
    missing: true,
  };
}

function tryRoute(
  ask: EvidenceAsk,
  scope: Scope,
  longestMs: number,
  candidate: Readable,
  from: RouteFrom,
): Route | Nowhere {
  const named = from.stackFor(candidate.name);
  const stack = named?.language === candidate.language ? named : bare(candidate.language);
  let source: Source;
  try {
    source = candidate.open();
  } catch (thrown) {
    return { why: shorten(messageOf(thrown), 300), missing: false };
  }
  const own = "promql" in ask.ask ? ask.ask.promql : "sql" in ask.ask ? ask.ask.sql : undefined;
  const usualMs =
    ask.windowMs ?? (own !== undefined && stack.language === "promql" ? windowOf(own) : undefined) ?? from.windowMs;
  const windowMs = Math.min(usualMs, longestMs);
  const keeps = own !== undefined && ask.windowMs === undefined && windowMs === usualMs && stack.language === "promql";
  const asking: Asking = {
    scope,
    ...(keeps ? {} : { windowMs }),
    ...(source.match === undefined ? {} : { match: source.match }),
  };
  const build = (more: Partial<Asking>): Prepared =>
    own === undefined
      ? prepare(stack, (ask.ask as { signal: string }).signal, { ...asking, ...more })
      : prepareText(stack, own, { ...asking, ...more });
  const whole = build({});
  if ("refused" in whole) return nowhere(whole);
  const split = ask.by === undefined ? undefined : build({ by: ask.by });
  if (split !== undefined && "refused" in split) return nowhere(split);
  const signal = "signal" in ask.ask ? stack.queries.get(ask.ask.signal) : undefined;
  return { name: candidate.name, source, stack, signal, windowMs, whole, ...(split === undefined ? {} : { split }) };
}

function nowhere({ refused, missing }: Extract<Prepared, { refused: string }>): Nowhere {
  return { why: shorten(refused, 300), missing: missing === true };
}

/** A source that no stack of its language is set for can still be asked in the author's own words. */
function bare(language: Language): Stack {
  return { name: "(none set)", language, queries: new Map(), catalogue: new Map(), label: () => undefined, labels: {} };
}
