import { didYouMean } from "../errors.ts";
import { shorten } from "../harmless.ts";
import { parseLogql } from "./logql.ts";
import type { Mistake } from "./mistake.ts";
import { findNodes, type SyntaxNode, type Tree } from "./promql.ts";
import { unquote } from "./quote.ts";
import { readPattern } from "./regex.ts";
import { bracketMistake } from "./syntax.ts";

/** The first thing that is wrong with a LogQL expression, in plain words; empty when it can be read. */
export function checkLogql(text: string): Mistake[] {
  if (text.trim() === "") return [{ message: "the expression is empty", from: 0, to: 0 }];
  const tree = parseLogql(text);
  const mistake = syntaxError(text, tree) ?? wrongPattern(text, tree) ?? openSelector(text, tree);
  return mistake === undefined ? [] : [mistake];
}

/** Whether an expression counts or sums; else it gives log lines. */
export function isMetric(text: string): boolean {
  return findNodes(parseLogql(text), "MetricExpr").length > 0;
}

function syntaxError(text: string, tree: Tree): Mistake | undefined {
  const error = findNodes(tree, "⚠")[0];
  if (error === undefined) return undefined;
  const at = error.from + /^\s*/.exec(text.slice(error.from))![0].length;
  const rest = text.slice(at);
  const name = /^([A-Za-z_]\w*)\s*\(/.exec(rest)?.[1];
  if (name !== undefined && !words.has(name))
    return {
      message: `there is no function ${shorten(name, 60)}${didYouMean(name, functions)}`,
      from: at,
      to: at + name.length,
    };
  if (/^["`]/.test(rest) && error.parent?.name !== "Labels")
    return { message: `the string that starts with ${rest[0]} is not closed`, from: at, to: text.length };
  if (error.parent?.name === "Selector" && error.parent.getChild("Matchers") === null && rest.startsWith("}"))
    return { message: "{} would select everything: name a label", from: error.parent.from, to: at + 1 };
  const bracket = bracketMistake(text, at);
  if (bracket !== undefined) return bracket;
  const word = /^(\$?[A-Za-z_]\w*|\$\{\w+\}?|\d[\w.]*|[<>=!|]+[~=]?|.)/su.exec(rest)![0];
  return { message: `${shorten(word, 40)} is not expected here${hint(error, word)}`, from: at, to: at + word.length };
}

function hint(error: SyntaxNode, word: string): string {
  if (word.startsWith("$")) return "; a variable of a dashboard is not known, write what it stands for";
  const parent = error.parent?.name;
  if (parent === "Matcher" && /^[\w:]/.test(word)) return '; values are quoted: label="value"';
  if (parent === "Range") return "; a window looks like [5m]";
  return "";
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

/** A pattern that Loki cannot read: of a matcher, of `|~` and `!~`, of `| regexp`. */
function wrongPattern(text: string, tree: Tree): Mistake | undefined {
  for (const node of [
    ...findNodes(tree, "Matcher"),
    ...findNodes(tree, "LineFilter"),
    ...findNodes(tree, "LabelParser"),
  ]) {
    const literal = node.getChild("String");
    const filter = node.getChild("Filter") ?? node;
    const isPattern = ["Re", "Nre", "PipeMatch", "Regexp"].some((name) => filter.getChild(name) !== null);
    if (literal === null || !isPattern) continue;
    const pattern = readPattern(unquote(text.slice(literal.from, literal.to)));
    if (!("wrong" in pattern)) continue;
    const message = `the regular expression cannot be read: ${shorten(pattern.wrong, 200)}`;
    return { message, from: literal.from, to: literal.to };
  }
  return undefined;
}

const words = new Set(["by", "without", "on", "ignoring", "group_left", "group_right", "and", "or", "unless", "ip"]);

/** The functions of LogQL, for "did you mean". */
const functions = (
  "count_over_time rate rate_counter bytes_over_time bytes_rate avg_over_time sum_over_time min_over_time max_over_time " +
  "stddev_over_time stdvar_over_time quantile_over_time first_over_time last_over_time absent_over_time sum avg count " +
  "max min stddev stdvar bottomk topk sort sort_desc label_replace vector"
).split(" ");
