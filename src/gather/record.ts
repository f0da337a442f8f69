import { harmless, shorten } from "../harmless.ts";
import type { EvidenceAsk } from "../signals/evidence.ts";
import type { Measurement } from "../timeline/measurement.ts";
import type { Scope } from "../timeline/scope.ts";
import { sayHealthy, type Verdict } from "../timeline/verdict.ts";
import { mostParts } from "./parts.ts";
import type { Route, RouteFrom } from "./route.ts";
import type { Judged, Judging } from "./series.ts";

/** What is measured, for whom and when. */
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

/** A measurement but for how long it took. */
export type Reading = Omit<Measurement, "tookMs">;

/** A measurement without a figure. */
export function nothing({ id, ask, scope, at }: MeasureAsk, windowMs: number, verdict: Verdict, why: string): Reading {
  const [own] = Object.values(ask.ask);
  const text = "signal" in ask.ask || typeof own !== "string" ? "" : own;
  return {
    id,
    label: "signal" in ask.ask ? ask.ask.signal.replaceAll("_", " ") : text === "" ? "changes" : shorten(text, 40),
    ...("signal" in ask.ask ? { signal: ask.ask.signal } : {}),
    query: text,
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

/** What the catalogue calls a signal that nothing here computes. */
export function labelOf({ ask }: EvidenceAsk, { sources, stackFor }: RouteFrom): string | undefined {
  if (!("signal" in ask)) return undefined;
  return sources
    .map((source) => stackFor(source.name)?.catalogue.get(ask.signal)?.label)
    .find((label) => label !== undefined);
}

/** What a figure is called, and what is asked of it. */
export function labelsOf({ name, signal, whole }: Route, { unit, healthy }: Judging) {
  return {
    label: signal?.label ?? shorten(whole.shown, 40),
    unit,
    source: name,
    healthy: sayHealthy(healthy, unit),
    ...(whole.note === undefined ? {} : { note: harmless(whole.note) }),
  };
}

/** The figures of one series. */
export function figuresOf({ value, usual, trend, verdict, why }: Judged) {
  return {
    ...(value === undefined ? {} : { value }),
    ...(usual === undefined ? {} : { usual }),
    trend,
    verdict,
    why: harmless(why),
  };
}

/** A query that gives several series without being asked to: the worst counts and is named, the others are listed. */
export function severalOf(judged: Judged[], why: string): Pick<Measurement, "parts" | "partCount" | "why"> {
  if (judged.length < 2) return { why };
  const named = judged.flatMap(({ labels, value, verdict }) =>
    value === undefined ? [] : [{ name: sayLabels(labels), value, verdict }],
  );
  return {
    parts: named.slice(0, mostParts),
    partCount: judged.length,
    why: `${shorten(sayLabels(judged[0]!.labels), 80)}: ${why}`,
  };
}

function sayLabels(labels: Record<string, string>): string {
  const values = Object.entries(labels).flatMap(([name, value]) =>
    name === "__name__" || value === "" ? [] : [value],
  );
  return values.length === 0 ? "(none)" : values.join(" / ");
}
