import type { Format } from "./edit.ts";
import type { Tree, Value } from "./tree.ts";

/** Where the entries of a map or list stand; `keyEnd` and `valueStart` in maps only. */
export interface Entries {
  start: number;
  end: number;
  /** in brackets, separated by commas; else one entry to a line */
  flow: boolean;
  empty: "{}" | "[]";
  spans: { start: number; keyEnd?: number; valueStart?: number; end: number }[];
}

/**
 * Ways to write a value in the place of `old`, the most alike first. They are only candidates: whoever uses one reads the
 * result again.
 */
export function spellings(
  text: string,
  format: Format,
  old: Tree | undefined,
  value: Exclude<Value, { absent: true }>,
): string[] {
  const json = value.exact ?? JSON.stringify(value.is);
  if (format === "json") return [json];
  const spaced = padded(text, old);
  // A block list may begin as far left as its key; in brackets it may not.
  if (typeof value.is !== "string") return [spaced(json), ` ${json}`];
  const style = old?.kind === "scalar" ? old.style : "plain";
  const first =
    style === "single"
      ? `'${value.is.replaceAll("'", "''")}'`
      : style === "literal"
        ? literal(text, old!, value.is)
        : style === "plain" && !misread(value.is)
          ? value.is
          : json;
  return [spaced(first), spaced(json)];
}

/** Texts that some YAML reader takes for a boolean, a number, a date or nothing. */
function misread(text: string): boolean {
  return (
    /^(?:y|n|yes|no|on|off|true|false|null|~|)$/i.test(text) ||
    /^[-+.]?\d[\d_.,:eETZ+ -]*$|^[-+]?0[xob][\da-f_]+$|^[-+]?\.(inf|nan)$/i.test(text)
  );
}

/** A key without a value has no space of its own around it. */
function padded(text: string, old: Tree | undefined): (spelled: string) => string {
  if (old === undefined || old.start < old.end) return (spelled) => spelled;
  const before = /[\s[{]/.test(text[old.start - 1] ?? " ") ? "" : " ";
  const after = /[\s,\]}]/.test(text[old.end] ?? " ") ? "" : " ";
  return (spelled) => before + spelled + after;
}

/** Lines under the `|` that is already there; `-` or `+` behind it as the end of the text needs. */
function literal(text: string, old: Tree, value: string): string {
  const [header = "", ...body] = text.slice(old.start, old.end).split(/\r?\n/);
  const indent = /^ */.exec(body.find((line) => line.trim() !== "") ?? "")![0];
  const lines = value.split("\n");
  const chomp = !value.endsWith("\n") ? "-" : value.endsWith("\n\n") ? "+" : "";
  if (chomp !== "-") lines.pop();
  const written = lines.map((line) => (line === "" ? "" : indent + line));
  return [header.replace(/^\|[-+\d]*/, `|${chomp}`), ...written].join(lineBreak(text));
}

/** Candidates for the text with one entry more, behind the last one and laid out like it. */
export function insertEntry(
  text: string,
  format: Format,
  entries: Entries,
  entry: { key?: string; spelled: string },
): string[] {
  const last = entries.spans.at(-1);
  if (!entries.flow && last !== undefined) {
    const [, prefix] = lineBefore(text, last.start);
    const lead = entry.key === undefined ? prefix : " ".repeat(prefix.length);
    const eol = lineBreak(text);
    const at = lineEnd(text, last.end);
    return [`${text.slice(0, at)}${eol}${lead}${written(text, format, entries, entry, ": ")}${text.slice(at)}`];
  }
  const colon = last?.keyEnd === undefined ? ": " : text.slice(last.keyEnd, last.valueStart);
  const one = written(text, format, entries, entry, /^\s*:\s*$/.test(colon) ? colon : ": ");
  if (last === undefined) return [text.slice(0, entries.start + 1) + one + text.slice(entries.start + 1)];
  const before = text.slice(entries.spans.at(-2)?.end ?? entries.start + 1, last.start).replace(/^\s*,/, "");
  const gap = /^\s*$/.test(before) ? before : " ";
  return [`${text.slice(0, last.end)},${gap}${one}${text.slice(last.end)}`];
}

function written(
  text: string,
  format: Format,
  entries: Entries,
  entry: { key?: string; spelled: string },
  colon: string,
): string {
  if (entry.key === undefined) return entry.spelled;
  const first = entries.spans[0];
  const bare =
    format === "yaml" &&
    /^[A-Za-z_][\w./-]*$/.test(entry.key) &&
    !misread(entry.key) &&
    text[first?.start ?? -1] !== '"';
  return (bare ? entry.key : JSON.stringify(entry.key)) + colon + entry.spelled;
}

/** Candidates for the text without one entry and without its comma or line. */
export function removeEntry(text: string, entries: Entries, index: number): string[] {
  const { spans, empty } = entries;
  const one = spans[index]!;
  const previous = spans[index - 1];
  const next = spans[index + 1];
  const cut = (from: number, to: number): string => text.slice(0, from) + text.slice(to);
  if (entries.flow) {
    if (previous !== undefined)
      return text.slice(previous.end, one.start).includes("#") ? [] : [cut(previous.end, one.end)];
    return [next === undefined ? cut(entries.start + 1, one.end) : cut(one.start, next.start)];
  }
  if (previous === undefined && next === undefined)
    return [empty, ` ${empty}`].map((none) => text.slice(0, entries.start) + none + text.slice(one.end));
  const [from, prefix] = lineBefore(text, one.start);
  const to = lineEnd(text, one.end);
  const ownLine = (one.keyEnd === undefined ? /^\s*-\s+$/ : /^\s*$/).test(prefix);
  if (!ownLine) return next === undefined ? [] : [cut(one.start, next.start)];
  const eol = text.startsWith("\r\n", to) ? 2 : 1;
  return [to < text.length ? cut(from, to + eol) : cut(from - (text[from - 2] === "\r" ? 2 : 1), to)];
}

/** Start of the line that holds `at`, and what stands on it before `at`. */
function lineBefore(text: string, at: number): [number, string] {
  const start = text.lastIndexOf("\n", at - 1) + 1;
  return [start, text.slice(start, at)];
}

/** Where the line that holds `at` ends, before its line break. */
function lineEnd(text: string, at: number): number {
  const end = /\r?\n|$/g;
  end.lastIndex = at;
  return end.exec(text)!.index;
}

function lineBreak(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? "\n";
}
