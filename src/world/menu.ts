import type { Menu, Style } from "./terminal.ts";

export interface Ink {
  /** terminal width, 0 when unknown */
  columns: number;
  unicode: boolean;
  style(style: Style, text: string): string;
}

/** The open menu as text, without a newline at its end. `cursor` is an index of `choices`; undefined: nothing chosen yet. */
export function drawMenu(menu: Menu, cursor: number | undefined, ink: Ink): string {
  const wide = String(menu.choices.length).length;
  const rows = menu.choices.map((choice, i) => {
    const number = String(i + 1).padStart(wide);
    if (i !== cursor) return `  ${number}  ${choice.label}`;
    return `${ink.style("cyan", pointer(ink))} ${ink.style("bold", `${number}  ${choice.label}`)}`;
  });
  return [head(menu, ink), ...rows, ...keyLines(menu, ink)].join("\n");
}

/** What stays on the screen once it was answered: the question and the answer in one line. */
export function drawAnswer(menu: Menu, answer: { value: string } | { key: string }, ink: Ink): string {
  const said =
    "key" in answer
      ? `${answer.key} ${menu.keys[answer.key] ?? ""}`.trimEnd()
      : (menu.choices.find((choice) => choice.value === answer.value)?.label ?? answer.value);
  return `${ink.style("bold", menu.question)} ${ink.style("cyan", said)}`;
}

function width(ink: Ink): number {
  return ink.columns || 80;
}

function pointer(ink: Ink): string {
  return ink.unicode ? "❯" : ">";
}

/** The question, and the reason for the proposal to its right where both fit, else below. */
function head(menu: Menu, ink: Ink): string {
  const question = ink.style("bold", menu.question);
  if (menu.why === undefined) return question;
  const room = width(ink) - menu.question.length - menu.why.length;
  return question + (room < 2 ? "\n  " : " ".repeat(Math.min(5, room))) + ink.style("dim", menu.why);
}

/** "k kill switch  m mitigate …", broken between keys so that no line is wider than the terminal. */
function keyLines(menu: Menu, ink: Ink): string[] {
  const lines: string[] = [];
  for (const [key, label] of Object.entries(menu.keys)) {
    const text = `${key} ${label}`;
    const last = lines.at(-1);
    if (last !== undefined && last.length + 2 + text.length <= width(ink)) lines[lines.length - 1] = `${last}  ${text}`;
    else lines.push(text);
  }
  return lines.map((line) => ink.style("dim", line));
}
