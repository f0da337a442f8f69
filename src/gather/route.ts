import { didYouMean, messageOf } from "../errors.ts";
import { shorten } from "../harmless.ts";
import { windowOfLogql } from "../queries/logqlRewrite.ts";
import { windowOfLogsql } from "../queries/logsql.ts";
import { windowOf } from "../queries/rewrite.ts";
import { signalOf } from "../signals/catalogue.ts";
import type { EvidenceAsk } from "../signals/evidence.ts";
import { prepare, prepareText, type Asking, type Prepared } from "../signals/prepare.ts";
import type { Signal, Stack } from "../signals/stack.ts";
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
  /** undefined for an expression of the author's own */
  signal: Signal | undefined;
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
  /** the signals of a source: the project's stack, for call records that of call records */
  stackFor(source: string): Stack | undefined;
  windowMs: number;
}

/** Metrics answer first, call records next, what other services compute last. */
const order: readonly Language[] = ["promql", "logql", "logsql", "sql", "signal"];
const spoken: Record<Exclude<Language, "signal">, string> = {
  promql: "PromQL",
  logql: "LogQL",
  logsql: "LogsQL",
  sql: "SQL",
};

/** The first source that can answer, or why none can. `longestMs`: the window is cut to this. */
export function findRoute(ask: EvidenceAsk, scope: Scope, longestMs: number, from: RouteFrom): Route | Nowhere {
  if ("changesMs" in ask.ask) return { why: "changes are told by no source", missing: true };
  const named = from.sources.filter((s) => ask.source === undefined || s.name === ask.source);
  if (named.length === 0 && ask.source !== undefined) {
    const names = from.sources.map((s) => s.name);
    return { why: `there is no source ${ask.source}${didYouMean(ask.source, names)}`, missing: false };
  }
  const { language, own } = wordsOf(ask.ask) ?? { language: ownLanguage(ask.ask, from), own: undefined };
  const fitting = named
    .filter((s) => language === undefined || s.language === language)
    .toSorted((a, b) => order.indexOf(a.language) - order.indexOf(b.language));
  let first: Nowhere | undefined;
  for (const candidate of fitting) {
    const route = tryRoute(ask, own, scope, longestMs, candidate, from);
    if ("source" in route) return route;
    // what is wrong with the ask says more than that another source has nothing
    if (first === undefined || (first.missing && !route.missing)) first = route;
  }
  return first ?? { why: sayNobody(language, ask.source), missing: true };
}

/** The author's own expression. */
function wordsOf(ask: EvidenceAsk["ask"]): { language: Exclude<Language, "signal">; own: string } | undefined {
  if ("promql" in ask) return { language: "promql", own: ask.promql };
  if ("logql" in ask) return { language: "logql", own: ask.logql };
  if ("logsql" in ask) return { language: "logsql", own: ask.logsql };
  return "sql" in ask ? { language: "sql", own: ask.sql } : undefined;
}

/** The language in which the project defines a signal itself; then nothing else answers it. */
function ownLanguage(ask: EvidenceAsk["ask"], { sources, stackFor }: RouteFrom): Language | undefined {
  if (!("signal" in ask)) return undefined;
  return sources.map(({ name }) => stackFor(name)?.queries.get(ask.signal)).find((query) => query?.own)?.language;
}

function sayNobody(language: Language | undefined, source: string | undefined): string {
  if (language === undefined) return "no source is set up";
  const does = language === "signal" ? "computes signals by itself" : `understands ${spoken[language]}`;
  return source === undefined ? `no source is set up that ${does}` : `${source} is no source that ${does}`;
}

function tryRoute(
  ask: EvidenceAsk,
  own: string | undefined,
  scope: Scope,
  longestMs: number,
  { name, language, open }: Readable,
  { stackFor, windowMs: usual }: RouteFrom,
): Route | Nowhere {
  const stack = stackFor(name) ?? bare;
  let source: Source;
  try {
    source = open();
  } catch (thrown) {
    return { why: shorten(messageOf(thrown), 300), missing: false };
  }
  const written = own === undefined ? undefined : windowOfText(language, own);
  const usualMs = ask.windowMs ?? written ?? usual;
  const windowMs = Math.min(usualMs, longestMs);
  const hasOwn = own !== undefined && (language === "promql" || written !== undefined);
  const keeps = hasOwn && ask.windowMs === undefined && windowMs === usualMs;
  const asking: Asking = {
    scope,
    language,
    ...(keeps ? {} : { windowMs }),
    ...(source.match === undefined ? {} : { match: source.match }),
    ...(source.labels === undefined ? {} : { labels: source.labels }),
    ...(source.signals === undefined ? {} : { computes: source.signals }),
  };
  const signal = "signal" in ask.ask ? ask.ask.signal : undefined;
  const build = (more: Partial<Asking>): Prepared =>
    own === undefined
      ? prepare(stack, signal!, { ...asking, ...more })
      : prepareText(stack, own, { ...asking, ...more });
  const whole = build({});
  if ("refused" in whole) return nowhere(whole);
  const split = ask.by === undefined ? undefined : build({ by: ask.by });
  if (split !== undefined && "refused" in split) return nowhere(split);
  const known = signal === undefined ? undefined : (stack.catalogue.get(signal) ?? signalOf(signal, {}));
  return { name, source, stack, signal: known, windowMs, whole, ...(split === undefined ? {} : { split }) };
}

function windowOfText(language: Language, text: string): number | undefined {
  if (language === "logql") return windowOfLogql(text);
  if (language === "logsql") return windowOfLogsql(text);
  return language === "promql" ? windowOf(text) : undefined;
}

function nowhere({ refused, missing }: Extract<Prepared, { refused: string }>): Nowhere {
  return { why: shorten(refused, 300), missing: missing === true };
}

/** A source without a stack can still be asked in the author's own words. */
const bare: Stack = {
  name: "",
  language: "promql",
  queries: new Map(),
  catalogue: new Map(),
  without: new Map(),
  common: [],
  label: () => undefined,
  labels: {},
  parts: new Set(),
};
