import type { Terminal } from "../world/terminal.ts";
import type { World } from "../world/world.ts";

/** What is painted for stdout: colour only where stdout is a terminal. */
export function onStdout({ terminal }: World): Pick<Terminal, "columns" | "unicode" | "style"> {
  return {
    columns: terminal.columns,
    unicode: terminal.unicode,
    style: (style, text) => terminal.styleOut(style, text),
  };
}

/** The same for what others read line by line, as editors and grep do: no line is broken but on a terminal. */
export function asLines(world: World): ReturnType<typeof onStdout> {
  return { ...onStdout(world), ...(world.terminal.board === undefined ? { columns: Infinity } : {}) };
}
