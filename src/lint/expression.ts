import type { Path } from "../document/document.ts";
import { parsePromql, type SyntaxNode, type Tree } from "../queries/promql.ts";
import type { Signal } from "../signals/catalogue.ts";
import type { Unit } from "../timeline/measurement.ts";
import type { Healthy } from "../timeline/verdict.ts";

/** A query somewhere in a file. */
export interface Written {
  language: "promql" | "logql" | "sql";
  text: string;
  /** of the text in its file */
  path: Path;
  /** what the answer is for: a verdict, a figure, or to wake somebody */
  use: "evidence" | "signal" | "alert" | "recording";
  /** of the evidence, the signal or the alert */
  name: string;
  healthy?: Healthy;
  unit?: Unit;
  /** how long an alert has to hold before it fires; 0: it fires at once */
  forMs?: number;
  layer?: Signal["layer"];
}

/** A query with its syntax tree, read when it is first asked for. */
export interface Expression extends Written {
  /** of PromQL only */
  readonly tree: Tree;
  /** all nodes with this name, in the order of the text */
  nodes(name: string): readonly SyntaxNode[];
  /** the text of a node */
  said(node: SyntaxNode): string;
}

export function expressionOf(written: Written): Expression {
  const { text } = written;
  let tree: Tree | undefined;
  let byName: Map<string, SyntaxNode[]> | undefined;
  const read = () => (tree ??= parsePromql(text));
  return {
    ...written,
    get tree() {
      return read();
    },
    nodes(name) {
      byName ??= sortNodes(read());
      return byName.get(name) ?? [];
    },
    said: ({ from, to }) => text.slice(from, to),
  };
}

/** One walk for all rules. */
function sortNodes(tree: Tree): Map<string, SyntaxNode[]> {
  const byName = new Map<string, SyntaxNode[]>();
  tree.iterate({
    enter(at) {
      const same = byName.get(at.name);
      if (same === undefined) byName.set(at.name, [at.node]);
      else same.push(at.node);
    },
  });
  return byName;
}
