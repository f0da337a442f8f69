import { formatDuration, sayDuration } from "../duration.ts";
import { messageOf } from "../errors.ts";
import { harmless, shorten } from "../harmless.ts";
import type { EvidenceAsk } from "../signals/evidence.ts";
import type { Answer, Sample, Series } from "../sources/source.ts";
import type { Measurement } from "../timeline/measurement.ts";
import type { Scope } from "../timeline/scope.ts";
import { sayHealthy, type Healthy, type Verdict } from "../timeline/verdict.ts";
import type { Clock } from "../world/clock.ts";
import { mostParts, shareOut, singleOut } from "./parts.ts";
import { findRoute, type Route, type RouteFrom } from "./route.ts";
import { dataOf, judgeAll, lastingPoints, sayEmpty, type Judged, type Judging } from "./series.ts";

export interface MeasureAsk {
  /** id of the evidence, the step or the check */
  id: string;
  ask: EvidenceAsk;
  scope: Scope;
  /** end of the window, ms since 1970 */
  at: number;
  /** the window must not reach before this time, ms since 1970: when a change was written and had settled */
  sinceMs?: number;
}

export interface MeasureFrom extends RouteFrom {
  /** the project's objectives, by signal */
  objectives: Readonly<Record<string, Healthy>>;
  clock: Clock;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Reads one evidence or check: now, what is usual, and whether that is healthy. Never throws: what goes wrong is its verdict. */
export async function measure(asked: MeasureAsk, from: MeasureFrom): Promise<Measurement> {
  const began = from.clock.monotonic();
  const took = (measurement: Omit<Measurement, "tookMs">): Measurement => ({ ...measurement, tookMs: Math.round(from.clock.monotonic() - began) });
  try {
    return took(await read(asked, from));
  } catch (thrown) {
    return took(nothing(asked, from.windowMs, "error", shorten(messageOf(thrown), 300)));
  }
}

async function read(asked: MeasureAsk, from: MeasureFrom): Promise<Omit<Measurement, "tookMs">> {
  const { ask, scope, at, sinceMs } = asked;
  const sinceChange = sinceMs === undefined ? Infinity : at - sinceMs;
  const route = findRoute(ask, scope, Math.max(1000, sinceChange), from);
  if ("why" in route) {
    const unread = nothing(asked, ask.windowMs ?? from.windowMs, route.missing ? "no-data" : "error", route.why);
    return { ...unread, label: labelOf(ask, from) ?? unread.label };
  }

  const judging = judgingOf(asked, route, from);
  const base = { ...nothing(asked, route.windowMs, "no-data", ""), ...labelsOf(route, judging), query: route.whole.shown };
  const wanted = ask.windowMs ?? from.windowMs;
  const needed = Math.max(wanted / 5, judging.healthy.forMs ?? 0);
  if (sinceChange < needed) return { ...base, why: `only ${sayDuration(sinceChange)} since the change` };

  const [whole, split] = await Promise.all([readWhole(route, judging), route.split === undefined ? undefined : readSplit(route, route.split, judging)]);
  const warnings = [...new Set([...whole.warnings, ...(split?.warnings ?? [])])].map((w) => harmless(w)).slice(0, 5);
  const told = { ...base, ...(warnings.length === 0 ? {} : { warnings }) };
  if ("error" in whole) return { ...told, verdict: "error", outcome: "error", why: whole.error };
  const worst = whole.judged[0];
  const figures = worst === undefined ? { verdict: "no-data" as const, why: whole.empty } : figuresOf(worst);
  const result = { ...told, ...figures, outcome: figures.verdict };
  if (split === undefined) return { ...result, ...severalOf(whole.judged, result.why) };
  if ("error" in split) return { ...result, query: split.shown, outcome: "error", verdict: "error", why: split.error };
  const readings = { ...split, usual: worst?.usual };
  const parts = route.signal?.additive === true ? shareOut(readings, judging) : singleOut(readings, judging);
  // parts that were read are not "no data" because the whole has no past to compare with
  const verdict = parts.outcome === "no-data" ? "no-data" : result.verdict === "unhealthy" ? "unhealthy" : "healthy";
  const why = parts.partCount === 0 ? `no series in ${formatDuration(route.windowMs)}` : harmless(parts.why);
  return { ...result, ...parts, verdict, why, query: split.shown };
}

function judgingOf({ ask, at }: MeasureAsk, { signal, windowMs }: Route, { objectives }: MeasureFrom): Judging {
  const objective = signal === undefined ? undefined : Object.hasOwn(objectives, signal.name) ? objectives[signal.name] : signal.objective;
  const healthy = ask.healthy ?? objective ?? { kind: "normal", z: 3 };
  return { at, windowMs, unit: signal?.unit ?? "none", worse: signal?.worse ?? "either", healthy };
}

/** The last hour in steps of one window, the same hour yesterday, and what `for` needs: all at once. */
async function readWhole({ source, whole, windowMs }: Route, judging: Judging): Promise<Told & ({ judged: Judged[]; empty: string } | { error: string })> {
  const { at, healthy, unit } = judging;
  // fewer than 240 points, whatever the window; the last one is always `at`
  const step = Math.max(windowMs, 15_000);
  const from = at - Math.floor(hourMs / step) * step;
  const lasting = healthy.forMs === undefined ? undefined : lastingPoints(healthy.forMs);
  const [hour, yesterday, lately] = await Promise.all([
    source.range(whole.query, from, at, step),
    source.range(whole.query, from - dayMs, at - dayMs, step),
    lasting === undefined ? undefined : source.range(whole.query, at - (lasting.count - 1) * lasting.stepMs, at, lasting.stepMs),
  ]);
  const warnings = [hour, yesterday, ...(lately === undefined ? [] : [lately])].flatMap(warningsOf);
  if ("error" in yesterday) warnings.push(`yesterday could not be read: ${yesterday.error}`);
  if ("error" in hour) return { error: hour.error, warnings };
  if (lately !== undefined && "error" in lately) return { error: lately.error, warnings };
  const readings = { hour: hour.data, yesterday: dataOf(yesterday), ...(lately === undefined ? {} : { lasting: dataOf(lately) }) };
  return { judged: judgeAll(readings, judging), empty: sayEmpty(hour.data, unit, formatDuration(windowMs)), warnings };
}

interface Told {
  warnings: string[];
}

/** The value of each part now; where parts are compared with their own past, also the same hour yesterday. */
async function readSplit(
  { source, signal, windowMs }: Route,
  { query, shown, label }: NonNullable<Route["split"]>,
  { at, healthy }: Judging,
): Promise<Told & { shown: string } & ({ now: Sample[]; yesterday: Series[]; label: string } | { error: string })> {
  const step = Math.max(windowMs, 15_000);
  const hasPast = signal?.additive !== true && healthy.kind !== "bound";
  const [now, before] = await Promise.all([
    source.instant(query, at),
    hasPast ? source.range(query, at - dayMs - Math.floor(hourMs / step) * step, at - dayMs, step) : undefined,
  ]);
  if ("error" in now) return { error: now.error, warnings: [], shown };
  const warnings = [...now.warnings, ...(before === undefined ? [] : warningsOf(before))];
  return { now: now.data, yesterday: before === undefined ? [] : dataOf(before), label: label ?? "", warnings, shown };
}

function warningsOf(answer: Answer<Series[]>): string[] {
  return "data" in answer ? answer.warnings : [];
}

function figuresOf({ value, usual, trend, verdict, why }: Judged) {
  return { ...(value === undefined ? {} : { value }), ...(usual === undefined ? {} : { usual }), trend, verdict, why: harmless(why) };
}

/** A query that gives several series without being asked to: the worst counts and is named, the others are listed. */
function severalOf(judged: Judged[], why: string): Pick<Measurement, "parts" | "partCount" | "why"> {
  if (judged.length < 2) return { why };
  const named = judged.flatMap(({ labels, value, verdict }) => (value === undefined ? [] : [{ name: sayLabels(labels), value, verdict }]));
  return { parts: named.slice(0, mostParts), partCount: judged.length, why: `${shorten(sayLabels(judged[0]!.labels), 80)}: ${why}` };
}

function sayLabels(labels: Record<string, string>): string {
  const values = Object.entries(labels).flatMap(([name, value]) => (name === "__name__" || value === "" ? [] : [value]));
  return values.length === 0 ? "(none)" : values.join(" / ");
}

/** What the catalogue calls a signal that nothing here computes. */
function labelOf({ ask }: EvidenceAsk, { sources, stackFor }: MeasureFrom): string | undefined {
  if (!("signal" in ask)) return undefined;
  return sources.map((source) => stackFor(source.name)?.catalogue.get(ask.signal)?.label).find((label) => label !== undefined);
}

function labelsOf({ name, signal, whole }: Route, { unit, healthy }: Judging) {
  return {
    label: signal?.label ?? shorten(whole.shown, 40),
    unit,
    source: name,
    healthy: sayHealthy(healthy, unit),
  };
}

/** A measurement without a figure. */
function nothing({ id, ask, scope, at }: MeasureAsk, windowMs: number, verdict: Verdict, why: string): Omit<Measurement, "tookMs"> {
  const own = Object.values(ask.ask)[0];
  const signal = "signal" in ask.ask ? { signal: ask.ask.signal } : {};
  return {
    id,
    label: "signal" in ask.ask ? ask.ask.signal.replaceAll("_", " ") : typeof own === "string" ? shorten(own, 40) : "changes",
    ...signal,
    query: typeof own === "string" && !("signal" in ask.ask) ? own : "",
    source: ask.source ?? "",
    scope,
    windowMs,
    at,
    unit: "none",
    outcome: verdict,
    verdict,
    why,
    healthy: ask.healthy === undefined ? "" : sayHealthy(ask.healthy),
    ...(ask.by === undefined ? {} : { by: ask.by }),
  };
}
