import { dirname, resolve } from "node:path";

const wild = /[*?]/;

/**
 * A pattern read against a root: the folder in which the search starts, and what a path below must look like.
 * `*` and `?` stay inside one name and leave out hidden ones, `**` is any number of folders. Everything else is literal.
 */
export function parseGlob(
  root: string,
  pattern: string,
): { base: string; deep: boolean; matches(path: string): boolean } {
  const full = resolve(root, pattern);
  const segments = full.split("/").slice(1);
  const first = segments.findIndex((segment) => wild.test(segment));
  const base = first < 0 ? dirname(full) : `/${segments.slice(0, first).join("/")}`;
  const body = segments.map((segment, i) => translate(segment, i === segments.length - 1)).join("");
  const expression = new RegExp(`^${body}$`, "u");
  return {
    base,
    deep: first >= 0 && (first < segments.length - 1 || segments.at(-1) === "**"),
    matches: (path) => expression.test(path),
  };
}

function translate(segment: string, last: boolean): string {
  if (segment === "**") return last ? "(?:/(?!\\.)[^/]+)+" : "(?:/(?!\\.)[^/]+)*";
  const hidden = wild.test(segment[0] ?? "") ? "(?!\\.)" : "";
  const name = segment.replace(/[\\^$.|+()[\]{}/]/g, "\\$&");
  return `/${hidden}${name.replace(/\*+/g, "[^/]*").replaceAll("?", "[^/]")}`;
}
