/** What a terminal is told so that it marks what is pasted (bracketed paste), and how it marks it. */
export const markPastes = "\u001b[?2004h";
export const markPastesNoMore = "\u001b[?2004l";
const [begin, end] = ["\u001b[200~", "\u001b[201~"];
// of single bytes: those above 0x7f are parts of letters
// oxlint-disable-next-line no-control-regex
const controls = /[\u0000-\u001f\u007f]+/g;

/**
 * Takes pastes apart from keys, in the bytes of a terminal as they come. Into a line a paste goes as one line, whatever it
 * holds, and only a key ends that line; elsewhere it is nothing.
 */
export function pasteFilter(into: "line" | "nothing"): (chunk: Uint8Array) => Uint8Array {
  let [pasting, held] = [false, ""];
  const taken = (text: string) => (!pasting ? text : into === "line" ? text.replace(controls, " ") : "");

  return (chunk) => {
    let text = held + Buffer.from(chunk).toString("latin1");
    let typed = "";
    held = "";
    for (;;) {
      const mark = pasting ? end : begin;
      const at = text.indexOf(mark);
      if (at < 0) {
        held = begunMark(text, mark);
        return Buffer.from(typed + taken(text.slice(0, text.length - held.length)), "latin1");
      }
      typed += taken(text.slice(0, at));
      text = text.slice(at + mark.length);
      pasting = !pasting;
    }
  };
}

/** What may become a mark with the next bytes. The Esc key alone is not held back. */
function begunMark(text: string, mark: string): string {
  for (let length = mark.length - 1; length >= 2; length--)
    if (text.endsWith(mark.slice(0, length))) return text.slice(text.length - length);
  return "";
}
