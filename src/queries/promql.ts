import type { SyntaxNode, Tree, TreeCursor } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";

export type { SyntaxNode, Tree, TreeCursor };

const parsed = new Map<string, Tree>();

/** Of a longer text only the beginning is read: the time it takes to recover from errors grows with their number. */
export const mostCharacters = 20_000;

/** The syntax tree; with error nodes in it where the text is wrong (see `checkPromql`). */
export function parsePromql(text: string): Tree {
  let tree = parsed.get(text);
  if (tree === undefined) {
    tree = parseStart(
      parser,
      text.slice(0, mostCharacters).replace(rare, (found) => respelt[found]!),
    );
    if (parsed.size >= 500) parsed.delete(parsed.keys().next().value!);
    parsed.set(text, tree);
  }
  return tree;
}

/**
 * Reads the beginning of a text. The parser calls itself for each bracket that is opened and never closed: where it runs out
 * of stack, the first of them show the mistake.
 */
export function parseStart(parser: { parse(text: string): Tree }, text: string): Tree {
  const start = text.slice(0, mostCharacters);
  try {
    return parser.parse(start);
  } catch (thrown) {
    if (thrown instanceof RangeError) return parser.parse(start.slice(0, 500));
    throw thrown;
  }
}

/**
 * What Prometheus reads and the grammar does not: `5.` and `5.e3`, `0X1F`, a metric that is called offset, and a function
 * that Prometheus 3 calls by another name. The grammar gets something else that is as long, at the same place.
 */
const rare =
  /\.(?<=(?<![\w:.])\d+\.)(?![\d.])|X(?<=(?<![\w:.])0X)(?=[\da-fA-F])|holt_winters(?<![\w:]holt_winters)(?=\s*\()|offset(?<=(?:^|[(,+*/%^=<>-]|\b(?:and|or|unless))\s*offset)(?=\s*(?:$|[)\]},+*/%^=!<>{[]|offset\b))/g;

const respelt: Record<string, string> = { ".": "0", X: "x", holt_winters: "day_of_month", offset: "_ffset" };

/** All nodes with this name, in the order of the text. */
export function findNodes(tree: Tree, name: string): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  tree.iterate({
    enter: (node) => {
      if (node.name === name) found.push(node.node);
    },
  });
  return found;
}

/** Direct children that are part of the language (comments are not). */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== "LineComment") children.push(child);
  }
  return children;
}
