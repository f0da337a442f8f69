import { applyEdits, type Edit } from "./edit.ts";
import { bare, partsOf, type Part, type SelectorPart } from "./part.ts";
import { readPromql } from "./read.ts";

type OthersOf = (metric: string) => readonly string[];

/**
 * The expression with each metric under its other names as well: `sum(rate(a[5m]))` becomes
 * `sum(rate(a[5m]) or rate(b[5m]))`. Where series of both names have the same labels, the first name counts.
 */
export function respell(text: string, othersOf: OthersOf): string {
  const { part } = readPromql(text);
  return part === undefined ? text : applyEdits(text, editsOf(text, part, othersOf, false));
}

/** `alone`: the part is all of an argument, an "or" in it needs no brackets. */
function editsOf(text: string, part: Part, othersOf: OthersOf, alone: boolean): Edit[] {
  // a range of samples has no "or"; the function around it has
  if (part.kind === "range") return [];
  const isArgument = part.kind === "call" || part.kind === "aggregation";
  const inner = partsOf(part).flatMap((one) => editsOf(text, one, othersOf, isArgument));
  const selector = spelledBy(part);
  const metric = selector?.metric;
  const others = metric === undefined ? [] : othersOf(metric);
  if (others.length === 0) return inner;
  const { from } = selector!;
  const either = [metric!, ...others]
    .map((insert) => edited(text, part, [...inner, { from, to: from + metric!.length, insert }]))
    .join(" or ");
  return [{ from: part.from, to: part.to, insert: alone ? either : `(${either})` }];
}

/** The selector of which a part is the smallest that has an "or": of `a offset 5m`, and of `rate(a[5m])`. */
function spelledBy(part: Part): SelectorPart | undefined {
  if (part.kind === "selector") return part;
  if (part.kind !== "call") return undefined;
  const range = part.args.map(bare).find((one) => one.kind === "range");
  const of = range === undefined ? undefined : bare(range.of);
  return of?.kind === "selector" ? of : undefined;
}

function edited(text: string, { from, to }: Part, edits: readonly Edit[]): string {
  const moved = edits.map((edit) => ({ from: edit.from - from, to: edit.to - from, insert: edit.insert }));
  return applyEdits(text.slice(from, to), moved);
}
