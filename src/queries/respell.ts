import { applyEdits, type Edit } from "./edit.ts";
import type { SyntaxNode } from "./promql.ts";
import { selectorsOf } from "./selector.ts";

/**
 * The expression with each metric under its other names as well: `sum(rate(a[5m]))` becomes
 * `sum(rate(a[5m]) or rate(b[5m]))`. Where series of both names have the same labels, the first name counts.
 */
export function respell(text: string, othersOf: (metric: string) => readonly string[]): string {
  const edits: Edit[] = [];
  for (const { metric, node } of selectorsOf(text)) {
    const name = node.getChild("Identifier");
    const others = metric === undefined || name === null ? [] : othersOf(metric);
    if (others.length === 0) continue;
    const whole = rated(node);
    const before = text.slice(whole.from, name!.from);
    const after = text.slice(name!.to, whole.to);
    const either = [metric!, ...others].map((other) => `${before}${other}${after}`).join(" or ");
    const alone = whole.parent?.name === "FunctionCallBody";
    edits.push({ from: whole.from, to: whole.to, insert: alone ? either : `(${either})` });
  }
  return applyEdits(text, edits);
}

/** The smallest part around a selector that has an "or": `a offset 5m`, and `rate(a[5m])` where a range of samples has none. */
function rated(selector: SyntaxNode): SyntaxNode {
  let node = selector;
  let range = false;
  while (node.parent !== null && /^(MatrixSelector|OffsetExpr|StepInvariantExpr)$/.test(node.parent.name)) {
    node = node.parent;
    range ||= node.name === "MatrixSelector";
  }
  return range ? (node.parent?.parent ?? node) : node;
}
