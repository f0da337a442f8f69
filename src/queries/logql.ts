import { parser } from "@grafana/lezer-logql";
import { parseDuration } from "../duration.ts";
import { childrenOf, findNodes, parseStart, type SyntaxNode, type Tree } from "./promql.ts";

/**
 * The syntax tree; with error nodes in it where the text is wrong (see `checkLogql`). Two things that Loki knows and the
 * grammar does not are put aside, at unchanged places: offsets (behind `| unwrap`), and what makes `topk` approximate.
 */
export function parseLogql(text: string): Tree {
  const blank = (found: string) => " ".repeat(found.length);
  return parseStart(parser, text.replace(offsets, blank).replace(/\bapprox_(?=topk\s*\()/g, blank));
}

const offsets = /(?<=\]\s*)offset\s+-?\d[\w.]*/g;

/** The offset behind a range window that ends at `end`: its place, and how far it goes back in ms. */
export function offsetAt(text: string, end: number): { to: number; ms: number } {
  const [all = "", sign, size = ""] = /^\s*offset\s+(-?)(\d[\w.]*)/.exec(text.slice(end)) ?? [];
  return { to: end + all.length, ms: (parseDuration(size) ?? 0) * (sign === "-" ? -1 : 1) };
}

/** A stream selector and what is done with its lines. */
export interface Pipeline {
  selector: SyntaxNode;
  /** `| json`, `|= "x"`, …, in the order of the text, without `| unwrap` and what comes after it */
  stages: SyntaxNode[];
  unwrap: SyntaxNode | null;
}

export function pipelinesOf(tree: Tree): Pipeline[] {
  return findNodes(tree, "Selector").map((selector) => {
    const lines = selector.parent!;
    return { selector, stages: stagesOf(lines.getChild("PipelineExpr")), unwrap: lines.getChild("UnwrapExpr") };
  });
}

/** What stands behind the `|` of a stage: "JsonExpressionParser", "LabelFilter"; "LineFilters" where there is none. */
export function kindOf(stage: SyntaxNode): string {
  return childrenOf(stage).at(-1)!.name;
}

/** Whether a stage makes fields out of the line. */
export function isParser(stage: SyntaxNode): boolean {
  return /^(LabelParser|LogfmtParser|JsonExpressionParser|LogfmtExpressionParser)$/.test(kindOf(stage));
}

/** Lists are nested: the stages before the last are a list of their own. */
function stagesOf(list: SyntaxNode | null): SyntaxNode[] {
  if (list === null) return [];
  return childrenOf(list).flatMap((child) => (child.name === "PipelineExpr" ? stagesOf(child) : [child]));
}
