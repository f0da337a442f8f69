import { formatDuration } from "../duration.ts";
import type { Json } from "../document/tree.ts";
import type { Moved, Sent } from "./schema.ts";

/** Texts that some reader of YAML takes for a boolean, a number, a date or nothing. */
const misread = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

/** A text as YAML, without quotes where none are needed. */
function spellWord(text: string): string {
  return /^(?:(?:\.{0,2}\/)?[A-Za-z][\w./-]*(?: [\w./-]+)*|(?:\d+(?:ms|[smhd]))+)$/.test(text) && !misread.test(text)
    ? text
    : JSON.stringify(text);
}

/** A value as YAML on one line. */
export function spellFlow(value: Json): string {
  if (value === null) return "~";
  if (Array.isArray(value)) return `[${value.map(spellFlow).join(", ")}]`;
  if (typeof value === "string") return spellWord(value);
  if (typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value).map(([key, one]) => `${spellWord(key)}: ${spellFlow(one)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

/** `{ do: block, setting: blocked, user: u-17, before: false, after: true, for: 2h }` */
export function spellMoved({ scope, forMs, do: mitigation, setting, ...values }: Moved): string {
  const lasts = forMs === undefined ? {} : { for: formatDuration(forMs) };
  return spellFlow({ do: mitigation, setting, ...scope, ...values, ...lasts } as Json);
}

/** `{ notify: tenants }`; the words of a message only where they are asked for. */
export function spellSent(sent: Sent, words: boolean): string {
  if (!("notify" in sent)) return spellFlow(sent);
  return spellFlow({ notify: sent.notify, ...(words && sent.text !== undefined ? { text: sent.text } : {}) });
}
