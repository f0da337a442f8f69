import { formatDuration, sayDuration } from "../duration.ts";
import { messageOf } from "../errors.ts";
import { harmless, shorten } from "../harmless.ts";
import type { Measurement } from "../timeline/measurement.ts";
import type { Healthy } from "../timeline/verdict.ts";
import type { Clock } from "../world/clock.ts";
import { readChanges, type Recorded } from "./changes.ts";
import { shareOut, singleOut } from "./parts.ts";
import { readSplit, readWhole } from "./read.ts";
import { figuresOf, labelOf, labelsOf, nothing, severalOf, type MeasureAsk, type Reading } from "./record.ts";
import { findRoute, type Route, type RouteFrom } from "./route.ts";
import type { Judging } from "./series.ts";

export type { MeasureAsk };

export interface MeasureFrom extends RouteFrom {
  /** the project's objectives, by signal */
  objectives: Readonly<Record<string, Healthy>>;
  changes: readonly Recorded[];
  clock: Clock;
}

/** Reads one evidence or check: now, what is usual, and whether that is healthy. Never throws: what goes wrong is its verdict. */
export async function measure(asked: MeasureAsk, from: MeasureFrom): Promise<Measurement> {
  const began = from.clock.monotonic();
  const took = (measurement: Reading): Measurement => ({
    ...measurement,
    tookMs: Math.round(from.clock.monotonic() - began),
  });
  try {
    return took(await read(asked, from));
  } catch (thrown) {
    return took(nothing(asked, from.windowMs, "error", shorten(messageOf(thrown), 300)));
  }
}

async function read(asked: MeasureAsk, from: MeasureFrom): Promise<Reading> {
  const { ask, scope, at, sinceMs } = asked;
  if ("changesMs" in ask.ask) return readChanges(asked, ask.ask.changesMs, from);
  const sinceChange = sinceMs === undefined ? Infinity : at - sinceMs;
  // whole seconds read better in a query, and down: never a moment before the change
  const longest = Math.max(1000, Math.floor(sinceChange / 1000) * 1000);
  const route = findRoute(ask, scope, longest, from);
  if ("why" in route) {
    const unread = nothing(asked, ask.windowMs ?? from.windowMs, route.missing ? "no-data" : "error", route.why);
    return { ...unread, label: labelOf(ask, from) ?? unread.label };
  }

  const judging = judgingOf(asked, route, from);
  const base = {
    ...nothing(asked, route.windowMs, "no-data", ""),
    ...labelsOf(route, judging),
    query: route.whole.shown,
  };
  const wanted = ask.windowMs ?? from.windowMs;
  const needed = Math.max(wanted / 5, judging.healthy.forMs ?? 0);
  if (sinceChange < needed) return { ...base, why: `only ${sayDuration(sinceChange)} since the change` };

  const [whole, split] = await Promise.all([
    readWhole(route, judging),
    route.split === undefined ? undefined : readSplit(route, route.split, judging),
  ]);
  const warnings = [...new Set([...whole.warnings, ...(split?.warnings ?? [])])].map((w) => harmless(w)).slice(0, 5);
  const told = { ...base, ...(warnings.length === 0 ? {} : { warnings }) };
  if ("error" in whole) return { ...base, verdict: "error", outcome: "error", why: whole.error };
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
  const objective =
    signal === undefined
      ? undefined
      : Object.hasOwn(objectives, signal.name)
        ? objectives[signal.name]
        : signal.objective;
  const healthy = ask.healthy ?? objective ?? { kind: "normal", z: 3 };
  return { at, windowMs, unit: signal?.unit ?? "none", worse: signal?.worse ?? "either", healthy };
}
