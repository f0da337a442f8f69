import { childrenOf, parsePromql, type SyntaxNode } from "./promql.ts";
import { selectorAt } from "./selector.ts";

/**
 * The metrics without which an expression gives nothing, of those that `exists` does not know. One side of an "or" is
 * enough, and what follows "unless" is not needed.
 */
export function absentMetrics(text: string, exists: (metric: string) => boolean): string[] {
  const gone = (node: SyntaxNode): string[] => {
    if (node.name === "VectorSelector") {
      const { metric, begins } = selectorAt(text, node);
      return metric === undefined || begins || exists(metric) ? [] : [metric];
    }
    const inside = childrenOf(node);
    if (node.getChild("Or") !== null) {
      const sides = [gone(inside[0]!), gone(inside.at(-1)!)];
      return sides.some((side) => side.length === 0) ? [] : sides[0]!;
    }
    if (node.getChild("Unless") !== null) return gone(inside[0]!);
    return inside.flatMap(gone);
  };
  return [...new Set(gone(parsePromql(text).topNode))];
}
