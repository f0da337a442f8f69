import { sayFigure } from "../timeline/figure.ts";
import type { MeasuredOutcome, Part, Usual } from "../timeline/measurement.ts";
import { judge } from "../timeline/verdict.ts";
import { usualOf, type Point } from "../signals/baseline.ts";
import type { Sample, Series } from "../sources/source.ts";
import type { Judging } from "./series.ts";

/** Most parts that are kept; the rest is counted. */
export const mostParts = 20;

export interface Parts {
  outcome: MeasuredOutcome;
  why: string;
  parts: Part[];
  partCount: number;
}

/** Where a signal sits: its value for each value of a dimension. */
export interface SplitReadings {
  now: Sample[];
  /** the same hour yesterday, where parts are compared with their own past */
  yesterday: Series[];
  /** what is usual for the whole, for parts without a past */
  usual: Usual | undefined;
  /** name of the label that holds the dimension */
  label: string;
}

/** Values that add up: concentrated when one of them holds more than half. */
export function shareOut({ now, label }: SplitReadings, { unit }: Judging): Parts {
  const values = [...groupBy(now, label, (a, b) => a + b)].sort((a, b) => b[1] - a[1]);
  const sum = values.reduce((total, [, value]) => total + Math.max(0, value), 0);
  const parts = values
    .slice(0, mostParts)
    .map(([name, value]): Part => ({ name, value, ...(sum > 0 ? { share: Math.max(0, value) / sum } : {}) }));
  const most = parts[0];
  if (most === undefined) return { outcome: "no-data", why: "no parts", parts, partCount: 0 };
  if (most.share === undefined)
    return { outcome: "spread", why: `all are ${sayFigure(0, unit)}`, parts, partCount: values.length };
  const concentrated = most.share > 0.5;
  const why = `${most.name} has ${sayFigure(most.share, "ratio")}${concentrated ? "" : ", no more than half"}`;
  return { outcome: concentrated ? "concentrated" : "spread", why, parts, partCount: values.length };
}

/** Values that do not add up: concentrated when one of them is unhealthy and the rest is not. Unhealthy ones first. */
export function singleOut(
  { now, yesterday, usual, label }: SplitReadings,
  { at, unit, worse, healthy }: Judging,
): Parts {
  const pick = worse === "down" ? Math.min : Math.max;
  const before = new Map<string, Point[]>();
  for (const { labels, points } of yesterday) before.set(nameOf(labels, label), points);
  const judged = [...groupBy(now, label, pick)].map(([name, value]): Part => {
    const own = usualOf([], before.get(name) ?? [], at, unit);
    return { name, value, verdict: judge(value, "usual" in own ? own.usual : usual, healthy, { unit, worse }).verdict };
  });
  const bad = judged.filter((part) => part.verdict === "unhealthy");
  const sign = worse === "down" ? -1 : 1;
  const rank = (part: Part) => (part.verdict === "unhealthy" ? 0 : 1);
  const parts = judged.sort((a, b) => rank(a) - rank(b) || sign * (b.value - a.value)).slice(0, mostParts);
  if (judged.length === 0) return { outcome: "no-data", why: "no parts", parts, partCount: 0 };
  if (judged.every((part) => part.verdict === "no-data"))
    return { outcome: "no-data", why: "nothing usual to compare the parts with", parts, partCount: judged.length };
  const why =
    bad.length === 1
      ? `only ${parts[0]!.name} is unhealthy: ${sayFigure(parts[0]!.value, unit)}`
      : `${bad.length === 0 ? "none" : bad.length} of ${judged.length} unhealthy`;
  return { outcome: bad.length === 1 ? "concentrated" : "spread", why, parts, partCount: judged.length };
}

/** Name → value; what is no number is left out, series of the same name are joined. */
function groupBy(samples: Sample[], label: string, join: (a: number, b: number) => number): Map<string, number> {
  const values = new Map<string, number>();
  for (const { labels, value } of samples) {
    if (!Number.isFinite(value)) continue;
    const name = nameOf(labels, label);
    const known = values.get(name);
    values.set(name, known === undefined ? value : join(known, value));
  }
  return values;
}

function nameOf(labels: Record<string, string>, label: string): string {
  const name = labels[label];
  return name === undefined || name === "" ? "(none)" : name;
}
