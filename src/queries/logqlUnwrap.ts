import { parseLogql } from "./logql.ts";
import type { Mistake } from "./mistake.ts";
import { findNodes } from "./promql.ts";

/** A function of numbers where no field is unwrapped, or of lines where one is; and what to write instead. */
export function unwrapMistakes(text: string): (Mistake & { instead: string })[] {
  if (!/_over_time|unwrap|rate_counter/.test(text)) return [];
  const tree = parseLogql(text);
  if (findNodes(tree, "⚠").length > 0) return [];
  return findNodes(tree, "RangeAggregationExpr").flatMap((node) => {
    const operator = node.getChild("RangeOp");
    let lines = node.getChild("LogRangeExpr");
    // in brackets of their own
    while (lines?.getChild("LogRangeExpr") != null) lines = lines.getChild("LogRangeExpr");
    if (operator === null || lines === null) return [];
    const { from, to } = operator;
    const name = text.slice(from, to);
    const isUnwrapped = lines.getChild("UnwrapExpr") !== null;
    if (ofValues.test(name) && !isUnwrapped) {
      const message = `${name}() is of numbers, and no field is unwrapped`;
      return [{ message, from, to, instead: "| json | unwrap latency_ms [5m]" }];
    }
    if (ofLines.test(name) && isUnwrapped)
      return [{ message: `${name}() is of lines, it takes no unwrap`, from, to, instead: "leave | unwrap out" }];
    return [];
  });
}

const ofValues = /^(avg|sum|min|max|stddev|stdvar|quantile|first|last)_over_time$|^rate_counter$/;
const ofLines = /^(count_over_time|bytes_over_time|bytes_rate)$/;
