const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1f64f}\u{1f680}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const none = /\p{Mn}|\p{Me}/u;

/** Terminal cells that a text without control characters takes. */
export function width(text: string): number {
  let cells = 0;
  for (const character of text) cells += cellsOf(character);
  return cells;
}

/** At most `columns` cells of the text; a cut is marked, unless `mark` says otherwise. */
export function cut(text: string, columns: number, unicode: boolean, mark = unicode ? "…" : "..."): string {
  if (width(text) <= columns) return text;
  const room = columns - mark.length;
  if (room < 0) return mark.slice(0, Math.max(0, columns));
  let taken = "";
  let cells = 0;
  for (const character of text) {
    cells += cellsOf(character);
    if (cells > room) break;
    taken += character;
  }
  return taken + mark;
}

function cellsOf(character: string): number {
  if (character >= " " && character <= "~") return 1;
  return none.test(character) ? 0 : wide.test(character) ? 2 : 1;
}
