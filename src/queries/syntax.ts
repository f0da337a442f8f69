import { didYouMean } from "../errors.ts";
import { shorten } from "../harmless.ts";
import type { Mistake } from "./mistake.ts";
import { type SyntaxNode, type Tree } from "./promql.ts";
import { callable } from "./signatures.ts";

/** The first place where the grammar does not understand a text, in plain words. */
export function syntaxMistake(text: string, tree: Tree): Mistake | undefined {
  const error = firstError(tree);
  return error === undefined ? oddSpace(text) : (openString(text, tree) ?? oddSpace(text) ?? explain(text, error));
}

function firstError(tree: Tree): SyntaxNode | undefined {
  const at = tree.cursor();
  do if (at.type.isError) return at.node;
  while (at.next());
  return undefined;
}

/** The grammar lets a string run to the end of its line without a closing quote. */
function openString(text: string, tree: Tree): Mistake | undefined {
  let found: Mistake | undefined;
  tree.iterate({
    enter({ name, from, to }) {
      if (found !== undefined || name !== "StringLiteral" || isClosed(text.slice(from, to))) return;
      found = { message: unclosed(text[from]!), from, to };
    },
  });
  return found;
}

/** `literal`: a string with its quotes, or with its first only. */
export function isClosed(literal: string): boolean {
  return literal.length > 1 && literal.endsWith(literal[0]!) && !/[^\\](\\\\)*\\$/.test(literal.slice(0, -1));
}

export function unclosed(quote: string): string {
  return `the string that starts with ${quote} is not closed`;
}

/** What is a space for the grammar, and none for Prometheus. */
function oddSpace(text: string): Mistake | undefined {
  if (!odd.test(text)) return undefined;
  const blank = (found: string) => " ".repeat(found.length);
  const found = odd.exec(text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#.*/g, blank));
  if (found === null) return undefined;
  const code = found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  return {
    message: `U+${code} looks like a space and is none: type it again`,
    from: found.index,
    to: found.index + 1,
  };
}

const odd = /[\v\f\u0085\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]/;

function explain(text: string, error: SyntaxNode): Mistake {
  const at = error.from + /^\s*/.exec(text.slice(error.from))![0].length;
  const before = error.prevSibling;
  const rest = text.slice(at);
  if (rest.startsWith("(") && before?.name === "Identifier") {
    const name = text.slice(before.from, before.to);
    return {
      message: `there is no function ${shorten(name, 60)}${didYouMean(name, callable)}`,
      from: before.from,
      to: before.to,
    };
  }
  const bracket = bracketMistake(text, at);
  if (bracket !== undefined) return bracket;
  const word = /^([A-Za-z_:][\w:]*|\d[\w.]*|"[^"]*"?|[<>=!]+[~=]?|.)/su.exec(rest)![0];
  const message =
    before?.name === "DurationExpr" || /^\d+$/.test(text.slice(Math.max(0, at - 1), at))
      ? `${shorten(word, 40)} is not expected after a number; ${durations(word)}`
      : `${shorten(word, 40)} is not expected here${hint(error, word)}`;
  return { message, from: at, to: at + word.length };
}

function durations(word: string): string {
  const twice = /^\d+[smhdwy]/.test(word);
  return twice
    ? "the units of a duration go from large to small, each once: 1h30m"
    : "durations look like 5m, 90s, 1h30m";
}

function hint(error: SyntaxNode, word: string): string {
  const parent = error.parent?.name;
  if (parent === "UnquotedLabelMatcher" && /^[\w:]/.test(word)) return '; label values are quoted: label="value"';
  if (parent === "LabelMatchers") return "; matchers are separated by commas";
  if (parent === "GroupingLabels") return "; labels are listed in brackets: by (label, label)";
  if (error.from > 2000) return "; so long an expression may also be too much: make recording rules of its parts";
  return word in operators ? `; write ${operators[word]}` : "";
}

const operators: Record<string, string> = { "=": "==", "=<": "<=", "=>": ">=", "<>": "!=", "&": "and", "|": "or" };

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
