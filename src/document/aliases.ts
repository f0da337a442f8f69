import { didYouMean } from "../errors.ts";
import { harmless } from "../harmless.ts";
import type { Tree } from "./tree.ts";

/** Levels of nesting. The YAML parser's own recursion ends the process somewhere above 3000. */
export const deepest = 100;
/** Values that aliases may add to a document. */
const mostRepeated = 20_000;

/** Which value an alias means, and how large and deep the document becomes when all of them are written out. */
export function trackAliases() {
  const anchors = new Map<string, Tree | "open">();
  const sizes = new Map<Tree, { values: number; depth: number }>();
  let repeated = 0;
  let told = false;

  /** Few values are ever meant by an alias: only those are measured. */
  function sizeOf(tree: Tree): { values: number; depth: number } {
    const known = sizes.get(tree);
    if (known !== undefined) return known;
    const size = { values: 1, depth: 1 };
    for (const one of insideOf(tree)) {
      const { values, depth } = sizeOf(one);
      size.values += values;
      size.depth = Math.max(size.depth, depth + 1);
    }
    sizes.set(tree, size);
    return size;
  }

  return {
    /** `grow` makes the tree that &`anchor` marks */
    marked(anchor: string, grow: () => Tree): Tree {
      anchors.set(anchor, "open");
      const tree = grow();
      anchors.set(anchor, tree);
      return tree;
    },
    /** `why` is undefined when it was told before */
    resolve(name: string, start: number, end: number): { tree: Tree } | { why: string | undefined } {
      const to = anchors.get(name);
      if (to === undefined)
        return { why: `no value above is marked &${harmless(name)}${didYouMean(name, anchors.keys())}` };
      if (to === "open") return { why: `*${harmless(name)} stands inside the value it repeats` };
      const { values, depth } = sizeOf(to);
      repeated += values;
      if (repeated <= mostRepeated && depth < deepest) return { tree: { kind: "alias", to, start, end } };
      const why = told ? undefined : "aliases in this file repeat each other too often: write the values out";
      told = true;
      return { why };
    },
  };
}

function insideOf(tree: Tree): Tree[] {
  switch (tree.kind) {
    case "scalar":
      return [];
    case "list":
      return tree.items;
    case "map":
      return tree.members.map(({ value }) => value);
    case "alias":
      return [tree.to];
  }
}
