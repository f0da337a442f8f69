import type { Finding } from "../document/document.ts";
import { plainSecretsIn } from "./project/plainSecret.ts";
import type { ReadFile } from "./read.ts";

/**
 * The text of a file for whoever shows lines of it: as long as it is, with what is secret in it made unreadable. `found`:
 * findings of the rule `secret`.
 */
export function hideSecrets({ text, kind, document }: ReadFile, found: readonly Finding[]): string {
  const named = kind.on === "project" && document !== undefined ? plainSecretsIn(document.value) : [];
  if (document === undefined || named.length + found.length === 0) return text;
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const spans = [
    ...named.map(({ path }) => document.span(path)),
    ...found.map(({ at, endColumn = at.column }): [number, number] => {
      const start = starts[at.line - 1]!;
      return [start + at.column - 1, start + endColumn - 1];
    }),
  ];
  return spans.reduce(
    (hidden, [start, end]) => hidden.slice(0, start) + text.slice(start, end).replace(/\S/g, "*") + hidden.slice(end),
    text,
  );
}
