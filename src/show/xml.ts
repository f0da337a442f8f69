import { harmless } from "../harmless.ts";

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;" };

/**
 * Text for an attribute in double quotes, or an element. What XML 1.0 cannot say at all, and what hides, is written out as
 * people see it elsewhere: `\u0000`. Newlines stay, also in attributes.
 */
export function xml(text: string): string {
  return plain(text).replace(/[&<>"\n]/g, (found) => entities[found]!);
}

/** The same before it is escaped. */
export function plain(text: string): string {
  return harmless(text, true).replace(/[\ufffe\uffff]/g, (found) => `\\u${found.charCodeAt(0).toString(16)}`);
}
