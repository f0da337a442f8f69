import { parseAst } from "rolldown/parseAst";

/** A file of the house; the path is from the package's folder: "src/steps/ask.ts". */
export interface File {
  path: string;
  text: string;
}

/** A node of the syntax tree (ESTree with TypeScript). */
export interface Node {
  type: string;
  start: number;
  [key: string]: unknown;
}

export interface Visit {
  node: Node;
  parent: Node | undefined;
  /** the parent's key that holds the node */
  key: string;
}

const trees = new Map<string, Visit[]>();

/** Every node of a TypeScript file, parents first. */
export function nodes(file: File): Visit[] {
  const known = trees.get(file.text);
  if (known) return known;
  const all: Visit[] = [];
  visit(parseAst(file.text, { lang: "ts" }, file.path), undefined, "", all);
  trees.set(file.text, all);
  return all;
}

function visit(value: unknown, parent: Node | undefined, key: string, all: Visit[]): void {
  if (Array.isArray(value)) for (const item of value) visit(item, parent, key, all);
  else if (isNode(value)) {
    all.push({ node: value, parent, key });
    for (const [name, child] of Object.entries(value)) visit(child, value, name, all);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

export interface Import {
  /** as written: "./step.ts", "node:path", "zod" */
  from: string;
  /** imported names; empty for `import("…")` and `import "…"` */
  names: string[];
  line: number;
}

/** Static, dynamic and type-only imports and re-exports. */
export function imports(file: File): Import[] {
  return nodes(file).flatMap(({ node }) => {
    const source = node["source"];
    if (!/^(Import|ExportNamed|ExportAll)(Declaration|Expression)$/.test(node.type) || !isNode(source)) return [];
    const specifiers = (node["specifiers"] ?? []) as Node[];
    const names = specifiers.flatMap((it) => (isNode(it["imported"]) ? String(it["imported"]["name"]) : []));
    return [{ from: String(source["value"]), names, line: lineOf(file, node) }];
  });
}

export function lineOf(file: File, node: Node): number {
  return file.text.slice(0, node.start).split("\n").length;
}
