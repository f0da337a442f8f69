import { shorten } from "../harmless.ts";
import type { Mistake } from "./mistake.ts";
import { findNodes, type SyntaxNode, type Tree } from "./promql.ts";
import { unquote } from "./quote.ts";
import { readPattern } from "./regex.ts";

/** A pattern that Loki cannot read, or that names nothing where it must. */
export function patternMistake(text: string, tree: Tree): Mistake | undefined {
  const wrong = (node: SyntaxNode, said: (value: string) => string | undefined): Mistake | undefined => {
    const { from, to } = node;
    const message = said(unquote(text.slice(from, to)));
    return message === undefined ? undefined : { message, from, to };
  };
  for (const name of ["Matcher", "LineFilter", "LabelParser", "LabelReplaceExpr"]) {
    for (const node of findNodes(tree, name)) {
      const literal = node.getChildren("String").at(-1);
      if (literal === undefined) continue;
      const has = (child: string) => (node.getChild("Filter") ?? node).getChild(child) !== null;
      const isRegex = name === "LabelReplaceExpr" || ["Re", "Nre", "PipeMatch", "Regexp"].some(has);
      const mistake =
        (isRegex ? wrong(literal, unreadable) : undefined) ??
        (has("Regexp") ? wrong(literal, nameless) : undefined) ??
        (has("Pattern") ? wrong(literal, uncaptured) : undefined);
      if (mistake !== undefined) return mistake;
    }
  }
  return undefined;
}

function unreadable(value: string): string | undefined {
  const pattern = readPattern(value);
  return "wrong" in pattern ? `the regular expression cannot be read: ${shorten(pattern.wrong, 200)}` : undefined;
}

/** Source: log.NewRegexpParser of Loki. */
function nameless(value: string): string | undefined {
  const names = [...value.replace(/\\[^]|\[\^?\]?(?:\\[^]|[^\]])*\]/g, "").matchAll(/\(\?P?<(\w+)>/g)].map(
    (found) => found[1]!,
  );
  if (names.length === 0) return "regexp reads nothing: name what it shall read, like (?P<status>[0-9]+)";
  return twice(names);
}

/** Source: pattern.New of Loki. */
function uncaptured(value: string): string | undefined {
  const captures = [...value.matchAll(/<([A-Za-z_]\w*)>/g)].map((found) => found[1]!).filter((name) => name !== "_");
  if (captures.length === 0) return 'pattern reads nothing: name what it shall read, like "<_> <status> <_>"';
  if (/<[A-Za-z_]\w*><[A-Za-z_]\w*>/.test(value)) return "two fields of a pattern need some text between them";
  return twice(captures);
}

function twice(names: readonly string[]): string | undefined {
  const name = names.find((one, i) => names.indexOf(one) < i);
  return name === undefined ? undefined : `${shorten(name, 60)} is read twice: give one of them another name`;
}
