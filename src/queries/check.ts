import type { Mistake } from "./mistake.ts";
import { checkBinary, checkLabels } from "./operators.ts";
import { everyPart, type Part } from "./part.ts";
import { readPromql } from "./read.ts";
import { checkSelector, checkText } from "./selecting.ts";
import { checkAggregation, checkCall, type Report } from "./types.ts";
import { checkOffset, checkWindow } from "./windows.ts";

export type { Mistake } from "./mistake.ts";
export { readPromql } from "./read.ts";

/**
 * What is wrong with an expression, in plain words and the order of the text: the first mistake of the grammar, or all
 * others. A mistake is what no Prometheus from 2.42 to 3.x reads, with whatever feature flags: see
 * `test/queries/oracle.test.ts`, which asks promtool.
 */
export function checkPromql(text: string): readonly Mistake[] {
  const read = readPromql(text);
  if (read.part === undefined) return read.mistakes;
  const mistakes = [...read.mistakes];
  const report: Report = ({ from, to }, message) => mistakes.push({ message, from, to });
  const open = new Set<Part>();
  for (const part of everyPart(read.part)) {
    if (part.kind === "call" && part.name === "info" && part.args[1] !== undefined) open.add(part.args[1]);
    checkPart(text, part, open.has(part), report);
  }
  return mistakes.sort((a, b) => a.from - b.from || b.to - a.to);
}

function checkPart(text: string, part: Part, open: boolean, report: Report): void {
  switch (part.kind) {
    case "number":
    case "brackets":
      return;
    case "text":
      return checkText(text, part, report);
    case "selector":
      checkSelector(text, part, open, report);
      return checkOffset(text, part, report);
    case "range":
    case "subquery":
      checkWindow(text, part, report);
      return checkOffset(text, part, report);
    case "call":
      return checkCall(text, part, report);
    case "aggregation":
      checkLabels([part.by, part.without], report);
      return checkAggregation(text, part, report);
    case "binary":
      checkLabels([part.on, part.ignoring, part.group?.labels], report);
      return checkBinary(text, part, report);
    case "sign":
      if (part.of.type === "range vector" || part.of.type === "string")
        report(
          part,
          `a sign stands before numbers and vectors, this is ${part.of.type === "string" ? "a text" : "a range of samples"}`,
        );
  }
}
