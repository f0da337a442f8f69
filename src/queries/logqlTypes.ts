import { shorten } from "../harmless.ts";
import { counted } from "./logqlSyntax.ts";
import type { Mistake, Span } from "./mistake.ts";
import { childrenOf, type SyntaxNode, type Tree } from "./promql.ts";

/**
 * What fits the grammar, and Loki refuses all the same: parameters, groups, what operators stand between. Source:
 * newRangeAggregationExpr, mustNewVectorAggregationExpr, mustNewBinOpExpr, validateSortGrouping in pkg/logql/syntax.
 */
export function typeMistake(text: string, tree: Tree): Mistake | undefined {
  let found: Mistake | undefined;
  tree.iterate({
    enter: ({ name, node }) => {
      if (found !== undefined) return false;
      if (name === "VectorAggregationExpr") found = ofFigures(text, node);
      else if (name === "RangeAggregationExpr") found = ofLines(text, node);
      else if (name === "BinOpExpr") found = between(text, node);
      return undefined;
    },
  });
  return found;
}

/** `sum(…)`, `topk(5, …)` */
function ofFigures(text: string, node: SyntaxNode): Mistake | undefined {
  const operator = node.getChild("VectorOp")!;
  const isApproximate = text.slice(0, operator.from).endsWith("approx_");
  const at = { from: operator.from - (isApproximate ? "approx_".length : 0), to: operator.to };
  const name = text.slice(at.from, at.to);
  const [number, grouping] = [node.getChild("Number"), node.getChild("Grouping")];
  if (!/topk$|^bottomk$/i.test(name)) {
    if (number !== null) return { message: `${name}() takes no number before its figures`, ...spanOf(number) };
    if (/^sort/i.test(name) && grouping?.getChild("Labels") != null)
      return { message: `${name}() groups nothing: leave by and without out`, ...spanOf(grouping) };
    return undefined;
  }
  if (number === null) return { message: `${name}() must know how many: ${name}(5, …)`, ...at };
  if (!/^0*[1-9]\d*$/.test(text.slice(number.from, number.to)))
    return { message: `${name}() takes a whole number, 1 or more`, ...spanOf(number) };
  return isApproximate && grouping !== null
    ? { message: `${name}() takes no by and no without`, ...spanOf(grouping) }
    : undefined;
}

const grouping = /^(avg|min|max|stddev|stdvar|quantile|first|last)_over_time$/i;

/** `rate(…[5m])`, `quantile_over_time(0.9, …[5m])` */
function ofLines(text: string, node: SyntaxNode): Mistake | undefined {
  const at = spanOf(node.getChild("RangeOp")!);
  const name = text.slice(at.from, at.to);
  const [number, groups] = [node.getChild("Number"), node.getChild("Grouping")];
  const isQuantile = /^quantile_over_time$/i.test(name);
  if (isQuantile && number === null) return { message: `${name}() must know which quantile: ${name}(0.95, …)`, ...at };
  if (!isQuantile && number !== null)
    return { message: `${name}() takes no number before its lines`, ...spanOf(number) };
  if (groups === null || grouping.test(name)) return undefined;
  const said = shorten(text.slice(groups.from, groups.to), 60);
  return { message: `${name}() groups nothing: write sum ${said} (${name}(…))`, ...spanOf(groups) };
}

/** Operators stand between figures; "and", "or", "unless" between series only. */
function between(text: string, node: SyntaxNode): Mistake | undefined {
  // a part of a longer one, without brackets
  if (node.parent?.parent?.parent?.name === "BinOpExpr") return undefined;
  const [operands, operators] = [operandsOf(node), operatorsOf(node)];
  const saidOf = ({ from, to }: SyntaxNode) => text.slice(from, to);
  const lines = operands.findIndex((operand) => operand.getChild("LogExpr") !== null);
  if (lines >= 0) {
    const said = saidOf(operators[lines - 1] ?? operators[0]!);
    return { message: `${said} needs figures, this selects log lines: ${counted}`, ...spanOf(operands[lines]!) };
  }
  // what stands between two of "and", "or", "unless" is one operand: the grammar's tree nests 2 * 3 > x differently
  let first = 0;
  for (let i = 0; i < operands.length; i++) {
    if (operators[i] !== undefined && !isLogical(operators[i]!)) continue;
    const own = operands.slice(first, i + 1);
    const operator = operators[first - 1] ?? operators[i];
    if (operator !== undefined && own.every(isNumber)) {
      const at = { from: own[0]!.from, to: own.at(-1)!.to };
      return { message: `${saidOf(operator)} needs series, this is a number: write vector(…)`, ...at };
    }
    first = i + 1;
  }
  return undefined;
}

/** The operation that an operand is, without brackets around it. */
function operationOf(operand: SyntaxNode): SyntaxNode | undefined {
  return operand.getChild("MetricExpr")?.getChild("BinOpExpr") ?? undefined;
}

function operandsOf(operation: SyntaxNode): SyntaxNode[] {
  return operation.getChildren("Expr").flatMap((operand) => {
    const inner = operationOf(operand);
    return inner === undefined ? [operand] : operandsOf(inner);
  });
}

function operatorsOf(operation: SyntaxNode): SyntaxNode[] {
  const [left, operator, ...rest] = childrenOf(operation);
  return [left, operator, rest.at(-1)].flatMap((one, i) => {
    if (i === 1) return one!;
    const inner = operationOf(one!);
    return inner === undefined ? [] : operatorsOf(inner);
  });
}

function isLogical(operator: SyntaxNode): boolean {
  return /^(And|Or|Unless)$/.test(operator.name);
}

/** A number, or what Loki makes one of before it runs anything: `(1 + 1)`. */
function isNumber(node: SyntaxNode): boolean {
  if (node.name === "LiteralExpr") return true;
  if (node.name === "BinOpExpr") return !operatorsOf(node).some(isLogical) && operandsOf(node).every(isNumber);
  return /^(Expr|MetricExpr)$/.test(node.name) && childrenOf(node).every(isNumber);
}

function spanOf({ from, to }: SyntaxNode): Span {
  return { from, to };
}
