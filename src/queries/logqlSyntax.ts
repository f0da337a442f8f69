import { didYouMean } from "../errors.ts";
import { shorten } from "../harmless.ts";
import type { Mistake } from "./mistake.ts";
import { findNodes, type SyntaxNode, type Tree } from "./promql.ts";
import { bracketMistake } from "./syntax.ts";

/** The first thing that the grammar does not understand, in plain words. */
export function logqlSyntaxMistake(text: string, tree: Tree): Mistake | undefined {
  const error = findNodes(tree, "⚠")[0];
  if (error === undefined) return undefined;
  const at = error.from + /^\s*/.exec(text.slice(error.from))![0].length;
  const rest = text.slice(at);
  const name = /^([A-Za-z_]\w*)\s*\(/.exec(rest)?.[1];
  if (name !== undefined && !words.has(name) && !functions.includes(name))
    return {
      message: `there is no function ${shorten(name, 60)}${didYouMean(name, functions)}`,
      from: at,
      to: at + name.length,
    };
  if (/^(?:"(?!(?:[^"\\\n]|\\.)*")|`(?![^`]*`))/.test(rest) && error.parent?.name !== "Labels")
    return { message: `the string that starts with ${rest[0]} is not closed`, from: at, to: text.length };
  if (error.parent?.name === "Selector" && error.parent.getChild("Matchers") === null && rest.startsWith("}"))
    return { message: "{} would select everything: name a label", from: error.parent.from, to: at + 1 };
  const mistake = bracketMistake(text, at) ?? linesMistake(text, error, at);
  if (mistake !== undefined) return mistake;
  const word = /^(\$?[A-Za-z_]\w*|\$\{\w+\}?|\d[\w.]*|[<>=!|]+[~=]?|.)/su.exec(rest)![0];
  const message = `${shorten(word, 40)} is not expected here${hint(text, error, word)}`;
  return { message, from: at, to: at + word.length };
}

/** Lines without a window, lines where figures are needed, a window where there is no function. */
function linesMistake(text: string, error: SyntaxNode, at: number): Mistake | undefined {
  const { parent, prevSibling: before } = error;
  const next = text[at];
  if (parent?.name === "LogRangeExpr" && parent.getChild("Range") === null && next === ")") {
    const operator = parent.parent?.getChild("RangeOp") ?? undefined;
    if (operator === undefined) return undefined;
    const { from, to } = operator;
    return { message: `${text.slice(from, to)}() needs a window: write [5m] before the )`, from, to };
  }
  if (parent?.name === "LogExpr" && next === "[")
    return { message: `a window stands in the brackets of a function: ${counted}`, from: at, to: at + 1 };
  if (before?.name !== "Expr" || before.getChild("LogExpr") === null || next !== ")") return undefined;
  const { from, to } = before;
  return { message: `figures are needed here, this selects log lines: ${counted}`, from, to };
}

export const counted = 'count them, like count_over_time({app="x"}[5m])';

function hint(text: string, error: SyntaxNode, word: string): string {
  if (word.startsWith("$")) return "; a variable of a dashboard is not known, write what it stands for";
  const { parent } = error;
  const operator = parent?.getChild("RangeOp") ?? undefined;
  if (operator !== undefined && functions.includes(word))
    return `; ${text.slice(operator.from, operator.to)}() is of log lines, and LogQL has no windows of figures`;
  if (word === "unwrap") return "; unwrap stands before the window of a function like sum_over_time()";
  if (parent?.name === "Matcher" && /^[\w:]/.test(word)) return '; values are quoted: label="value"';
  if (parent?.name === "Range") return "; a window looks like [5m]";
  return "";
}

const words = new Set(["by", "without", "on", "ignoring", "group_left", "group_right", "and", "or", "unless", "ip"]);

/** The functions of LogQL, for "did you mean". */
const functions = (
  "count_over_time rate rate_counter bytes_over_time bytes_rate avg_over_time sum_over_time min_over_time max_over_time " +
  "stddev_over_time stdvar_over_time quantile_over_time first_over_time last_over_time absent_over_time sum avg count " +
  "max min stddev stdvar bottomk topk sort sort_desc label_replace vector"
).split(" ");
