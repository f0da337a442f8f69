import type { Style } from "./tree.ts";

const blank = /[ \t]/;

/**
 * Where character `offset` of a scalar's value stands in the text. The value's visible characters come in the same order
 * in the text, so the two are walked side by side: quotes, escapes, indentation, folded and joined lines are stepped over.
 * `start` is the first character of the scalar as written (the quote, or the `|` of a block).
 */
export function insideScalar(text: string, start: number, style: Style, value: string, offset: number): number {
  const block = style === "literal" || style === "folded";
  const most = Math.min(offset, value.length);
  let at = block ? lineEnd(text, start) + 1 : style === "plain" ? start : start + 1;
  const indent = block ? blockIndent(text, at, value) : Infinity;
  at = skipIndent(text, at, block ? indent : 0);

  for (let i = 0; ;) {
    if (style === "double") at = skipJoined(text, at);
    if (i < value.length && text[at] !== value[i]) at = findNext(text, at, value[i]!, style);
    if (i >= most) return at;
    const escape = style === "double" && text[at] === "\\" ? escapeAt(text, at) : undefined;
    const width = escape === undefined ? 1 : escape.units;
    if (i + width > most) return at;
    i += width;
    const wasBreak = isBreak(text, at);
    at += escape?.length ?? (style === "single" && text[at] === "'" ? 2 : text.startsWith("\r\n", at) ? 2 : 1);
    if (wasBreak) at = skipIndent(text, at, indent);
  }
}

/** The place that stands for `wanted` when the text has something else at `at`: white space that was folded away. */
function findNext(text: string, at: number, wanted: string, style: Style): number {
  if (style === "double" && text[at] === "\\") return at;
  let next = at;
  if (wanted === "\n" || wanted === " ") {
    while (blank.test(text[next] ?? "")) next++;
    return isBreak(text, next) ? next : at;
  }
  for (;;) {
    while (/\s/.test(text[next] ?? "")) next++;
    const joined = style === "double" ? skipJoined(text, next) : next;
    if (joined === next) return next;
    next = joined;
  }
}

/** Over `\` at the end of a line and the white space that begins the next. */
function skipJoined(text: string, at: number): number {
  const joined = /\\\r?\n[ \t]*/y;
  joined.lastIndex = at;
  return joined.test(text) ? joined.lastIndex : at;
}

function escapeAt(text: string, at: number): { length: number; units: number } {
  const digits = { x: 2, u: 4, U: 8 }[text[at + 1] ?? ""];
  if (digits === undefined) return { length: 2, units: 1 };
  const code = Number.parseInt(text.slice(at + 2, at + 2 + digits), 16);
  return { length: 2 + digits, units: code > 0xffff ? 2 : 1 };
}

/** How many spaces the block's lines have that are not part of its value, told by its first line that is not empty. */
function blockIndent(text: string, from: number, value: string): number {
  const first = /^( *)[^ \r\n]/m.exec(text.slice(from));
  const valued = /^( *)[^ \n]/m.exec(value);
  return Math.max(0, (first?.[1]?.length ?? 0) - (valued?.[1]?.length ?? 0));
}

function skipIndent(text: string, at: number, most: number): number {
  let next = at;
  while (next < at + most && (text[next] === " " || (most === Infinity && text[next] === "\t"))) next++;
  return next;
}

function isBreak(text: string, at: number): boolean {
  return text[at] === "\n" || text.startsWith("\r\n", at);
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end;
}
