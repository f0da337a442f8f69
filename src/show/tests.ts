import type { Finding } from "../document/document.ts";
import { harmlessJson } from "../harmless.ts";
import { renderJunit } from "./junit.ts";
import { line, signs, type Cell, type Paint } from "./paint.ts";
import { wrap } from "./wrap.ts";

/** A file of tests with what came of them; its own findings are what kept it from being read. */
export interface TestFileRow {
  file: string;
  runbook: string;
  findings: readonly Finding[];
  tests: readonly { name: string; at: { line: number }; cases: number; findings: readonly Finding[] }[];
}

export interface CoverageRow {
  runbook: string;
  /** "steps" → "18 of 22, 81%" */
  counts: readonly { what: string; reached: number; of: number; percent: number }[];
  missing: readonly string[];
}

export const testFormats = ["text", "json", "junit"] as const;
export type TestFormat = (typeof testFormats)[number];

export function renderTests(
  rows: readonly TestFileRow[],
  coverage: readonly CoverageRow[],
  format: TestFormat,
  paint: Paint,
): string {
  if (format === "junit") return renderJunit(rows.map(suiteOf));
  if (format === "json") return harmlessJson({ files: rows.map(flat), coverage });
  return [...rows.flatMap((row) => showFile(row, paint)), ...coverage.flatMap((row) => showCoverage(row, paint))].join(
    "\n",
  );
}

/** "12 tests, 40 walks, 1 failed" */
export function sayTested(rows: readonly TestFileRow[]): string {
  const tests = rows.flatMap((row) => row.tests);
  const walks = tests.reduce((sum, { cases }) => sum + cases, 0);
  const failed = tests.filter(({ findings }) => findings.length > 0).length;
  const unread = rows.filter(({ findings }) => findings.length > 0).length;
  const count = (n: number, what: string) => `${n} ${what}${n === 1 ? "" : "s"}`;
  const bad = [
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(unread === 0 ? [] : [`${count(unread, "file")} cannot be run`]),
  ];
  return [count(tests.length, "test"), count(walks, "walk"), ...(bad.length === 0 ? ["all passed"] : bad)].join(", ");
}

function showFile({ file, findings, tests }: TestFileRow, paint: Paint): string[] {
  const rows = tests.flatMap(({ name, cases, findings: misses }) => {
    const sign = misses.length === 0 ? signs.good : failed;
    const walks: Cell[] = cases === 1 ? [] : [{ text: `  ${cases} walks`, style: "dim" }];
    return [...wrap(["  ", sign, " "], [name, ...walks], paint, 4), ...misses.flatMap((miss) => showMiss(miss, paint))];
  });
  return [line([{ text: file, style: "bold" }], paint), ...findings.flatMap((one) => showMiss(one, paint)), ...rows];
}

const failed = { text: "×", style: "red" } as const;

function showMiss({ file, at, message }: Finding, paint: Paint): string[] {
  return wrap("    ", [{ text: `${file}:${at.line}:${at.column}:`, style: "dim" }, ` ${message}`], paint, 6);
}

function showCoverage({ runbook, counts, missing }: CoverageRow, paint: Paint): string[] {
  const figures = counts
    .map(({ what, reached, of, percent }) => `${what} ${reached} of ${of} (${percent}%)`)
    .join(", ");
  const isWhole = missing.length === 0;
  return [
    ...wrap([isWhole ? signs.good : signs.bad, " "], [{ text: runbook, style: "bold" }, `  ${figures}`], paint, 4),
    ...missing.flatMap((one) => wrap("    ", [one], paint, 6)),
  ];
}

function suiteOf({ file, findings, tests }: TestFileRow) {
  const cases = tests.map(({ name, at, findings: misses }) => ({ name, file, line: at.line, ...failureOf(misses) }));
  const own =
    findings.length === 0 ? [] : [{ name: "can be run", file, line: findings[0]!.at.line, ...failureOf(findings) }];
  return { name: file, cases: [...own, ...cases] };
}

function failureOf(misses: readonly Finding[]) {
  const [first] = misses;
  if (first === undefined) return {};
  const text = misses.map(({ file, at, message }) => `${file}:${at.line}:${at.column}: ${message}`).join("\n");
  return { failure: { message: first.message, text } };
}

function flat({ file, runbook, findings, tests }: TestFileRow) {
  const placed = ({ at, ...rest }: Finding) => ({ ...rest, ...at });
  return {
    file,
    runbook,
    findings: findings.map(placed),
    tests: tests.map(({ name, at, cases, findings: misses }) => ({
      name,
      line: at.line,
      walks: cases,
      passed: misses.length === 0,
      findings: misses.map(placed),
    })),
  };
}
