import { posix } from "node:path";
import { imports, nodes, type File, type Node } from "./code.ts";

/** Folders whose index.ts lists every kind that their other files define. */
export const listed = [
  "steps",
  "sources",
  "targets",
  "actions",
  "changes",
  "mitigations",
  "lint/structure",
  "lint/queries",
  "lint/safety",
  "lint/completeness",
  "lint/alerts",
  "lint/yaml",
  "lint/project",
  "lint/kinds",
  "sinks",
  "show/formats",
  "commands",
] as const;

/** A kind: an exported constant with a `kind` or `name`, and a `summary`. */
interface Kind {
  file: File;
  exported: string;
  /** as people write it: "kill-switch", "incident start" */
  name: string;
}

/** Kinds that are not listed, and kinds whose file or export has another name. */
export function wrongLists(files: readonly File[]): string[] {
  return listed.flatMap((folder) => {
    const index = files.find((it) => it.path === `src/${folder}/index.ts`);
    const inside = files.filter((it) => it.path.startsWith(`src/${folder}/`) && it !== index);
    return inside.flatMap(kindsOf).flatMap(({ file, exported, name }) => {
      const wanted = exportName(name, folder) ?? exported;
      const stem = posix.basename(file.path, ".ts");
      if (exported !== wanted) return [`${file.path}: "${name}" is exported as ${exported}, not ${wanted}`];
      if (stem !== wanted) return [`${file.path}: "${name}" belongs in src/${folder}/${wanted}.ts`];
      return index !== undefined && lists(index, exported, file.path)
        ? []
        : [`src/${folder}/index.ts does not list ${exported} ("${name}" of ${file.path})`];
    });
  });
}

function kindsOf(file: File): Kind[] {
  return nodes(file).flatMap(({ node }) => {
    const declared = node["declaration"] as Node | null | undefined;
    if (node.type !== "ExportNamedDeclaration" || declared?.type !== "VariableDeclaration") return [];
    return (declared["declarations"] as Node[]).flatMap((it) => {
      const name = kindName(it["init"] as Node);
      return name === undefined ? [] : [{ file, exported: String((it["id"] as Node)["name"]), name }];
    });
  });
}

/** Looks through `command({…})`, `{…} satisfies Rule`, `{…} as Rule`. */
function kindName(value: Node | null): string | undefined {
  if (value?.type === "CallExpression")
    return (value["arguments"] as Node[]).map(kindName).find((it) => it !== undefined);
  if (value?.type === "TSSatisfiesExpression" || value?.type === "TSAsExpression")
    return kindName(value["expression"] as Node);
  if (value?.type !== "ObjectExpression") return undefined;
  const texts = new Map(
    (value["properties"] as Node[]).map((it) => [(it["key"] as Node)?.["name"], it["value"] as Node]),
  );
  const name = texts.get("kind") ?? texts.get("name");
  return texts.has("summary") && typeof name?.["value"] === "string" ? name["value"] : undefined;
}

/** "kill-switch" → killSwitch; "" (the bare command) may be called anything; `continue` is no name: continueStep. */
function exportName(name: string, folder: string): string | undefined {
  if (name === "") return undefined;
  const camel = name.replace(/[-_. ]+(.)/g, (_, letter: string) => letter.toUpperCase());
  return reserved.has(camel) ? `${camel}${folder[0]!.toUpperCase()}${folder.slice(1, -1)}` : camel;
}

const reserved = new Set(["continue", "delete", "export", "import", "new", "switch", "return", "default"]);

function lists(index: File, exported: string, path: string): boolean {
  return listsLoaded(index, exported, path) || listsToLoad(index, exported, path);
}

/** `name: async () => (await import("./file.ts")).exported` */
function listsToLoad(index: File, exported: string, path: string): boolean {
  const from = `./${posix.relative(posix.dirname(index.path), path)}`;
  return nodes(index).some(
    ({ node, parent }) =>
      parent?.type === "ArrowFunctionExpression" &&
      node.type === "MemberExpression" &&
      index.text.slice(node.start, node["end"] as number) === `(await import("${from}")).${exported}`,
  );
}

function listsLoaded(index: File, exported: string, path: string): boolean {
  const imported = imports(index).some(
    (it) => it.names.includes(exported) && posix.join(posix.dirname(index.path), it.from) === path,
  );
  return (
    imported &&
    nodes(index).some(
      ({ node, parent }) => node["name"] === exported && /^(ArrayExpression|Property)$/.test(parent?.type ?? ""),
    )
  );
}
