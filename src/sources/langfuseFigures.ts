import { shorten } from "../harmless.ts";
import type { Dimension } from "../timeline/scope.ts";
import { together, type AskMetrics, type Row } from "./langfuseMetrics.ts";
import type { LangfuseSettings } from "./langfuseSchema.ts";
import { fieldOf, filtersOf, type Figures, type Filter, type Signal } from "./langfuseSignals.ts";
import type { Answer, Query, Sample, Series } from "./source.ts";

type Asked = Extract<Query, { signal: string }>;
const minute = 60_000;
const nothing: Figures = new Map();

/** Reads signals off the metrics API. */
export function openFigures(
  ask: AskMetrics,
  signals: ReadonlyMap<string, Signal>,
  { dimensions: fields }: Pick<LangfuseSettings, "dimensions">,
) {
  interface Ready {
    signal: Signal;
    filters: Filter[];
    by: Dimension | undefined;
    field: string | undefined;
    windowMs: number;
  }

  function ready({ signal: name, scope, by, windowMs }: Asked): Ready | { error: string; ms: number } {
    const signal = signals.get(name);
    if (signal === undefined) return { error: `${shorten(name, 60)} is not among the signals of this source`, ms: 0 };
    const narrowed = filtersOf(scope, signal.view, fields);
    if ("error" in narrowed) return { error: `${name} ${narrowed.error}`, ms: 0 };
    const field = by === undefined ? undefined : fieldOf(by, signal.view, fields);
    if (by !== undefined && (field === undefined || field.startsWith("metadata.")))
      return { error: `${name} cannot be split by ${by}: Langfuse has no field for it that it groups by`, ms: 0 };
    if (field === "userId" || field === "traceId" || field === "sessionId")
      return {
        error: `${name} cannot be split by ${by}: Langfuse does not group by ${field}, only narrow to one`,
        ms: 0,
      };
    return { signal, filters: [...signal.filters, ...narrowed], by, field, windowMs };
  }

  /** All, and the part that the signal is about. */
  async function both(
    { signal: { view, part }, filters, field }: Ready,
    from: number,
    to: number,
    bucket?: "minute" | "hour",
  ) {
    const question = { view, filters, field, from, to, bucket };
    const [all, some] = await Promise.all([
      ask(question),
      part === undefined ? undefined : ask({ ...question, filters: [...filters, part] }),
    ]);
    const ms = Math.max(all.ms, some?.ms ?? 0);
    if ("error" in all) return { error: all.error, ms };
    if (some !== undefined && "error" in some) return { error: some.error, ms };
    return {
      all: all.data,
      part: some?.data ?? [],
      warnings: [...new Set([...all.warnings, ...(some?.warnings ?? [])])],
      ms,
    };
  }

  async function instant(query: Asked, at: number): Promise<Answer<Sample[]>> {
    const one = ready(query);
    if ("error" in one) return one;
    const found = await both(one, at - one.windowMs, at);
    if ("error" in found) return { error: found.error!, ms: found.ms };
    const data = found.all.flatMap(({ name, figures }): Sample[] => {
      const part = found.part.find((row) => row.name === name)?.figures ?? nothing;
      const value = one.signal.value(figures, part, one.windowMs / 1000);
      return Number.isNaN(value) ? [] : [{ labels: one.by === undefined ? {} : { [one.by]: name }, value }];
    });
    return { data, warnings: found.warnings, ms: found.ms };
  }

  /** The last reading is exact; those before it are put together from whole minutes or hours, which is one question for all. */
  async function range(query: Asked, from: number, to: number, step: number): Promise<Answer<Series[]>> {
    const one = ready(query);
    if ("error" in one) return one;
    const count = Math.floor((to - from) / step);
    const last = from + count * step;
    const bucket = last - from + one.windowMs > 900 * minute ? "hour" : "minute";
    const [now, past] = await Promise.all([
      instant(query, last),
      count === 0 ? undefined : both(one, from - one.windowMs, last, bucket),
    ]);
    const ms = Math.max(now.ms, past?.ms ?? 0);
    if ("error" in now) return { error: now.error, ms };
    if (past !== undefined && "error" in past) return { error: past.error!, ms };

    const series = new Map<string, Series>();
    const add = (name: string, at: number, value: number) => {
      if (Number.isNaN(value)) return;
      const known = series.get(name) ?? { labels: one.by === undefined ? {} : { [one.by]: name }, points: [] };
      known.points.push({ at, value });
      series.set(name, known);
    };
    const length = bucket === "hour" ? 60 * minute : minute;
    const windowMs = Math.max(one.windowMs, length);
    const inside = (rows: readonly Row[], name: string, at: number) =>
      rows
        .filter((row) => row.name === name && row.at + length / 2 > at - windowMs && row.at + length / 2 <= at)
        .map(({ figures }) => figures);
    for (const name of new Set(past?.all.map((row) => row.name)))
      for (let i = 0; i < count; i++) {
        const at = from + i * step;
        const all = inside(past!.all, name, at);
        if (all.length > 0)
          add(name, at, one.signal.value(together(all), together(inside(past!.part, name, at)), windowMs / 1000));
      }
    for (const { labels, value } of now.data) add(one.by === undefined ? "" : labels[one.by]!, last, value);
    return { data: [...series.values()], warnings: [...new Set([...now.warnings, ...(past?.warnings ?? [])])], ms };
  }

  return { instant, range };
}
