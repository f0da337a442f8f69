import { announces, classify, holds } from "./word.ts";

/** What is read of one text: its beginning tells what went wrong, the rest what it went wrong with. */
const longest = 600;

const [space, quote, other] = [1, 2, 3];
/** What a character below 128 is; 0: part of a word, as is all beyond. */
const kinds = new Uint8Array(128);
/** What a word holds that has this character. */
const flagsOf = new Uint8Array(128);
for (let code = 0; code <= 32; code++) kinds[code] = space;
for (const character of "\"'`") kinds[character.charCodeAt(0)] = quote;
for (const character of "()[]{}<>,;=|\u007f") kinds[character.charCodeAt(0)] = other;
for (let code = 48; code < 58; code++) flagsOf[code] = holds.digit;
for (const [character, flag] of [
  ["/", holds.slash],
  ["\\", holds.slash],
  ["@", holds.at],
  [":", holds.colon],
] as const)
  flagsOf[character.charCodeAt(0)] = flag;

/**
 * The text with what differs from call to call taken out: "timeout after <n> ms", "refused by <ip>". Numbers, durations,
 * ids, hashes, times, URLs, paths, addresses and quoted texts become their kind, a word that `names` knows what it names
 * there, white space one space. A status code (4xx, 5xx) behind a word that announces one stays: it tells errors apart.
 * One walk over the text, whatever it is.
 */
export function mask(whole: string, names: ReadonlyMap<string, string>): string {
  const text = whole.length > longest ? whole.slice(0, longest) : whole;
  const { length } = text;
  let out = "";
  /** what stands here and behind is not in `out` yet */
  let kept = 0;
  let [lastFrom, lastTo] = [0, 0];
  for (let at = 0; at < length;) {
    const code = text.charCodeAt(at);
    const kind = code < 128 ? kinds[code]! : 0;
    if (kind === space) {
      const from = at;
      do at++;
      while (at < length && text.charCodeAt(at) <= 32);
      if (at - from > 1 || code !== 32) {
        out += `${text.slice(kept, from)} `;
        kept = at;
      }
      continue;
    }
    if (kind !== 0) {
      const end = kind === quote ? closing(text, at, code) : -1;
      const instead = end === -1 ? undefined : quoted(text.slice(at + 1, end), names);
      if (instead !== undefined) {
        out += text.slice(kept, at) + instead;
        kept = end + 1;
      }
      at = Math.max(at, end) + 1;
      continue;
    }

    const from = at;
    let flags = 0;
    for (; at < length; at++) {
      const next = text.charCodeAt(at);
      if (next >= 128) continue;
      if (kinds[next] === 0) flags |= flagsOf[next]!;
      else if (!joins(text, at, next)) break;
    }
    let to = at;
    while (to > from + 1 && ends(text.charCodeAt(to - 1))) to--;
    if (flags !== 0 || names.size > 0) {
      const word = text.slice(from, to);
      const instead =
        flags === 0
          ? names.has(word)
            ? `<${names.get(word)!}>`
            : undefined
          : classify(word, flags, to - from === 3 && announces(text.slice(lastFrom, lastTo)), names);
      if (instead !== undefined) {
        if (instead === "<url>" || instead === "<path>") at = to = gap(text, at);
        else if (instead === "<time>") at = to = clockBehind(text, to);
        out += text.slice(kept, from) + instead;
        kept = to;
      }
    }
    [lastFrom, lastTo] = [from, to];
  }
  return kept === 0 ? text : out + text.slice(kept);
}

/** "can't" is one word, and so is 10,000. */
function joins(text: string, at: number, code: number): boolean {
  const [before, after] = [text.charCodeAt(at - 1), text.charCodeAt(at + 1)];
  return (code === 39 && isLetter(after)) || (code === 44 && isDigit(before) && isDigit(after));
}

/** Where the quote opened at `at` is closed; -1: nowhere. */
function closing(text: string, at: number, code: number): number {
  const mark = String.fromCharCode(code);
  for (let end = text.indexOf(mark, at + 1); end !== -1; end = text.indexOf(mark, end + 1)) {
    const next = text.charCodeAt(end + 1);
    if (text.charCodeAt(end - 1) !== 92 && !isLetter(next) && !isDigit(next)) return end;
  }
  return -1;
}

/** A single plain word, such as an error's code, stays. */
function quoted(inside: string, names: ReadonlyMap<string, string>): string | undefined {
  const name = names.get(inside);
  if (name !== undefined) return `<${name}>`;
  return /^[a-z_]{0,40}$/i.test(inside) ? undefined : "<text>";
}

/** The first white space, quote or bracket that ends an address. */
function gap(text: string, from: number): number {
  let at = from;
  while (at < text.length && !/[\s"'`<>()[\]{}|]/.test(text[at]!)) at++;
  return at;
}

/** "2026-11-21 03:00:00,123 +0000" is one time. */
function clockBehind(text: string, from: number): number {
  const more = /^[ T]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?(?![\w:])/.exec(
    text.slice(from, from + 40),
  );
  return from + (more?.[0].length ?? 0);
}

function ends(code: number): boolean {
  return code === 46 || code === 58 || code === 33 || code === 63; // . : ! ?
}

function isDigit(code: number): boolean {
  return code >= 48 && code < 58;
}

function isLetter(code: number): boolean {
  return (code | 32) >= 97 && (code | 32) <= 122;
}
