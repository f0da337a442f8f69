import { draw, edge, line, signs, spell, widthOf, type Cell, type Paint, type Piece } from "./paint.ts";
import { width } from "./width.ts";

/** What a person copies: the program's name, its words, and whatever is no plain word after them. */
const command = /(?:npx )?llmops [a-z-]+(?: [a-z-]+)?(?: (?:--[\w-]+|\S*[A-Z0-9=".…]\S*(?<![.])))*/g;
const glue = "\0";

/**
 * Words on as many lines as they need, the later ones indented by `hang`; left out: beneath the first word, and so far that
 * what a stranger wrote never begins like a line of ours. A word too long is broken, never dropped. A command stays on one
 * line where one line can hold it.
 */
export function wrap(first: string | Cell[], words: Cell[], paint: Paint, hang?: number): string[] {
  const start = (typeof first === "string" ? [first] : first).map((cell) => spell(cell, paint));
  const lines: Piece[][] = [start];
  let used = start.reduce((sum, { text }) => sum + width(text), 0);
  const indent = " ".repeat(Math.min(hang ?? Math.max(4, used), paint.columns >> 1));
  let started = false;
  const add = (piece: Piece) => {
    lines.at(-1)!.push(piece);
    used += width(piece.text);
  };
  const feed = (inset = indent) => {
    lines.push([{ text: inset }]);
    used = inset.length;
    started = false;
  };
  const addWhole = (piece: Piece) => {
    const wide = width(piece.text);
    const inset = indent.length + wide <= paint.columns ? indent : "    ";
    if (used + wide > paint.columns && (started || inset.length < used)) feed(inset);
    add(piece);
    started = true;
  };
  const whole = (text: string) => (width(text) <= paint.columns - indent.length ? text.replaceAll(" ", glue) : text);
  for (const word of words.map((cell) => spell(cell, paint))) {
    if (word.whole === true) {
      addWhole(word);
      continue;
    }
    for (const [glued] of word.text.replace(command, whole).matchAll(/\s+|\S+/gu)) {
      const text = glued.replaceAll(glue, " ");
      const fits = used + width(text) <= paint.columns;
      if (text.trim() === "") {
        if (started || lines.length === 1) {
          if (fits) add({ text });
          else used = paint.columns; // what follows must not stand where the gap had no room
        }
        continue;
      }
      if (!fits && (started || indent.length < used)) feed();
      for (const part of broken(text, paint.columns - used, paint.columns - indent.length)) {
        if (used + width(part) > paint.columns) feed();
        add({ ...word, text: part });
        started = true;
      }
    }
  }
  return lines.map((pieces) =>
    line(pieces, pieces.some(({ whole }) => whole) ? { ...paint, columns: Infinity } : paint),
  );
}

/** "  scope   tenant acme": a name in a column of `wide`, then words that wrap beneath themselves. */
export function field(name: string, words: Cell[], paint: Paint, wide = 8, sign: Piece = signs.none): string[] {
  const label = ` ${name}`.padEnd(1 + wide);
  return wrap([sign, label.endsWith(" ") ? label : `${label}  `], words, paint, paint.columns < 40 ? 4 : undefined);
}

/** Text left and a remark against the right edge; where they do not fit on one line, the remark goes beneath. */
export function apart(left: Cell[], remark: Cell, paint: Paint, hang = 2): string[] {
  const gap = edge(paint) - left.reduce((sum, cell) => sum + widthOf(cell, paint), 0) - widthOf(remark, paint);
  if (gap >= 2) return [draw([...left, " ".repeat(gap), remark], paint)];
  return [...wrap("", left, paint, hang), ...wrap(" ".repeat(hang), [remark], paint)];
}

/** A word in pieces: the first fits what is left of a line, the others whole lines. */
function* broken(word: string, left: number, whole: number): Generator<string> {
  let room = Math.max(1, left);
  let part = "";
  let used = 0;
  for (const character of word) {
    const cells = width(character);
    if (used + cells > room && part !== "") {
      yield part;
      part = "";
      used = 0;
      room = Math.max(1, whole);
    }
    part += character;
    used += cells;
  }
  yield part;
}
