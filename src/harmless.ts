/**
 * Makes text from outside safe to show: control characters (C0, DEL, C1), line separators, characters that turn the
 * direction or show as nothing (bidirectional, zero-width, fillers, tags) and lone surrogates become visible escapes like
 * `\u001b`. `lines` keeps "\n"; else it becomes "\n" written out. Applied twice it changes nothing more.
 */
export function harmless(text: string, lines = false): string {
  return text.replace(
    /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu,
    (found) => (lines && found === "\n" ? found : escape(found)),
  );
}

/** One harmless line of at most `most` characters; a cut is marked. */
export function shorten(text: string, most: number): string {
  const line = harmless(text.replace(/\s+/g, " ").trim());
  if (line.length <= most) return line;
  // Neither half a pair of surrogates nor half an escape stays at the cut.
  const whole = line.slice(0, Math.max(0, most - 3)).replace(/[\ud800-\udbff]$|\\(u(\{?[0-9a-f]*)?)?$/, "");
  return `${whole}...`;
}

function escape(found: string): string {
  if (found === "\n") return "\\n";
  if (found === "\t") return "    ";
  if (found === "\r") return "\\r";
  const code = found.codePointAt(0)!;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
}
