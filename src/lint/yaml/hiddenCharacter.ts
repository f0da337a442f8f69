import type { RuleOn } from "../rule.ts";

/** Turns the direction, or shows as nothing. Joiners stay: scripts and emoji need them. */
const hidden =
  /[\u{34f}\u{ad}\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\u3164\ufeff\u{e0000}-\u{e007f}]/gu;

export const hiddenCharacter: RuleOn<"yaml"> = {
  on: "yaml",
  name: "hidden-character",
  summary: "a file holds no character that turns the text around or shows as nothing",
  severity: "error",
  why: "What a reviewer reads and what is walked or run are two different things.",
  seen: "CVE-2021-42574 (Trojan Source, 2021-11-01): characters that turn the direction hid code from those who reviewed it.",
  bad: `
id: example
title: Example
class: cost
severity: SEV2
summary: An example.
steps:
  - { id: look, title: Look, instruct: "Look at the \u202etsoc." }
`,
  good: `
id: example
title: Example
class: cost
severity: SEV2
summary: An example.
steps:
  - { id: look, title: Look, instruct: "Look at the cost." }
`,
  check({ text }, _, report) {
    for (const found of text.matchAll(hidden)) {
      // the mark at the beginning of a file
      if (found.index === 0 && found[0] === "\ufeff") continue;
      const code = found[0].codePointAt(0)!;
      const turns = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
      report(
        { start: found.index, end: found.index + found[0].length },
        `U+${code.toString(16).toUpperCase().padStart(4, "0")} stands here, which ${turns ? "turns the text behind it around" : "shows as nothing"}`,
        "take it out",
        "",
      );
    }
  },
};
