import { partsOf, type Part } from "./part.ts";
import { readPromql } from "./read.ts";
import { selectorsOf } from "./selector.ts";

/**
 * The metrics without which an expression gives nothing, of those that `exists` does not know. One side of an "or" is
 * enough, and what follows "unless" is not needed.
 */
export function absentMetrics(text: string, exists: (metric: string) => boolean): string[] {
  const selectors = new Map(selectorsOf(text).map((selector) => [selector.node.from, selector]));
  const gone = (part: Part): string[] => {
    if (part.kind === "selector") {
      const { metric, begins } = selectors.get(part.from)!;
      return metric === undefined || begins || exists(metric) ? [] : [metric];
    }
    if (part.kind !== "binary") return partsOf(part).flatMap(gone);
    const left = gone(part.left);
    if (part.op === "unless") return left;
    const right = gone(part.right);
    if (part.op === "or") return left.length === 0 || right.length === 0 ? [] : left;
    return [...left, ...right];
  };
  const { part } = readPromql(text);
  return part === undefined ? [] : [...new Set(gone(part))];
}
