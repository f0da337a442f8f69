import { harmless } from "../../harmless.ts";
import type { RuleOn } from "../rule.ts";
import { scalarsOf, type Scalar } from "./scalars.ts";

/** What names a state of something and only looks like a number. */
const names = /(?:^|[_-])(?:version|tag|sha|commit|revision|release|build|hash)$/i;

export const oddNumber: RuleOn<"yaml"> = {
  on: "yaml",
  name: "odd-number",
  summary: "a number reads the same everywhere, and what only looks like one stands in quotes",
  severity: "warning",
  why: "A version, a commit or a time is read as another figure, and the wrong thing is rolled back to.",
  seen: "elastic/kibana#161934: the commit 9509425349e4 was taken for a number with an exponent, and an alert said that it does not exist.",
  bad: `
id: example
title: Example
class: quality
severity: SEV2
summary: An example.
scope: [route]
evidence: { wrong: cost_per_hour }
steps:
  - { id: back, title: Take back the prompt, mitigate: { do: prompt-rollback, with: { version: 007 }, for: 1h, verify: { wrong: healthy }, within: 10m } }
  - { id: help, title: Nothing stopped it, when: { back: [not-enough, no-effect, not-offered, failed] }, escalate: { level: 2 } }
`,
  good: `
id: example
title: Example
class: quality
severity: SEV2
summary: An example.
scope: [route]
evidence: { wrong: cost_per_hour }
steps:
  - { id: back, title: Take back the prompt, mitigate: { do: prompt-rollback, with: { version: "007" }, for: 1h, verify: { wrong: healthy }, within: 10m } }
  - { id: help, title: Nothing stopped it, when: { back: [not-enough, no-effect, not-offered, failed] }, escalate: { level: 2 } }
`,
  check(document, _, report) {
    for (const scalar of scalarsOf(document)) {
      const { isKey, style, written, start, end } = scalar;
      if (isKey || style !== "plain" || !/^[-+]?\d/.test(written)) continue;
      const odd = oddIn(scalar);
      if (odd === undefined) continue;
      const quoted = `"${written}"`;
      report({ start, end }, `${harmless(written)} ${odd.message}`, odd.next, odd.isText ? quoted : undefined);
    }
  },
};

/** `isText`: nobody can have meant a number. */
function oddIn({ written, is, path }: Scalar): { message: string; next: string; isText: boolean } | undefined {
  const key = path.findLast((part) => typeof part === "string");
  const isName = key !== undefined && names.test(key);
  const quotes = { next: `write "${written}"`, isText: true };
  if (isName && typeof is === "number" && String(is) !== written)
    return { message: `names something, and is read as the number ${is}`, ...quotes };
  if (/^[-+]?[1-9]\d*(?::[0-5]?\d)+(?:\.\d*)?$/.test(written))
    return { message: `is a number to base 60 to other readers of YAML (1:30 is 90)`, ...quotes };
  const either = { next: `write it without the zeros, or "${written}" where it is a text`, isText: false };
  if (/^[-+]?0[0-7]+$/.test(written))
    return { message: `is ${is} here and ${parseInt(written, 8)}, to base 8, to other readers of YAML`, ...either };
  if (/^[-+]?0\d+$/.test(written)) return { message: `is ${is} here and a text to other readers of YAML`, ...either };
  if (/^[-+]?\d[\d_]*_[\d_]*(?:\.[\d_]*)?$/.test(written))
    return {
      message: "is a text here and a number to other readers of YAML",
      next: "write it without _",
      isText: false,
    };
  if (/^[-+]?\d+[eE]\d+$/.test(written))
    return {
      message: `is the number ${is} here and a text to other readers of YAML`,
      next: `write ${is}, or "${written}" where it is a text`,
      isText: false,
    };
  return undefined;
}
