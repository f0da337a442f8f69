/** What moves, turns, hides or joins text, half characters, and marks that would pile up over the lines around. */
const harmful =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]|[\p{Mn}\p{Me}](?<=[\p{Mn}\p{Me}]{5})/gu;

/**
 * Makes text from outside safe to show: control characters (C0, DEL, C1), line separators, characters that turn the
 * direction or show as nothing (bidirectional, zero-width, fillers, tags), lone surrogates and the fifth and later of
 * combining marks in a row become visible escapes like `\u001b`. `lines` keeps "\n"; else it becomes "\n" written out.
 * Applied twice it changes nothing more.
 */
export function harmless(text: string, lines = false): string {
  return text.replace(harmful, (found) => (lines && found === "\n" ? found : escape(found)));
}

/** The value as one line of JSON that is safe to show: the same value, with what `harmless` escapes written as `\uXXXX`. */
export function harmlessJson(value: unknown): string {
  return JSON.stringify(value).replace(harmful, (found) =>
    found.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
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
