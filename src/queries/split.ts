import type { Edit, Refused } from "./edit.ts";
import { childrenOf, findNodes, parsePromql, type SyntaxNode } from "./promql.ts";
import { sayLabel, unquote } from "./quote.ts";
import { selectorsOf } from "./selector.ts";

const splittable = new Set(["sum", "avg", "min", "max", "count", "group", "stddev", "stdvar", "quantile"]);
/** functions whose result loses the label, or would be wrong once there are several series */
const joining = new Set(["scalar", "absent", "absent_over_time", "vector", "label_replace", "label_join"]);

/** The label by which a metric is split; `metric` is undefined where a selector can be any. */
export type LabelOf = (metric: string | undefined) => string | Refused;

/** The edits that make an expression give one series for each value of a label; or why that cannot be. */
export function split(text: string, by: LabelOf): Edit[] | Refused {
  const label = commonLabel(text, by);
  if (typeof label !== "string") return label;
  const edits: Edit[] = [];
  const dropped = fallbacks(text);
  const stays = ({ from, to }: SyntaxNode) => !dropped.some((d) => d.from <= from && to <= d.to);
  for (const node of findNodes(parsePromql(text), "FunctionCall")) {
    const name = text.slice(node.from, node.getChild("FunctionIdentifier")?.to ?? node.from);
    if (joining.has(name) && stays(node))
      return { refused: `an expression with ${name}() cannot be split by ${label}` };
  }
  for (const node of findNodes(parsePromql(text), "AggregateExpr")) {
    const edit = group(text, node, label);
    if (edit !== undefined && "refused" in edit) return edit;
    if (edit !== undefined) edits.push(edit);
  }
  for (const node of findNodes(parsePromql(text), "MatchingModifierClause").filter(stays)) {
    const labels = node.getChild("GroupingLabels");
    const listed = labels === null ? false : names(text, labels).includes(label);
    if (node.getChild("Ignoring") !== null && listed)
      return { refused: `the expression ignores ${label}, it cannot be split by it` };
    if (node.getChild("On") !== null && labels !== null && !listed) edits.push(append(labels, label));
  }
  return [...edits, ...dropped];
}

/** The one label that all metrics of the expression are split by. */
function commonLabel(text: string, by: LabelOf): string | Refused {
  let first: { label: string; metric: string | undefined } | undefined;
  for (const { metric, node } of selectorsOf(text)) {
    const label = by(metric);
    if (typeof label !== "string") return label;
    if (!isAggregated(node))
      return { refused: `${metric ?? "the metric"} is not inside sum(...) or the like, it cannot be split` };
    if (first !== undefined && first.label !== label) {
      return {
        refused: `${first.metric} has the label ${first.label} where ${metric} has ${label}: they cannot be split together`,
      };
    }
    first ??= { label, metric };
  }
  return first?.label ?? { refused: "the expression names no metric, it cannot be split" };
}

function isAggregated(node: SyntaxNode): boolean {
  for (let up = node.parent; up !== null; up = up.parent) if (up.name === "AggregateExpr") return true;
  return false;
}

function group(text: string, node: SyntaxNode, label: string): Edit | Refused | undefined {
  const operator = node.getChild("AggregateOp")!;
  const name = text.slice(operator.from, operator.to);
  if (!splittable.has(name.toLowerCase()))
    return { refused: `an expression with ${name}() cannot be split by ${label}` };
  const modifier = node.getChild("AggregateModifier");
  if (modifier === null) {
    const body = node.getChild("FunctionCallBody")!;
    const between = text.slice(operator.to, body.from);
    return {
      from: operator.to,
      to: between.trim() === "" ? body.from : operator.to,
      insert: ` by (${sayLabel(label)}) `,
    };
  }
  if (modifier.getChild("Without") !== null)
    return { refused: `an expression with "without" cannot be split by ${label}: write "by"` };
  const labels = modifier.getChild("GroupingLabels")!;
  return names(text, labels).includes(label) ? undefined : append(labels, label);
}

/** `or vector(0)`: one series without labels, which says nothing about any value of the label. */
function fallbacks(text: string): Edit[] {
  return findNodes(parsePromql(text), "BinaryExpr").flatMap((node) => {
    if (node.getChild("Or") === null) return [];
    const operands = childrenOf(node);
    const [left, right] = [operands[0]!, operands.at(-1)!];
    if (isConstant(text, right)) return [{ from: left.to, to: right.to, insert: "" }];
    return isConstant(text, left) ? [{ from: left.from, to: right.from, insert: "" }] : [];
  });
}

function isConstant(text: string, node: SyntaxNode): boolean {
  if (node.name === "ParenExpr") return childrenOf(node).every((child) => isConstant(text, child));
  return node.name === "FunctionCall" && /^vector\s*\(\s*[-+.\de]+\s*\)$/.test(text.slice(node.from, node.to));
}

function names(text: string, labels: SyntaxNode): string[] {
  return childrenOf(labels).map((child) => {
    const word = text.slice(child.from, child.to);
    return child.name === "QuotedLabelName" ? unquote(word) : word;
  });
}

function append(labels: SyntaxNode, label: string): Edit {
  const last = childrenOf(labels).at(-1);
  const at = last?.to ?? labels.from + 1;
  return { from: at, to: at, insert: last === undefined ? sayLabel(label) : `, ${sayLabel(label)}` };
}
