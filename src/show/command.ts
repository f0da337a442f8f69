import type { Piece } from "./paint.ts";

/**
 * A command of another program, as we tell one: at the start of a text, after ": ", or in brackets, to the end of its clause.
 * Half of one does something else: `git push origin` pushes what is checked out.
 */
const foreign = /(?:(?<=^\s*|: )|\()(?:git|gh|kubectl)(?: (?:'[^']*'|[^\s;()'])+(?<![,.:]))+[;,.)]*/;
const alone = new RegExp(String.raw`^\s*(?:(?:npx )?llmops .*|${foreign.source})$`);

/** Nothing but a command. */
export function isCommand(line: string): boolean {
  return alone.test(line);
}

/** A text of our own in pieces, so that no line breaks a command of another program in it. */
export function withCommands(text: string, style: Pick<Piece, "style"> = {}): Piece[] {
  const parts = text.split(new RegExp(`(${foreign.source})`));
  return parts.map((part, at) => ({ ...style, text: part, ...(at % 2 === 1 ? { whole: true as const } : {}) }));
}
