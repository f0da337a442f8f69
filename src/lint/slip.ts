import type { Fix } from "./rule.ts";

/**
 * The one word of `known` that this surely is a slip of: two letters changed places, or one inside was left out or struck
 * twice. Anything more, or a digit, may as well be another word that is still to come.
 */
export function slipOf(word: string, known: Iterable<string>): Fix | undefined {
  if (word.length < 4) return undefined;
  const meant = [...new Set(known)].filter((one) => isSlip(word, one));
  const near = meant.length === 1 ? meant[0]! : "";
  return /^[A-Za-z][\w-]*$/.test(near) && !/^(?:true|false|null|yes|no|on|off)$/i.test(near)
    ? { word, by: near }
    : undefined;
}

function isSlip(word: string, meant: string): boolean {
  if (word.length === meant.length) return isSwapped(word, meant);
  const [short, long] = word.length < meant.length ? [word, meant] : [meant, word];
  if (long.length !== short.length + 1) return false;
  const at = firstDifference(short, long);
  const isInside = at > 0 && at < short.length;
  return isInside && /\p{L}/u.test(long[at]!) && short.slice(at) === long.slice(at + 1);
}

function isSwapped(word: string, meant: string): boolean {
  const at = firstDifference(word, meant);
  const [one = "", other = ""] = [word[at], word[at + 1]];
  return /^\p{L}{2}$/u.test(one + other) && meant === word.slice(0, at) + other + one + word.slice(at + 2);
}

function firstDifference(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}
