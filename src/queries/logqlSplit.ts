import type { Edit, Refused } from "./edit.ts";
import type { LogLabel } from "./logLabel.ts";
import { isParser, kindOf, pipelinesOf, type Pipeline } from "./logql.ts";
import { findNodes, type SyntaxNode, type Tree } from "./promql.ts";

const splittable = new Set(["sum", "avg", "min", "max", "count", "stddev", "stdvar"]);

/** The edits that make an expression give one series for each value of a label; or why that cannot be. */
export function splitLogql(text: string, tree: Tree, by: LogLabel): Edit[] | Refused {
  const { label } = by;
  const refuse = (why: string): Refused => ({ refused: `an expression with ${why} cannot be split by ${label}` });
  const dropped = fallbacks(text, tree);
  const stays = ({ from, to }: { from: number; to: number }) => !dropped.some((d) => d.from <= from && to <= d.to);
  if (findNodes(tree, "LabelReplaceExpr").length > 0) return refuse("label_replace()");
  if (findNodes(tree, "AbsentOverTime").length > 0) return refuse("absent_over_time()");
  if (findNodes(tree, "VectorExpr").some(stays)) return refuse("vector()");
  if (findNodes(tree, "RangeAggregationExpr").length === 0)
    return { refused: `the expression gives log lines, it cannot be split by ${label}` };
  for (const pipeline of pipelinesOf(tree)) {
    const lost = loses(text, pipeline, by);
    if (lost !== undefined) return { refused: lost };
  }

  const edits: Edit[] = [];
  for (const node of findNodes(tree, "VectorAggregationExpr")) {
    const operator = node.getChild("VectorOp")!;
    const name = text.slice(operator.from, operator.to);
    if (!splittable.has(name)) return refuse(`${name}()`);
    const grouping = node.getChild("Grouping");
    if (grouping === null) edits.push({ from: operator.to, to: operator.to, insert: ` by (${label}) ` });
    else if (grouping.getChild("Without") !== null) return withoutRefused(label);
    else edits.push(...append(text, grouping, label));
  }
  for (const node of findNodes(tree, "RangeAggregationExpr")) {
    const grouping = node.getChild("Grouping");
    if (grouping === null && !isAggregated(node)) {
      const operator = node.getChild("RangeOp")!;
      const name = text.slice(operator.from, operator.to);
      return { refused: `${name}() is not inside sum(...) or the like, it cannot be split by ${label}` };
    }
    if (grouping?.getChild("Without") != null) return withoutRefused(label);
    if (grouping !== null) edits.push(...append(text, grouping, label));
  }
  for (const node of findNodes(tree, "OnOrIgnoringModifier").filter(stays)) {
    const labels = node.getChild("GroupingLabels");
    const listed = labels !== null && names(text, labels).includes(label);
    if (node.getChild("Ignoring") !== null && listed)
      return { refused: `the expression ignores ${label}, it cannot be split by it` };
    if (node.getChild("On") !== null && labels !== null) edits.push(...append(text, labels, label));
  }
  return [...edits, ...dropped];
}

function withoutRefused(label: string): Refused {
  return { refused: `an expression with "without" cannot be split by ${label}: write "by"` };
}

/** Why the lines of a pipeline do not carry the label to where they are counted. */
function loses(text: string, { stages }: Pipeline, { label, at }: LogLabel): string | undefined {
  if (at === "field" && !stages.some(isParser))
    return `${label} is a field of the lines, and nothing reads it out of them: add | json or | logfmt`;
  for (const stage of stages) {
    const kind = kindOf(stage);
    const listed = names(text, stage).includes(label);
    if ((kind === "KeepLabelsExpr" && !listed) || (kind === "DropLabelsExpr" && listed))
      return `"${text.slice(stage.from, stage.to)}" takes ${label} away, the expression cannot be split by it`;
  }
  return undefined;
}

function isAggregated(node: SyntaxNode): boolean {
  for (let up = node.parent; up !== null; up = up.parent) if (up.name === "VectorAggregationExpr") return true;
  return false;
}

/** `or vector(0)`: one series without labels, which says nothing about any value of the label. */
function fallbacks(text: string, tree: Tree): Edit[] {
  return findNodes(tree, "BinOpExpr").flatMap((node) => {
    const [left, right] = node.getChildren("Expr");
    if (node.getChild("Or") === null || left === undefined || right === undefined) return [];
    if (isConstant(text, right)) return [{ from: left.to, to: right.to, insert: "" }];
    return isConstant(text, left) ? [{ from: left.from, to: right.from, insert: "" }] : [];
  });
}

function isConstant(text: string, { from, to }: SyntaxNode): boolean {
  return /^[(\s]*vector\s*\(\s*[-+.\de]+\s*\)[)\s]*$/.test(text.slice(from, to));
}

/** The names inside `by (…)`, `on (…)` or a stage. */
function names(text: string, list: SyntaxNode): string[] {
  const found: string[] = [];
  list.cursor().iterate(({ name, from, to }) => {
    if (name === "Identifier" || name === "LabelName") found.push(text.slice(from, to));
  });
  return found;
}

/** Adds a label to `by (…)` or `on (…)`, which both end with their bracket. */
function append(text: string, list: SyntaxNode, label: string): Edit[] {
  const listed = names(text, list);
  if (listed.includes(label)) return [];
  return [{ from: list.to - 1, to: list.to - 1, insert: listed.length === 0 ? label : `, ${label}` }];
}
