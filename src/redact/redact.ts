import { personal } from "./personal.ts";
import { bareSecrets, secrets } from "./secrets.ts";

/** Something that must not be kept or shown, by its shape. */
export interface Shape {
  /** in words: "github token" */
  kind: string | ((hidden: string) => string);
  /** global; what its group `keep` matched stays */
  pattern: RegExp;
  /** a text without this holds none: far cheaper than the pattern, which takes long to be compiled, too */
  hint?: RegExp;
  /** false: it only looks like one */
  fits?(hidden: string, keep: string): boolean;
}

/** What stands in the place of a hidden value. */
export type Mark = (kind: string, value: string) => string;

export const unmarked: Mark = (kind) => `[${kind}]`;

/**
 * Takes out what looks like a secret, and with "all" what names a person too: e-mail, phone, payment card, social security
 * number, IBAN, public IP address. Applied twice it changes nothing more. Takes time in proportion to the text, whatever
 * the text is. Text without context (a password alone on a line) cannot be told from any other word and stays.
 */
export function redact(text: string, what: "secrets" | "all", mark: Mark = unmarked): string {
  let clean = text;
  if (text.length >= 7) clean = hideShapes(clean, /[\s:=]/.test(text) ? secrets : bareSecrets, mark);
  if (what === "all" && /[\d@]/.test(text)) clean = hideShapes(clean, personal, mark);
  return clean;
}

function hideShapes(text: string, shapes: readonly Shape[], mark: Mark): string {
  return shapes.reduce((clean, shape) => (shape.hint?.test(clean) === false ? clean : hide(clean, shape, mark)), text);
}

function hide(text: string, { kind, pattern, fits }: Shape, mark: Mark): string {
  return text.replace(pattern, (...found: unknown[]) => {
    const whole = found[0] as string;
    const keep = (found.at(-1) as { keep?: string } | string | undefined) ?? "";
    const kept = typeof keep === "string" ? "" : (keep.keep ?? "");
    const hidden = whole.slice(kept.length);
    if (fits?.(hidden, kept) === false) return whole;
    return kept + mark(typeof kind === "string" ? kind : kind(hidden), hidden);
  });
}
