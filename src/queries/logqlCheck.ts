import { shorten } from "../harmless.ts";
import { parseLogql } from "./logql.ts";
import { patternMistake } from "./logqlPatterns.ts";
import { logqlSyntaxMistake } from "./logqlSyntax.ts";
import { typeMistake } from "./logqlTypes.ts";
import { unwrapMistakes } from "./logqlUnwrap.ts";
import type { Mistake } from "./mistake.ts";
import { findNodes, type SyntaxNode, type Tree } from "./promql.ts";
import { unquote } from "./quote.ts";
import { readPattern } from "./regex.ts";

/**
 * The first thing that is wrong with a LogQL expression, in plain words; empty when Loki reads it. A mistake is what every
 * Loki refuses; what it takes though it means nothing, like `[0s]` or `+ bool`, is none.
 */
export function checkLogql(text: string): Mistake[] {
  const mistakes = checkReading(text);
  return mistakes.length > 0 ? mistakes : unwrapMistakes(text).slice(0, 1);
}

/** As `checkLogql`, but for what is unwrapped. */
export function checkReading(text: string): Mistake[] {
  if (text.trim() === "") return [{ message: "the expression is empty", from: 0, to: 0 }];
  const tree = parseLogql(text);
  const mistake =
    logqlSyntaxMistake(text, tree) ?? patternMistake(text, tree) ?? openSelector(text, tree) ?? typeMistake(text, tree);
  return mistake === undefined ? [] : [mistake];
}

/** Whether an expression counts or sums; else it gives log lines. */
export function isMetric(text: string): boolean {
  return findNodes(parseLogql(text), "MetricExpr").length > 0;
}

/** Loki refuses a selector whose every matcher also fits streams without the label. */
function openSelector(text: string, tree: Tree): Mistake | undefined {
  for (const selector of findNodes(tree, "Selector")) {
    const matchers = findNodes(tree, "Matcher").filter(({ from, to }) => from >= selector.from && to <= selector.to);
    if (matchers.some((matcher) => !fitsNothing(text, matcher))) continue;
    const { from, to } = selector;
    const said = shorten(text.slice(from, to), 60);
    return { message: `${said} would select everything: give one label a value, like app="x" or app=~".+"`, from, to };
  }
  return undefined;
}

/** Whether a matcher also fits a stream that has no such label. */
function fitsNothing(text: string, matcher: SyntaxNode): boolean {
  const literal = matcher.getChild("String");
  const value = literal === null ? "" : unquote(text.slice(literal.from, literal.to));
  if (matcher.getChild("Eq") !== null) return value === "";
  if (matcher.getChild("Neq") !== null) return value !== "";
  const pattern = readPattern(value);
  // a wrong pattern is told as what it is
  return !("wrong" in pattern) && pattern.fitsEmpty === (matcher.getChild("Re") !== null);
}
