import { deepest } from "./aliases.ts";

/** What matters here of the YAML parser's concrete syntax tokens. */
export interface Token {
  type: string;
  offset: number;
  source?: string;
  /** of a document */
  value?: Token | null;
  /** of a map or list */
  items?: { key?: Token | null; value?: Token | null }[];
  /** behind a map or list in brackets */
  end?: Token[];
}

export interface Survey {
  /** offset of the first value that is nested deeper than the parser can bear */
  tooDeep?: number;
  /** the last bracket or quote that never closes */
  unclosed?: Token;
  /** where each document begins */
  documents: number[];
}

/** Looks over the tokens before they are parsed, without recursion. */
export function survey(tokens: readonly Token[]): Survey {
  const found: Survey = { documents: [] };
  const open = tokens.toReversed().map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > deepest) return { ...found, tooDeep: token.offset };
    if (token.type === "document") {
      found.documents.push(token.offset);
      if (token.value != null) open.push({ token: token.value, depth: 1 });
    }
    if (isUnclosed(token)) found.unclosed = token;
    for (const item of (token.items ?? []).toReversed()) {
      if (item.value != null) open.push({ token: item.value, depth: depth + 1 });
      if (item.key != null) open.push({ token: item.key, depth: depth + 1 });
    }
  }
  return found;
}

function isUnclosed({ type, end = [], source = "" }: Token): boolean {
  if (type === "flow-collection") return !end.some((e) => e.type === "flow-seq-end" || e.type === "flow-map-end");
  if (type === "double-quoted-scalar") return !/^"(?:[^"\\]|\\[^])*"$/.test(source);
  return type === "single-quoted-scalar" && !/^'(?:[^']|'')*'$/.test(source);
}
