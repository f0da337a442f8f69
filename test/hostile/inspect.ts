import { forged } from "./corpus.ts";

/** Control characters but the newline; what turns, hides or joins text; half characters; floods of marks. */
const unseemly =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|\p{Cs}|[\p{Mn}\p{Me}]{5}/u;

/** Begins like a line of ours, at its edge, and is not: what a stranger wrote stands behind words of ours, or is set in. */
const forgery = new RegExp(
  String.raw`^ {0,2}((ok|[✓!❯>?]|#\d+)\s+|next:\s+|production changed:\s+|::error file=|\{"|llmops_)${forged}`,
  "m",
);

/** What is wrong with a text that left the program; undefined: nothing. */
export function faultIn(text: string): string | undefined {
  const bad = unseemly.exec(text);
  if (bad !== null) return `holds ${JSON.stringify(bad[0])}: ${excerpt(text, bad.index)}`;
  const line = forgery.exec(text);
  return line === null ? undefined : `holds a line that is not ours: ${excerpt(text, line.index)}`;
}

/** As `faultIn`, for one line of JSON. */
export function faultInJson(text: string): string | undefined {
  try {
    JSON.parse(text);
  } catch {
    return `is not JSON: ${excerpt(text, 0)}`;
  }
  return faultIn(text);
}

/** As `faultIn`, for what Prometheus scrapes. */
export function faultInExposition(text: string): string | undefined {
  const known = /^(# (HELP|TYPE) llmops_\w+ .*|llmops_\w+(\{(\w+="([^"\\]|\\[\\"n])*",?)*\})? [\d.e+-]+|)$/;
  const wrong = text.split("\n").find((line) => !known.test(line));
  return wrong === undefined ? faultIn(text) : `has a line that no scraper reads: ${JSON.stringify(wrong)}`;
}

export function excerpt(text: string, at: number): string {
  return JSON.stringify(text.slice(Math.max(0, at - 60), at + 60));
}
