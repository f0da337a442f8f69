import type { Member, Tree } from "./tree.ts";

export interface Followed {
  tree: Tree | undefined;
  /** the member that led to `tree`; undefined for list items and the document */
  member: Member | undefined;
  /** false: the path leads further than the document */
  whole: boolean;
}

/** Goes down a path as far as there is something; aliases are followed. */
export function follow(root: Tree | undefined, path: readonly (string | number)[]): Followed {
  let found: Followed = { tree: root, member: undefined, whole: root !== undefined || path.length === 0 };
  for (const segment of path) {
    let tree = found.tree;
    while (tree?.kind === "alias") tree = tree.to;
    const member = tree?.kind === "map" ? tree.members.find((m) => m.key === String(segment)) : undefined;
    const inner = member?.value ?? (tree?.kind === "list" ? tree.items[Number(segment)] : undefined);
    if (inner === undefined) return { ...found, tree, whole: false };
    found = { tree: inner, member, whole: true };
  }
  return found;
}

/** The text that stands for a path: its value, with `key` its key, or the nearest parent where there is none. */
export function spanOf(root: Tree | undefined, path: readonly (string | number)[], key: boolean): [number, number] {
  const { tree, member, whole } = follow(root, path);
  if (member !== undefined && (key || !whole)) return [member.start, member.keyEnd];
  if (tree === undefined) return [0, 0];
  const first = tree.kind === "map" && !tree.flow ? tree.members[0] : undefined;
  if (first !== undefined) return [first.start, first.keyEnd];
  return tree.kind === "list" && !tree.flow ? [tree.start, tree.start + 1] : [tree.start, tree.end];
}
