import { harmless } from "./harmless.ts";

/** What can begin markup or a site generator's tag: emphasis and HTML only where they could, addresses at their `://`, `www.` and `@`. */
const special =
  /[\\`*[\]|~]|<(?=[A-Za-z/!?])|&(?=#?\w+;)|\{(?=[{%<])|\$(?!\d)|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|:(?=\/\/)|(?<=www)\.|@(?=\w)/gi;

/** Headings, quotes, lists, definitions, rulers and rows under a table's head begin with one of these. */
const blockStart = /^(#(?=#*(\s|$))|>|[-+:](?=\s|$)|[-:](?=[-:]+\s*$)|=(?==*\s*$)|\d+[.)](?=\s|$))/;

/**
 * Any text as one run of Markdown words, in a paragraph, a list or a table cell: it shows what it says, and makes no
 * markup, link, image, HTML, mention or further cell. Line breaks become " / ".
 */
export function text(value: string): string {
  return harmless(value.replace(/\s*[\r\n]+\s*/g, " / ").trim())
    .replace(special, (found) => (found === "@" ? "`@`" : `\\${found}`))
    .replace(blockStart, (start) => start.replace(/.$/, "\\$&"));
}

/** Text as a code span, whatever backticks it holds. Not for table cells. */
export function code(value: string): string {
  const line = harmless(value);
  if (line.trim() === "") return "(empty)";
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const space = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${fence}${space}${line}${space}${fence}`;
}

/** A code span for a table cell; parsers disagree about `|` and `\` inside one, so such text becomes words. */
export function codeCell(value: string): string {
  return /[|\\`]/.test(harmless(value)) ? text(value) : code(value);
}
