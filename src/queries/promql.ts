import type { SyntaxNode, Tree } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";

export type { SyntaxNode, Tree };

const parsed = new Map<string, Tree>();

/** The syntax tree; with error nodes in it where the text is wrong (see `checkPromql`). */
export function parsePromql(text: string): Tree {
  let tree = parsed.get(text);
  if (tree === undefined) {
    tree = parser.parse(text);
    if (parsed.size >= 500) parsed.delete(parsed.keys().next().value!);
    parsed.set(text, tree);
  }
  return tree;
}

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
