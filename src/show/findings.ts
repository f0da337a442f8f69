import { bare, open, type Linted } from "./formats/format.ts";
import { formats } from "./formats/index.ts";
import type { FormatName } from "./formats/names.ts";
import type { Paint } from "./paint.ts";

export type { Linted, RuleFacts } from "./formats/format.ts";

/** The whole report; "" where a format has nothing to say. */
export function renderFindings(linted: Linted, format: FormatName, paint: Paint = bare): string {
  return formats[format].render(linted, paint);
}

/** "5 runbooks, 3 findings (1 error, 2 warnings), 1 suppressed" */
export function sayChecked(linted: Linted): string {
  const findings = open(linted);
  const warnings = findings.filter(({ severity }) => severity === "warning").length;
  const suppressed = linted.findings.length - findings.length;
  const split = `(${count(findings.length - warnings, "error")}, ${count(warnings, "warning")})`;
  return [
    ...sayFiles(linted),
    `${count(findings.length, "finding")}${warnings === 0 ? "" : ` ${split}`}`,
    ...(suppressed === 0 ? [] : [`${suppressed} suppressed`]),
  ].join(", ");
}

function sayFiles({ texts, kinds }: Linted): string[] {
  const counts = new Map<string, number>();
  for (const file of texts.keys()) {
    const kind = kinds?.get(file) ?? "runbook";
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts.size === 0 ? ["no files"] : [...counts].map(([kind, n]) => count(n, kind));
}

function count(n: number, what: string): string {
  return `${n === 0 ? "no" : n} ${what}${n === 1 ? "" : "s"}`;
}
