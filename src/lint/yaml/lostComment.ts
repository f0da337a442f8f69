import { harmless, shorten } from "../../harmless.ts";
import type { RuleOn } from "../rule.ts";
import { scalarsOf } from "./scalars.ts";

/** A comment that people mean has a space behind its #; a channel, a ticket or a heading has none. */
const cutOff = /[ \t]+(#[^\s#!].*)/y;

export const lostComment: RuleOn<"yaml"> = {
  on: "yaml",
  name: "lost-comment",
  summary: "no text is cut off by a # that was meant as part of it",
  severity: "warning",
  why: "The end of the sentence is a comment: the on-call is told to post an update, and not where.",
  seen: 'monarch-initiative/dismech#12094: four values ended before `#8889`; the seed runbook says "Communicate ETA in #incident-channel".',
  bad: `
id: example
title: Example
class: cost
severity: SEV2
summary: An example.
steps:
  - id: tell
    title: Tell them
    instruct: Post an estimate in #incident-channel
`,
  good: `
id: example
title: Example
class: cost
severity: SEV2
summary: An example.
steps:
  - id: tell
    title: Tell them
    instruct: "Post an estimate in #incident-channel"  # every half hour
`,
  check(document, _, report) {
    const { text } = document;
    for (const { style, is, isKey, end } of scalarsOf(document)) {
      if (isKey || style !== "plain" || typeof is !== "string") continue;
      cutOff.lastIndex = end;
      const found = cutOff.exec(text);
      if (found === null) continue;
      const [whole, lost] = found as unknown as [string, string];
      const start = end + whole.length - lost.length;
      report(
        { start, end: start + lost.trimEnd().length },
        `${harmless(shorten(lost, 40))} is a comment: the text ends before it`,
        'put the whole text in "quotes", or a space behind # where it is a comment',
      );
    }
  },
};
