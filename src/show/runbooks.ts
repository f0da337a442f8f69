import type { IncidentClass, Severity } from "../timeline/event.ts";
import { draw, type Cell, type Paint } from "./paint.ts";
import { tabled } from "./table.ts";
import { wrap } from "./wrap.ts";

interface Count {
  reached: number;
  of: number;
}

/** How much of a runbook its tests walk. */
export interface Covered {
  steps: Count;
  outcomes: Count;
  mitigations: Count;
}

export interface RunbookRow {
  id: string;
  class: IncidentClass;
  severity: Severity;
  alerts: string[];
  title: string;
  owner: string | null;
  /** ISO date */
  reviewed: string | null;
  /** the last drill; ms since 1970 */
  drilled: { incident: string; at: number } | null;
  tests: number;
  /** left out: not asked for */
  coverage?: Covered;
  file: string;
}

/** A line for each, and beneath it who keeps it and what opens it. */
export function showRunbooks(rows: readonly RunbookRow[], now: number, paint: Paint): string[] {
  if (rows.length === 0) return wrap("", ["There are no runbooks here."], paint);
  const isCovered = rows.some(({ coverage }) => coverage !== undefined);
  const heads = ["id", "class", "sev", "reviewed", "drilled", ...(isCovered ? ["covered"] : []), "tests"];
  const cells = rows.map((row): Cell[] => [
    row.id,
    row.class,
    row.severity,
    row.reviewed === null ? "never" : sayAge(Date.parse(row.reviewed), now),
    row.drilled === null ? "never" : sayAge(row.drilled.at, now),
    ...(isCovered ? [sayCovered(row.coverage)] : []),
    row.tests === 0 ? "none" : String(row.tests),
  ]);
  const { head, body } = tabled(heads, cells, paint);
  return [...head, ...body.flatMap((lines, nth) => [...lines, ...beneath(rows[nth]!, paint)])];
}

function beneath({ title, owner, alerts }: RunbookRow, paint: Paint): string[] {
  const about = [title, owner === null ? "nobody owns it" : `owner ${owner}`, ...alerts];
  const lines = wrap("    ", [about.join(" · ")], paint, 4);
  return lines.map((text) => draw([{ text, style: "dim" }], paint));
}

/** The least of steps, outcomes and changes, in per cent rounded down: 100 is all of them. */
function sayCovered(coverage: Covered | undefined): string {
  if (coverage === undefined) return "";
  const parts = [coverage.steps, coverage.outcomes, coverage.mitigations];
  return `${Math.min(...parts.map(({ reached, of }) => (of === 0 ? 100 : Math.floor((100 * reached) / of))))}%`;
}

const dayMs = 86_400_000;

/** "today", "12 days ago", "5 months ago"; what is still to come is told by its day. */
export function sayAge(at: number, now: number): string {
  const days = Math.floor(now / dayMs) - Math.floor(at / dayMs);
  if (days < 0) return new Date(at).toISOString().slice(0, 10);
  if (days < 2) return days === 0 ? "today" : "yesterday";
  if (days < 60) return `${days} days ago`;
  return days < 730 ? `${Math.floor(days / 30.44)} months ago` : `${Math.floor(days / 365.25)} years ago`;
}
