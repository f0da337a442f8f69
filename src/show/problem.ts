import type { UserError } from "../errors.ts";
import { withCommands } from "./command.ts";
import { signs, type Paint } from "./paint.ts";
import { field, wrap } from "./wrap.ts";

/** Takes secrets out, while each stands in one piece: what is wrapped is hard to know again. */
type Hide = (text: string) => string;

/** Something the reader can act on: what happened, whether production changed, what to do. */
export function showProblem({ what, details, changed, next }: UserError, paint: Paint, hide: Hide): string[] {
  return [
    ...wrap([signs.bad, " "], [hide(what)], paint, 4),
    ...details.flatMap((text) => wrap("    ", [hide(text)], paint, 6)),
    ...field("production changed:", [changed], paint, 20),
    ...(next === undefined ? [] : field("next:", withCommands(hide(next)), paint, 20)),
  ];
}

/** A mistake of the program: all that its makers need to find it. */
export function showBug(thrown: unknown, version: string, paint: Paint, hide: Hide): string[] {
  const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return [
    ...wrap([signs.bad, " "], [`This is a bug in llmops ${version}, not a mistake of yours.`], paint),
    ...field("production changed:", ["unknown; look with llmops mitigation list"], paint, 20),
    ...field(
      "next:",
      ["report the lines below where you got llmops, without the names you must keep secret"],
      paint,
      20,
    ),
    ...hide(stack)
      .split("\n")
      .flatMap((text) => wrap("    ", [text.trim()], paint, 6)),
  ];
}
