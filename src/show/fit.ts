import type { Paint } from "./paint.ts";
import { width } from "./width.ts";
import { wrap } from "./wrap.ts";

/** Plain lines that are wider than the terminal are wrapped beneath themselves; painted ones were laid out before. */
export function fit(text: string, paint: Paint): string {
  return text
    .split("\n")
    .flatMap((line) => {
      if (width(line) <= paint.columns || line.includes("\u001b")) return [line];
      const indent = /^\s*/.exec(line)![0];
      return wrap(indent, [line.trim()], paint);
    })
    .join("\n");
}
