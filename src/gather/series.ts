import { sayFigure } from "../timeline/figure.ts";
import type { Unit, Usual } from "../timeline/measurement.ts";
import { judge, type Healthy, type Verdict, type Worse } from "../timeline/verdict.ts";
import { trendOf, usualOf, type Point } from "../signals/baseline.ts";
import type { Answer, Series } from "../sources/source.ts";

/** The readings of one query: the last hour, the same hour yesterday, and the time that `for` asks about. */
export interface Readings {
  hour: Series[];
  yesterday: Series[];
  /** undefined: nothing has to last */
  lasting?: Series[];
}

export interface Judging {
  at: number;
  windowMs: number;
  unit: Unit;
  worse: Worse;
  healthy: Healthy;
}

/** One series, judged. */
export interface Judged {
  labels: Record<string, string>;
  value?: number;
  usual?: Usual;
  trend: (number | null)[];
  verdict: Verdict;
  why: string;
}

/** All series that have a value now, the worst first. */
export function judgeAll({ hour, yesterday, lasting }: Readings, judging: Judging): Judged[] {
  const before = byLabels(yesterday);
  const lately = lasting === undefined ? undefined : byLabels(lasting);
  return hour
    .filter((series) => series.points.at(-1)?.at === judging.at)
    .map((series) => {
      const key = keyOf(series.labels);
      return judgeOne(
        series,
        before.get(key)?.points ?? [],
        lately === undefined ? undefined : (lately.get(key)?.points ?? []),
        judging,
      );
    })
    .sort((a, b) => rank(a) - rank(b) || badness(b, judging) - badness(a, judging));
}

function judgeOne({ labels, points }: Series, before: Point[], lately: Point[] | undefined, judging: Judging): Judged {
  const { at, windowMs, unit, worse, healthy } = judging;
  const value = points.at(-1)!.value;
  const baseline = usualOf(points, before, at, unit);
  const usual = "usual" in baseline ? baseline.usual : undefined;
  const now = judge(value, usual, healthy, { unit, worse });
  const why = "none" in baseline && healthy.kind !== "bound" && Number.isFinite(value) ? baseline.none : now.why;
  const judged: Judged = {
    labels,
    ...(Number.isFinite(value) ? { value } : {}),
    ...(usual === undefined ? {} : { usual }),
    trend: trendOf(points, at, windowMs),
    verdict: now.verdict,
    why,
  };
  if (lately === undefined || now.verdict === "no-data") return judged;
  return { ...judged, ...judgeLasting(lately, now, usual, judging) };
}

/** `for`: every reading of that time must say the same as the latest. */
function judgeLasting(
  lately: Point[],
  now: { verdict: Verdict; why: string },
  usual: Usual | undefined,
  judging: Judging,
): { verdict: Verdict; why: string } {
  const { unit, worse, healthy } = judging;
  const known = lately.filter((point) => Number.isFinite(point.value));
  const same = known.filter(
    (point) => judge(point.value, usual, healthy, { unit, worse }).verdict === now.verdict,
  ).length;
  const wanted = lastingPoints(healthy.forMs!).count;
  if (known.length < wanted * 0.8)
    return {
      verdict: "no-data",
      why: `${now.why}, but only ${known.length} of ${wanted} readings exist of the time asked for`,
    };
  if (same < known.length)
    return { verdict: "no-data", why: `${now.why}, but not lasting yet: ${same} of ${known.length} readings` };
  return now;
}

/** How the time of a `for` is read: `count` points, `stepMs` apart. */
export function lastingPoints(forMs: number): { count: number; stepMs: number } {
  const stepMs = Math.max(15_000, Math.ceil(forMs / 10_000) * 1000);
  return { count: Math.floor(forMs / stepMs) + 1, stepMs };
}

/** Why there is nothing to judge. */
export function sayEmpty(hour: Series[], unit: Unit, window: string): string {
  if (hour.length === 0) return `no series in ${window}`;
  const last = hour.map((series) => series.points.at(-1)).find((point) => point !== undefined);
  return last !== undefined && !Number.isFinite(last.value)
    ? sayFigure(last.value, unit)
    : `nothing in the last ${window}`;
}

export function dataOf(answer: Answer<Series[]>): Series[] {
  return "data" in answer ? answer.data : [];
}

/** Equal labels, equal text. */
export function keyOf(labels: Record<string, string>): string {
  const names = Object.keys(labels);
  if (names.length === 0) return "";
  return JSON.stringify(names.toSorted().map((name) => [name, labels[name]]));
}

function byLabels(list: Series[]): Map<string, Series> {
  return new Map(list.map((series) => [keyOf(series.labels), series]));
}

function rank({ verdict }: Judged): number {
  return ["unhealthy", "healthy", "no-data", "error"].indexOf(verdict);
}

/** How bad a value is, in the way that it is judged: to put the worst first among equals. */
function badness({ value, usual }: Judged, { healthy, worse }: Judging): number {
  if (value === undefined) return -Infinity;
  const compared =
    healthy.kind === "bound" || usual === undefined ? value : (value - usual.median) / (usual.deviation || 1);
  const operator = healthy.kind === "normal" ? { up: "<", down: ">", either: "=" }[worse] : healthy.bound.operator;
  if (operator.startsWith("<")) return compared;
  return operator.startsWith(">") ? -compared : Math.abs(compared);
}
