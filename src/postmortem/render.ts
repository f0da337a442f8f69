import type { Incident } from "../timeline/incident.ts";
import { code, text } from "../markdown.ts";
import { postmortemFacts } from "./facts.ts";
import { fill } from "./template.ts";

/** A part that only a person can write, and what to write there. */
export interface Blank {
  part: string;
  hint: string;
}

export interface Postmortem {
  markdown: string;
  blanks: Blank[];
  /** parts without a blank */
  full: number;
  parts: number;
}

export interface PostmortemOptions {
  /** what the runbook suggests to do afterwards */
  followUps: readonly string[];
  /** the text of `templates/postmortem.md.hbs`, or of a team's own */
  template: string;
  /** the template's name for messages */
  name?: string;
}

/** The report, drawn from the record alone: the same record gives the same bytes. Each `## ` begins a part. */
export function renderPostmortem(
  incident: Incident,
  { followUps, template, name = "postmortem.md.hbs" }: PostmortemOptions,
): Postmortem {
  const body = fill(template, name, postmortemFacts(incident, followUps))
    .replace(/\n{3,}/g, "\n\n")
    .trimEnd();
  const { parts, blanks } = partsOf(body);
  const full = parts.length - new Set(blanks.map(({ part }) => part)).size;
  const left = blanks.map(({ part, hint }) => `- ${part}: ${hint}`);
  const lines = [
    body,
    "",
    "---",
    "",
    `**${full} of ${parts.length} parts are full.**${left.length === 0 ? "" : " For a person to write:"}`,
    ...(left.length === 0 ? [] : ["", ...left]),
    "",
    `Drawn from ${incident.events.length} records of ${text(incident.id)}. Head of the record: ${code(incident.head.hash)}`,
    `Was it changed since? ${code(`llmops incident check ${incident.id} --expect-head ${incident.head.hash}`)}`,
    "",
  ];
  return { markdown: lines.join("\n"), blanks, full, parts: parts.length };
}

/** Untrusted text cannot begin a line with "## " or "> **TODO", so these lines are the template's own. */
function partsOf(markdown: string): { parts: string[]; blanks: Blank[] } {
  const parts: string[] = [];
  const blanks: Blank[] = [];
  for (const line of markdown.split("\n")) {
    const part = /^## (.+)$/.exec(line)?.[1];
    if (part !== undefined) parts.push(part);
    const hint = /^> \*\*TODO \(person\):\*\* (.+)$/.exec(line)?.[1];
    if (hint !== undefined && parts.length > 0) blanks.push({ part: parts.at(-1)!, hint });
  }
  return { parts, blanks };
}
