import { harmless } from "../harmless.ts";
import type { Series } from "../sources/source.ts";
import { iso } from "../timeline/moment.ts";

/** RFC 4180: a row for each value, its time in UTC, and a column for each label that any series has. */
export function csvOf(series: readonly Series[]): string {
  const names = [...new Set(series.flatMap(({ labels }) => Object.keys(labels)))].sort();
  const rows = series.flatMap(({ labels, points }) => {
    const told = names.map((name) => cell(labels[name] ?? ""));
    return points.map(({ at, value }) => [iso(at) ?? "", String(value), ...told]);
  });
  return [["time", "value", ...names.map(cell)], ...rows].map((row) => `${row.join(",")}\r\n`).join("");
}

/** What a spreadsheet would take for a formula is made a text; what a terminal would obey is made visible. */
function cell(text: string): string {
  const safe = harmless(text, true);
  const told = /^[=+\-@]/.test(safe) && !isNumber(safe) ? `'${safe}` : safe;
  return /[",\n\r]/.test(told) ? `"${told.replaceAll('"', '""')}"` : told;
}

function isNumber(text: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
}
