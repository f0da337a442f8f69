import { harmless } from "../harmless.ts";
import { styles } from "../world/terminal.ts";
import { isCommand } from "./command.ts";
import type { Paint } from "./paint.ts";
import { width } from "./width.ts";
import { wrap } from "./wrap.ts";

/**
 * Lines for people, and the one door to their screen: each stays one line whatever a stranger put into it, and holds no
 * control character but our own colours. Plain lines that are wider than the terminal are wrapped beneath themselves,
 * but for commands; painted ones were laid out before.
 */
export function fit(lines: readonly string[], paint: Paint): string {
  const colours = coloursOf(paint);
  return lines.flatMap((line) => fitLine(line, colours, paint)).join("\n");
}

function fitLine(line: string, colours: string[], paint: Paint): string[] {
  const parts = colours.length === 0 ? [line] : line.split(new RegExp(`(${colours.map(literal).join("|")})`));
  if (parts.length > 1) return [parts.map((part, at) => (at % 2 === 0 ? harmless(part) : part)).join("")];
  const plain = harmless(line);
  // a command that is copied is never broken by us: the terminal does that, and undoes it
  if (width(plain) <= paint.columns || isCommand(plain)) return [plain];
  const indent = /^\s*/.exec(plain)![0];
  // set in so far that what a stranger wrote never begins like a line of ours
  return wrap(indent, [plain.trim()], paint, Math.max(4, indent.length + 2));
}

/** What this terminal puts around a painted word; nothing where it has no colour. */
function coloursOf({ style }: Paint): string[] {
  return [...new Set(styles.flatMap((name) => style(name, "|").split("|")))].filter((code) => code !== "");
}

function literal(code: string): string {
  return code.replace(/[[\]/\\^$.*+?(){}|<>]/g, "\\$&");
}
