/**
 * What is wrong inside a closed string: its escapes are those of Go. Source: lexEscape in promql/parser/lex.go. `at` is
 * where in the literal, `length` how long.
 */
export function wrongEscape(literal: string): { message: string; at: number; length: number } | undefined {
  if (literal.startsWith("`") || !literal.includes("\\")) return undefined;
  for (const found of literal.matchAll(
    /\\(?:[abfnrtv\\]|([0-7]{3})|x[\da-fA-F]{2}|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([^]?))/gu,
  )) {
    const [all, octal, short, long, other] = found;
    const place = { at: found.index, length: all.length };
    if (octal !== undefined && Number.parseInt(octal, 8) > 255) return { message: `${all} is no character`, ...place };
    const code = Number.parseInt(short ?? long ?? "0", 16);
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return { message: `${all} is no character`, ...place };
    if (other === undefined || other === literal[0]) continue;
    return {
      message: `the string has an escape that means nothing: ${all}; a backslash is written \\\\, or put the string in backquotes`,
      ...place,
    };
  }
  return undefined;
}
