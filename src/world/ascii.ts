const spellings: Record<string, string> = {
  "✓": "ok",
  "❯": ">",
  "×": "x",
  "→": "->",
  "←": "<-",
  "·": "|",
  "–": "-",
  "—": "-",
  "…": "...",
  "≤": "<=",
  "≥": ">=",
  "∞": "inf",
  "±": "+-",
};

/** One line for terminals that show nothing but ASCII. */
export function ascii(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, (found) => spellings[found] ?? `\\u{${found.codePointAt(0)!.toString(16)}}`);
}
