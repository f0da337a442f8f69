import { harmless } from "../harmless.ts";

/** One box; its lines are any text. */
export interface Node {
  /** letters and digits only: `end` and the like are words of Mermaid */
  id: string;
  lines: string[];
  shape: keyof typeof shapes;
}

export interface Arrow {
  from: string;
  to: string;
  /** any text; "" says nothing */
  says: string;
}

const shapes = {
  step: ["(", ")"],
  change: ["[", "]"],
  question: ["{{", "}}"],
  evidence: ["([", "])"],
  runbook: ["[[", "]]"],
} as const;

/** Mermaid and GitHub draw no more, unless they are told to. */
export const mostArrows = 500;
const longest = 50_000;

/** A Mermaid flowchart from top to bottom; undefined where it would be too large to be drawn. */
export function flowchart(nodes: readonly Node[], arrows: readonly Arrow[]): string | undefined {
  if (arrows.length > mostArrows) return undefined;
  const text = [
    "flowchart TD",
    ...nodes.map(
      ({ id, lines, shape }) => `  ${id}${shapes[shape][0]}"${lines.map(label).join("<br/>")}"${shapes[shape][1]}`,
    ),
    ...arrows.map(({ from, to, says }) => `  ${from} -->${says === "" ? "" : `|"${label(says)}"|`} ${to}`),
  ].join("\n");
  return text.length > longest ? undefined : text;
}

/**
 * Any text inside the quotes of a label: what could end it, begin Markdown or HTML, or be an entity already, is written as
 * a number between # and ;. Behind a letter a full stop, a colon and a hyphen begin nothing.
 */
export function label(text: string): string {
  return harmless(text.replace(/\s+/g, " ").trim()).replace(special, (found) => `#${found.codePointAt(0)};`);
}

const special = /(?<!\p{L})[-.:]|[^-.:\p{L}\p{N} ,?]/gu;
