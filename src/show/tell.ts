import type { Terminal } from "../world/terminal.ts";
import { fit } from "./fit.ts";

/** Says lines to people. Newlines inside one of them are shown as such, never followed. */
export function tell(
  terminal: Pick<Terminal, "people" | "columns" | "unicode" | "style">,
  ...lines: readonly string[]
): void {
  if (lines.length > 0) terminal.people(fit(lines, terminal));
}
