import { shorten } from "../harmless.ts";
import type { BinaryPart, Grouped, Part } from "./part.ts";
import { type Report, say } from "./types.ts";

const comparisons = new Set(["==", "!=", "<", ">", "<=", ">="]);
const sets = new Set(["and", "or", "unless"]);

/** `left op right`: which types an operator takes, and what may stand behind it. */
export function checkBinary(text: string, part: BinaryPart, report: Report): void {
  const { op, opAt, left, right, bool, on, ignoring, group } = part;
  const matched = on ?? ignoring ?? [];
  const numbers = [left, right].filter(({ type }) => type === "scalar");
  if (bool && !comparisons.has(op)) report(opAt, `bool belongs to comparisons, not to ${op}: leave it out`);
  if (comparisons.has(op) && !bool && numbers.length === 2) report(opAt, `two numbers are compared: write ${op} bool`);
  for (const label of on === undefined || group === undefined ? [] : inBoth(on, group.labels))
    report(label, `${shorten(label.label, 40)} is listed in on () already: leave it out here`);
  for (const side of [left, right]) checkSide(side, op, report);
  if (numbers.length > 0) {
    if (sets.has(op))
      report(numbers[0]!, `${op} joins vectors, this is a number: write vector(${textOf(text, numbers[0]!)})`);
    if (matched.length > 0)
      report(
        span(matched),
        `${on === undefined ? "ignoring" : "on"} (…) matches two vectors, one side is a number: leave it out`,
      );
    if (part.fill) report(opAt, "fill (…) is for two vectors, one side is a number: leave it out");
  } else if (sets.has(op)) {
    if (group !== undefined) report(opAt, `${op} always joins many with many: leave group_${group.side} out`);
    if (part.fill) report(opAt, `${op} fills nothing in: leave fill (…) out`);
  }
}

function checkSide(side: Part, op: string, report: Report): void {
  if (side.type === "range vector")
    report(side, `${op} takes no range of samples: put a function like rate() or max_over_time() around it`);
  if (side.type === "string") report(side, `${op} takes numbers and vectors, this is ${say.string}`);
}

function inBoth(on: Grouped[], group: Grouped[]): Grouped[] {
  return group.filter(({ label }) => on.some((other) => other.label === label));
}

function span(labels: Grouped[]): { from: number; to: number } {
  return { from: labels[0]!.from, to: labels.at(-1)!.to };
}

function textOf(text: string, { from, to }: Part): string {
  return shorten(text.slice(from, to), 40);
}

/** `by (…)`, `on (…)`: words that Prometheus reads as something else there. */
export function checkLabels(lists: readonly (Grouped[] | undefined)[], report: Report): void {
  for (const list of lists) {
    for (const label of list ?? [])
      if (/^(inf|nan|without)$/i.test(label.label) && label.to - label.from === label.label.length)
        report(label, `${label.label} cannot stand in a list of labels: it is a word of the language`);
  }
}
