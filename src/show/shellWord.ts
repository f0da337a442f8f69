import { harmless } from "../harmless.ts";

/** One word of a command that a person copies: quoted where a POSIX shell would take it for something else. */
export function shellWord(text: string): string {
  const safe = harmless(text);
  return /^[\w@%+=:,./-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", `'\\''`)}'`;
}
