import { lineOf, nodes, type File, type Node, type Visit } from "./code.ts";

const globals = new Set("process console setTimeout setInterval setImmediate fetch performance globalThis".split(" "));
const members = new Set([
  "Date.now",
  "Math.random",
  "AbortSignal.timeout",
  "crypto.randomUUID",
  "crypto.getRandomValues",
]);

/** Uses of the outside (clock, chance, process, console) that go around the world. main.ts may name `process`. */
export function leaks(files: readonly File[]): string[] {
  return files
    .filter((file) => !file.path.startsWith("src/world/"))
    .flatMap((file) =>
      nodes(file).flatMap((visit) => {
        const found = leak(visit);
        if (found === undefined || (found === "process" && file.path === "src/main.ts")) return [];
        return [`${file.path}:${lineOf(file, visit.node)} uses ${found}: only src/world/ may`];
      }),
    );
}

function leak({ node, parent, key }: Visit): string | undefined {
  if (node.type === "Identifier" && globals.has(nameOf(node))) return isName(parent, key) ? undefined : nameOf(node);
  if (node.type === "MemberExpression") {
    const spelled = `${nameOf(node["object"])}.${nameOf(node["property"])}`;
    return members.has(spelled) ? spelled : undefined;
  }
  if (nameOf(node["callee"]) !== "Date") return undefined;
  if (node.type === "CallExpression") return "Date()";
  return node.type === "NewExpression" && (node["arguments"] as Node[]).length === 0 ? "new Date()" : undefined;
}

/** `x.process`, `{ process: 1 }`, `import { process as x }`: a word, not the global. */
function isName(parent: Node | undefined, key: string): boolean {
  if (parent?.["computed"] === true) return false;
  if (key === "property" || key === "key") return true;
  return key === "imported" || key === "label" || key === "typeName";
}

function nameOf(node: unknown): string {
  const name = (node as Node | undefined)?.["name"];
  return typeof name === "string" ? name : "";
}
