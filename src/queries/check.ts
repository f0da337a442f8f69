import { didYouMean } from "../errors.ts";
import { shorten } from "../harmless.ts";
import { childrenOf, findNodes, parsePromql, type SyntaxNode, type Tree } from "./promql.ts";

/** Offsets are UTF-16 units of the text, `to` exclusive. */
export interface Mistake {
  message: string;
  from: number;
  to: number;
}

/** The first thing that is wrong with an expression, in plain words; empty when it can be read. */
export function checkPromql(text: string): Mistake[] {
  if (text.trim() === "") return [{ message: "the expression is empty", from: 0, to: 0 }];
  const tree = parsePromql(text);
  const mistake = openString(text, tree) ?? syntaxError(text, tree) ?? emptySelector(text, tree);
  return mistake === undefined ? [] : [mistake];
}

/** The grammar lets a string run to the end of its line without a closing quote. */
function openString(text: string, tree: Tree): Mistake | undefined {
  for (const { from, to } of findNodes(tree, "StringLiteral")) {
    if (to - from > 1 && text[to - 1] === text[from] && !/[^\\](\\\\)*\\$/.test(text.slice(from, to - 1))) continue;
    return { message: `the string that starts with ${text[from]} is not closed`, from, to };
  }
  return undefined;
}

function syntaxError(text: string, tree: Tree): Mistake | undefined {
  const error = findNodes(tree, "⚠")[0];
  if (error === undefined) return undefined;
  const at = error.from + /^\s*/.exec(text.slice(error.from))![0].length;
  const before = error.prevSibling;
  const rest = text.slice(at);
  if (rest.startsWith("(") && before?.name === "Identifier") {
    const name = text.slice(before.from, before.to);
    return {
      message: `there is no function ${shorten(name, 60)}${didYouMean(name, functions)}`,
      from: before.from,
      to: before.to,
    };
  }
  const bracket = bracketMistake(text, at);
  if (bracket !== undefined) return bracket;
  const word = /^([A-Za-z_:][\w:]*|\d[\w.]*|"[^"]*"?|[<>=!]+[~=]?|.)/su.exec(rest)![0];
  const message =
    before?.name === "DurationExpr" || /^\d+$/.test(text.slice(Math.max(0, at - 1), at))
      ? `${shorten(word, 40)} is not expected after a number; durations look like 5m, 90s, 1h30m`
      : `${shorten(word, 40)} is not expected here${hint(error, word)}`;
  return { message, from: at, to: at + word.length };
}

function hint(error: SyntaxNode, word: string): string {
  const parent = error.parent?.name;
  if (parent === "UnquotedLabelMatcher" && /^[\w:]/.test(word)) return '; label values are quoted: label="value"';
  if (parent === "LabelMatchers") return "; matchers are separated by commas";
  if (parent === "GroupingLabels") return "; labels are listed in brackets: by (label, label)";
  return "";
}

function emptySelector(text: string, tree: Tree): Mistake | undefined {
  for (const node of findNodes(tree, "VectorSelector")) {
    if (childrenOf(node).every((child) => child.name === "LabelMatchers" && child.firstChild === null)) {
      return {
        message: `${text.slice(node.from, node.to)} would select everything: name a metric`,
        from: node.from,
        to: node.to,
      };
    }
  }
  return undefined;
}

/** What the brackets tell about an error at `at`: one is never closed, or closes nothing; or the text just ends. */
export function bracketMistake(text: string, at: number): Mistake | undefined {
  const rest = text.slice(at);
  if (rest === "" || rest.startsWith("#")) {
    const open = openBracket(text);
    const end = text.trimEnd().length;
    if (open === undefined) return { message: "the expression ends too early", from: end, to: end };
    return { message: `the ${text[open]} is not closed`, from: open, to: open + 1 };
  }
  if (!/^[)\]}]/.test(rest)) return undefined;
  const open = openBracket(text.slice(0, at));
  if (open === undefined) return { message: `this ${rest[0]} closes nothing`, from: at, to: at + 1 };
  if (text[open] === { ")": "(", "]": "[", "}": "{" }[rest[0]!]) return undefined;
  return { message: `the ${text[open]} is not closed`, from: open, to: open + 1 };
}

/** Where the innermost bracket is that is never closed. */
function openBracket(text: string): number | undefined {
  const open: number[] = [];
  for (const token of text.matchAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#.*|[()[\]{}]/g)) {
    if (/^[([{]/.test(token[0])) open.push(token.index);
    else if (/^[)\]}]/.test(token[0])) open.pop();
  }
  return open.at(-1);
}

/** The common functions and aggregations, for "did you mean". */
const functions = (
  "abs absent absent_over_time avg_over_time ceil changes clamp clamp_max clamp_min count_over_time delta deriv " +
  "floor histogram_avg histogram_count histogram_fraction histogram_quantile histogram_sum idelta increase irate " +
  "label_join label_replace last_over_time ln log10 log2 max_over_time min_over_time predict_linear " +
  "present_over_time quantile_over_time rate resets round scalar sgn sort sort_desc sqrt stddev_over_time " +
  "stdvar_over_time sum_over_time time timestamp vector avg bottomk count count_values group max min quantile stddev " +
  "stdvar sum topk"
).split(" ");
