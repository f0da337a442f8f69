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

  function sized(tree: Tree, inner: Tree[]): Tree {
    const size = { values: 1, depth: 1 };
    for (const one of inner) {
      const { values, depth } = sizes.get(one)!;
      size.values += values;
      size.depth = Math.max(size.depth, depth + 1);
    }
    sizes.set(tree, size);
    return tree;
  }

  return {
    /** every tree passes through here, after those inside it */
    sized,
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
      const { values, depth } = sizes.get(to)!;
      repeated += values;
      if (repeated <= mostRepeated && depth < deepest) return { tree: sized({ kind: "alias", to, start, end }, [to]) };
      const why = told ? undefined : "aliases in this file repeat each other too often: write the values out";
      told = true;
      return { why };
    },
  };
}
