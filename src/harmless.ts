/**
 * Makes text from outside safe to show: control characters (C0, DEL, C1), bidirectional, zero-width and tag characters
 * and lone surrogates become visible escapes like `\u001b`. `lines` keeps "\n"; else it becomes "\n" written out.
 * Applied twice it changes nothing more.
 */
export function harmless(text: string, lines = false): string {
  return text.replace(
    // oxlint-disable-next-line no-control-regex
    /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]|\p{Surrogate}/gu,
    (found) => (lines && found === "\n" ? found : escape(found)),
  );
}

/** One harmless line of at most `most` characters; a cut is marked. */
export function shorten(text: string, most: number): string {
  const line = harmless(text.replace(/\s+/g, " ").trim());
  return line.length <= most ? line : `${line.slice(0, Math.max(0, most - 3)).replace(/\\u?\{?[0-9a-f]*$/, "")}...`;
}

function escape(found: string): string {
  if (found === "\n") return "\\n";
  if (found === "\t") return "    ";
  if (found === "\r") return "\\r";
  const code = found.codePointAt(0)!;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
}
