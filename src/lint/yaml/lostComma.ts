import type { Tree } from "../../document/document.ts";
import { harmless, shorten } from "../../harmless.ts";
import type { RuleOn } from "../rule.ts";

/** How the second half of a sentence begins, and no entry of a list. */
const goesOn =
  /^(?:and|or|but|then|so|which|that|who|not|nor|with|without|because|until|unless|if|when|where|while|also|only|even|mostly)\s/;

export const lostComma: RuleOn<"yaml"> = {
  on: "yaml",
  name: "lost-comma",
  summary: "no text inside [ ] is cut in two by a comma of its own",
  severity: "warning",
  why: "One follow-up becomes two halves, each of which makes no sense to whoever it is given to.",
  seen: "platers/obsidian-linter#1434: `[Denver, CO]` is two entries.",
  bad: `
id: example
title: Example
class: cost
severity: SEV2
summary: An example.
steps:
  - { id: look, title: Look, instruct: Look at the cost. }
follow_ups: [ Give every route a cap, and an alert on its budget ]
`,
  good: `
id: example
title: Example
class: cost
severity: SEV2
summary: An example.
steps:
  - { id: look, title: Look, instruct: Look at the cost. }
follow_ups: [ "Give every route a cap, and an alert on its budget" ]
`,
  check({ text, tree }, _, report) {
    for (const { items } of flowListsOf(tree)) {
      for (const [index, { kind, start, end }] of items.entries()) {
        const before = items[index - 1];
        if (kind !== "scalar" || before?.kind !== "scalar" || before.style !== "plain") continue;
        const written = text.slice(start, end);
        if (!goesOn.test(written) || !/\s/.test(text.slice(before.start, before.end))) continue;
        report(
          { start, end },
          `${harmless(shorten(written, 40))} is an entry of its own: the comma before it ends the text`,
          'put the whole text in "quotes"',
        );
      }
    }
  },
};

function flowListsOf(tree: Tree | undefined): (Tree & { kind: "list" })[] {
  if (tree === undefined) return [];
  if (tree.kind === "list") return [...(tree.flow ? [tree] : []), ...tree.items.flatMap(flowListsOf)];
  return tree.kind === "map" ? tree.members.flatMap(({ value }) => flowListsOf(value)) : [];
}
