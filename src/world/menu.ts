import { harmless } from "../harmless.ts";
import { ascii } from "./ascii.ts";
import type { Menu, Style } from "./terminal.ts";

export interface Ink {
  columns: number;
  /** height of the screen; left out: as high as needed */
  rows?: number;
  unicode: boolean;
  style(style: Style, text: string): string;
}

export type Chosen = { value: string } | { key: string };

/** The open menu as text, made harmless, without a newline at its end. `cursor` is an index of `choices`; undefined: nothing chosen yet. */
export function drawMenu(asked: Menu, cursor: number | undefined, ink: Ink): string {
  const menu = spelled(asked, ink);
  const keys = keyLines(menu, ink);
  const above = head(menu, ink);
  const { from, to, note } = window(
    menu.choices.length,
    cursor,
    (ink.rows ?? Infinity) - keys.length - above.length - 3,
  );
  const wide = String(menu.choices.length).length;
  const rows = menu.choices.slice(from, to).map((choice, at) => {
    const text = `${String(from + at + 1).padStart(wide)}  ${harmless(choice.label)}`;
    return from + at === cursor
      ? `${ink.style("cyan", ink.unicode ? "❯" : ">")} ${ink.style("bold", text)}`
      : `  ${text}`;
  });
  return [...above, ...rows, ...note, ...keys].join("\n");
}

/** What stays on the screen once it was answered: the question and the answer in one line. */
export function drawAnswer(asked: Menu, answer: Chosen, ink: Ink): string {
  const menu = spelled(asked, ink);
  const said =
    "key" in answer
      ? `${nameOf(answer.key)} ${menu.keys[answer.key] ?? ""}`.trimEnd()
      : (menu.choices.find((choice) => choice.value === answer.value)?.label ?? answer.value);
  return `${ink.style("bold", harmless(menu.question))} ${ink.style("cyan", harmless(said))}`;
}

/** As this terminal can show it. */
function spelled(menu: Menu, { unicode }: Ink): Menu {
  if (unicode) return menu;
  const choices = menu.choices.map(({ value, label }) => ({ value, label: ascii(label) }));
  const why = menu.why === undefined ? {} : { why: ascii(menu.why) };
  return { ...menu, question: ascii(menu.question), choices, ...why };
}

/** The part of a long list that fits, around the cursor. */
function window(
  length: number,
  cursor: number | undefined,
  room: number,
): { from: number; to: number; note: string[] } {
  const shown = Math.max(3, room);
  if (length <= shown) return { from: 0, to: length, note: [] };
  const from = Math.max(0, Math.min((cursor ?? 0) - Math.floor(shown / 2), length - shown));
  return { from, to: from + shown, note: [`     ${from + 1}-${from + shown} of ${length}`] };
}

/** The question, and the reason for the proposal to its right where both fit, else below. */
function head(menu: Menu, ink: Ink): string[] {
  const [question, why] = [harmless(menu.question), harmless(menu.why ?? "")];
  const room = ink.columns - question.length - why.length;
  if (why !== "" && room >= 2)
    return [ink.style("bold", question) + " ".repeat(Math.min(5, room)) + ink.style("dim", why)];
  return [
    ...atWords(question, ink.columns).map((text) => ink.style("bold", text)),
    ...(why === "" ? [] : atWords(why, ink.columns - 2).map((text) => `  ${ink.style("dim", text)}`)),
  ];
}

/** In lines that are broken between words; a word that is too long is left to the terminal. */
function atWords(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function nameOf(key: string): string {
  return key === " " ? "space" : key;
}

/** "k kill switch  m mitigate …", broken between keys so that no line is wider than the terminal. */
function keyLines(menu: Menu, ink: Ink): string[] {
  const lines: string[] = [];
  for (const [key, label] of Object.entries(menu.keys)) {
    const text = `${nameOf(key)} ${label}`;
    const last = lines.at(-1);
    if (last !== undefined && last.length + 2 + text.length < ink.columns) lines[lines.length - 1] = `${last}  ${text}`;
    else lines.push(text);
  }
  return lines.map((line) => ink.style("dim", line));
}
