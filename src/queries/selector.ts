import { childrenOf, findNodes, parsePromql, type SyntaxNode } from "./promql.ts";
import { unquote } from "./quote.ts";

/** A vector selector of an expression. */
export interface Selector {
  /**
   * The metric's name; of `{__name__=~"a_b(_c)?_sum"}` the part before the pattern ("a_b"), which is enough to know its
   * family. Undefined when it can be any metric.
   */
  metric: string | undefined;
  /** only the beginning of the name is known */
  begins: boolean;
  node: SyntaxNode;
}

export function selectorsOf(text: string): Selector[] {
  return findNodes(parsePromql(text), "VectorSelector").map((node) => selectorAt(text, node));
}

/** `node`: a VectorSelector */
function selectorAt(text: string, node: SyntaxNode): Selector {
  const name = metricOf(text, node);
  return { metric: typeof name === "object" ? name.beginning : name, begins: typeof name === "object", node };
}

/** The metrics that an expression names, each once. */
export function metricNames(text: string): string[] {
  return [...new Set(selectorsOf(text).flatMap(({ metric }) => (metric === undefined ? [] : [metric])))];
}

/** What stands between the braces of a selector. */
export function matchersOf(selector: SyntaxNode): SyntaxNode[] {
  const braces = selector.getChild("LabelMatchers");
  return braces === null ? [] : childrenOf(braces);
}

/** The label that a matcher is about. */
export function labelOf(text: string, matcher: SyntaxNode): string | undefined {
  const name = matcher.getChild("LabelName");
  if (name !== null) return text.slice(name.from, name.to);
  const quoted = matcher.getChild("QuotedLabelName");
  return quoted === null ? undefined : unquote(text.slice(quoted.from, quoted.to));
}

function metricOf(text: string, selector: SyntaxNode): string | { beginning: string } | undefined {
  const plain = selector.getChild("Identifier");
  if (plain !== null) return text.slice(plain.from, plain.to);
  for (const matcher of matchersOf(selector)) {
    if (matcher.name === "QuotedLabelName") return unquote(text.slice(matcher.from, matcher.to));
    if (labelOf(text, matcher) !== "__name__") continue;
    const [operator, value] = [matcher.getChild("MatchOp"), matcher.getChild("StringLiteral")];
    if (operator === null || value === null) continue;
    const name = unquote(text.slice(value.from, value.to));
    switch (text.slice(operator.from, operator.to)) {
      case "=":
        return name;
      case "=~":
        return beginningOf(name);
    }
  }
  return undefined;
}

/** The literal text that everything which matches `pattern` starts with. */
function beginningOf(pattern: string): { beginning: string } | undefined {
  if (/\|/.test(pattern.replace(/\([^()]*\)/g, ""))) return undefined;
  const literal = /^[A-Za-z0-9_:]*/.exec(pattern)![0];
  // "ab?" starts with "a": what a quantifier follows may be absent
  const certain = /^[?*{]/.test(pattern.slice(literal.length)) ? literal.slice(0, -1) : literal;
  return certain === "" ? undefined : { beginning: certain };
}
