import { yamlTree } from "./document.ts";
import { harmless } from "../harmless.ts";
import { jsonTree } from "./jsonTree.ts";
import { spell, valueOf } from "./tree.ts";
import type { Tree, Value } from "./tree.ts";
import { insertEntry, removeEntry, spellings } from "./spelling.ts";
import type { Entries } from "./spelling.ts";

export type Format = "yaml" | "json";
type Failed = { error: string };
type Changed = { text: string } | Failed;

/**
 * The value at an RFC 6901 JSON pointer; absent when its key or list item does not exist. `error` is one plain, harmless
 * sentence without a full stop.
 */
export function readAt(text: string, format: Format, pointer: string): { value: Value } | Failed {
  const found = find(text, format, pointer);
  if ("error" in found) return found;
  return { value: found.tree === undefined ? { absent: true } : valueOf(found.tree) };
}

/** Keys of the map, or texts in the list, at `pointer`; none where there is neither. */
export function namesAt(text: string, format: Format, pointer: string): string[] {
  const found = find(text, format, pointer);
  if ("error" in found || found.tree === undefined) return [];
  if (found.tree.kind === "map") return found.tree.members.map((m) => m.key);
  if (found.tree.kind !== "list") return [];
  return found.tree.items.flatMap((item) => (item.kind === "scalar" && typeof item.is === "string" ? [item.is] : []));
}

/**
 * Changes one value and leaves every other byte alone: comments, order, big numbers, line ends. The result is read again
 * and refused unless exactly that value is different. A scalar keeps its quotes, so that setting and setting back gives
 * the same bytes (but 1.0 comes back as 1, and a block folded with > in quotes). Absent takes the key away; a key that does not exist is made only with `create`, and only in a map
 * that does.
 */
export function replaceAt(text: string, format: Format, pointer: string, value: Value, create: boolean): Changed {
  const found = find(text, format, pointer);
  if ("error" in found) return found;
  const { path, parent, tree } = found;
  const done = (candidates: string[]): Changed => proven(found, format, candidates, spellValue(value));
  if ("absent" in value) {
    if (tree === undefined) return { text };
    const entries = parent === undefined ? undefined : entriesOf(parent);
    if (entries === undefined || parent!.kind === "list")
      return { error: `${say(path)} cannot be taken away, only changed` };
    return done(removeEntry(text, entries, indexIn(parent!, path)));
  }
  if (tree !== undefined) return done(spellings(text, format, tree, value).map((s) => splice(text, tree, s)));
  if (!create) return { error: `${say(path)} does not exist, and is not created (create: true would allow it)` };
  if (parent?.kind !== "map")
    return { error: `${say(path.slice(0, -1))} does not exist: ${say(path)} cannot be created in it` };
  return done(
    spellings(text, format, undefined, value).flatMap((s) =>
      insertEntry(text, format, entriesOf(parent)!, { key: path.at(-1)!, spelled: s }),
    ),
  );
}

/** Adds or removes one text of the list at `pointer`; the others keep their bytes. */
export function memberAt(text: string, format: Format, pointer: string, member: string, wanted: boolean): Changed {
  const found = find(text, format, pointer);
  if ("error" in found) return found;
  const { path, tree } = found;
  if (tree?.kind !== "list") return { error: `${say(path)} is no list` };
  const items = tree.items.map((item) => spell(item));
  const index = items.indexOf(JSON.stringify(member));
  if (index >= 0 === wanted) return { text };
  const after = wanted ? [...items, JSON.stringify(member)] : items.toSpliced(index, 1);
  const candidates = wanted
    ? spellings(text, format, tree.items.at(-1), { is: member }).flatMap((s) =>
        insertEntry(text, format, entriesOf(tree)!, { spelled: s }),
      )
    : removeEntry(text, entriesOf(tree)!, index);
  return proven(found, format, candidates, `[${after.join(",")}]`);
}

/** "/routes/support~1reply" → its keys; undefined when it is no JSON pointer. */
export function parsePointer(pointer: string): string[] | undefined {
  if (pointer === "") return [];
  if (!pointer.startsWith("/") || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split("/")
    .map((s) => s.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** One key, as it stands in a JSON pointer. */
export function escapePointer(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

interface Found {
  path: string[];
  /** the whole document */
  root: Tree | undefined;
  /** what holds the value; undefined when that does not exist or the path is empty */
  parent: Tree | undefined;
  tree: Tree | undefined;
}

function find(text: string, format: Format, pointer: string): Found | Failed {
  const path = parsePointer(pointer);
  if (path === undefined)
    return { error: `${harmless(pointer)} is no JSON pointer such as /routes/support.reply/enabled` };
  const parsed = format === "json" ? jsonTree(text) : yamlTree(text);
  return "error" in parsed ? parsed : locate(parsed.tree, path);
}

function locate(root: Tree | undefined, path: string[]): Found | Failed {
  let tree = root;
  let parent: Tree | undefined;
  for (const [i, key] of path.entries()) {
    if (tree === undefined) return { path, root, parent: undefined, tree: undefined };
    const here = say(path.slice(0, i));
    if (tree.kind === "alias") return { error: `${here} repeats another value (*): it has to be changed by hand` };
    if (tree.kind === "scalar") {
      if (tree.is === null) return { path, root, parent: undefined, tree: undefined };
      return { error: `${here} is a single value: it has no ${harmless(key)}` };
    }
    parent = tree;
    if (parent.kind === "list") {
      if (!/^(0|[1-9]\d*)$/.test(key)) return { error: `${here} is a list: ${harmless(key)} is no position in it` };
      tree = parent.items[Number(key)];
    } else {
      const named = parent.members.filter((m) => m.key === key);
      // readers disagree about which of them counts
      if (named.length > 1)
        return { error: `${say(path.slice(0, i + 1))} is there ${named.length} times: it has to be changed by hand` };
      tree = named[0]?.value;
      if (tree === undefined && parent.members.some((m) => m.key === "<<"))
        return { error: `${here} takes values from elsewhere (<<): it has to be changed by hand` };
    }
  }
  return { path, root, parent, tree };
}

/** The first candidate that means the wanted value at the same path and the same as before everywhere else. */
function proven(found: Found, format: Format, candidates: string[], wanted: string | undefined): Changed {
  const { path } = found;
  const rest = (root: Tree | undefined): string | undefined =>
    path.length === 0 ? undefined : root && spell(root, path);
  const before = rest(found.root);
  for (const text of candidates) {
    const after = find(text, format, pointerOf(path));
    if ("error" in after || (after.tree && spell(after.tree)) !== wanted || rest(after.root) !== before) continue;
    return { text };
  }
  return { error: `${say(path)} cannot be changed without touching other values: it has to be changed by hand` };
}

function entriesOf(tree: Tree): Entries | undefined {
  const { start, end } = tree;
  if (tree.kind === "map") {
    const spans = tree.members.map((m) => ({
      start: m.start,
      keyEnd: m.keyEnd,
      valueStart: m.value.start,
      end: m.value.end,
    }));
    return { start, end, flow: tree.flow, empty: "{}", spans };
  }
  return tree.kind === "list" ? { start, end, flow: tree.flow, empty: "[]", spans: tree.items } : undefined;
}

function indexIn(parent: Tree, path: string[]): number {
  return parent.kind === "map" ? parent.members.findIndex((m) => m.key === path.at(-1)) : Number(path.at(-1));
}

function spellValue(value: Value): string | undefined {
  if ("absent" in value) return undefined;
  return value.exact ?? JSON.stringify(value.is);
}

function splice(text: string, span: { start: number; end: number }, by: string): string {
  return text.slice(0, span.start) + by + text.slice(span.end);
}

/** Keys → "/routes/support~1reply". */
export function pointerOf(path: string[]): string {
  return path.map((key) => `/${escapePointer(key)}`).join("");
}

function say(path: string[]): string {
  return path.length === 0 ? "the whole document" : harmless(pointerOf(path));
}
