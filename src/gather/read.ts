import { formatDuration } from "../duration.ts";
import type { Answer, Sample, Series } from "../sources/source.ts";
import type { Route } from "./route.ts";
import { dataOf, judgeAll, lastingPoints, sayEmpty, type Judged, type Judging } from "./series.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

interface Told {
  warnings: string[];
}

/** The last hour in steps of one window, the same hour yesterday, and what `for` needs: all at once. */
export async function readWhole(
  { source, whole, windowMs }: Route,
  judging: Judging,
): Promise<Told & ({ judged: Judged[]; empty: string } | { error: string })> {
  const { at, healthy, unit } = judging;
  const { step, from } = stepsTo(at, windowMs);
  const lasting = healthy.forMs === undefined ? undefined : lastingPoints(healthy.forMs);
  const [hour, yesterday, lately] = await Promise.all([
    source.range(whole.query, from, at, step),
    source.range(whole.query, from - dayMs, at - dayMs, step),
    lasting === undefined
      ? undefined
      : source.range(whole.query, at - (lasting.count - 1) * lasting.stepMs, at, lasting.stepMs),
  ]);
  const warnings = [hour, yesterday, ...(lately === undefined ? [] : [lately])].flatMap(warningsOf);
  if ("error" in yesterday) warnings.push(`yesterday could not be read: ${yesterday.error}`);
  if ("error" in hour) return { error: hour.error, warnings };
  if (lately !== undefined && "error" in lately) return { error: lately.error, warnings };
  const readings = {
    hour: hour.data,
    yesterday: dataOf(yesterday),
    ...(lately === undefined ? {} : { lasting: dataOf(lately) }),
  };
  return { judged: judgeAll(readings, judging), empty: sayEmpty(hour.data, unit, formatDuration(windowMs)), warnings };
}

/** The value of each part now; where parts are compared with their own past, also the same hour yesterday. */
export async function readSplit(
  { source, signal, windowMs }: Route,
  { query, shown, label }: NonNullable<Route["split"]>,
  { at, healthy }: Judging,
): Promise<Told & { shown: string } & ({ now: Sample[]; yesterday: Series[]; label: string } | { error: string })> {
  const { step, from } = stepsTo(at - dayMs, windowMs);
  const hasPast = signal?.additive !== true && healthy.kind !== "bound";
  const [now, before] = await Promise.all([
    source.instant(query, at),
    hasPast ? source.range(query, from, at - dayMs, step) : undefined,
  ]);
  if ("error" in now) return { error: now.error, warnings: [], shown };
  const warnings = [...now.warnings, ...(before === undefined ? [] : warningsOf(before))];
  return { now: now.data, yesterday: before === undefined ? [] : dataOf(before), label: label ?? "", warnings, shown };
}

function warningsOf(answer: Answer<Series[]>): string[] {
  return "data" in answer ? answer.warnings : [];
}

/** The hour before `at` in steps of one window: 240 at most, and the last one is `at` itself. */
function stepsTo(at: number, windowMs: number): { step: number; from: number } {
  const step = Math.max(windowMs, 15_000);
  return { step, from: at - Math.floor(hourMs / step) * step };
}
