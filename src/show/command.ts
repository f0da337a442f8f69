import type { Piece } from "./paint.ts";

/**
 * A command of another program, as we tell one: at the start of a text, after ": " or in brackets, up to what ends its clause.
 * Half of one may do something else: `git push origin` pushes whatever branch is checked out.
 */
const foreign = /(?<=^\s*|: )\(?(?:git|gh|kubectl)(?: (?:'[^']*'|[^\s;()']*[^\s;()',.:]))+[;,.)]?|(?<= )\((?:git|gh|kubectl) [^()]*\)/g;

/** Our own commands, and those: what a line may consist of that the terminal breaks, and not we. */
const alone = new RegExp(String.raw`^\s*(?:(?:npx )?llmops .*|(?:${foreign.source}))$`);

export function isCommand(line: string): boolean {
  return alone.test(line);
}

/** A text in pieces, so that none of those commands is broken. */
export function withCommands(text: string, more: Pick<Piece, "style"> = {}): Piece[] {
  return text
    .split(new RegExp(`(${foreign.source})`, "g"))
    .map((part, at) => ({ ...more, text: part, ...(at % 2 === 1 ? { whole: true as const } : {}) }))
    .filter((piece) => piece.text !== "");
}
