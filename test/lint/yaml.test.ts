import { describe, expect, it } from "vitest";
import { lint } from "../../src/lint/lint.ts";
import { marked, mended } from "./about.ts";

const step = (body: string) => `steps:\n  - id: a\n    title: A\n    ${body}\n`;
const ask = (choices: string, more = "") =>
  `steps:\n  - { id: q, title: Q, ask: { question: Q?, choices: { ${choices} }${more} } }\n`;
const mitigate = (body: string) =>
  `scope: [route, user]\nevidence: { burn: cost_per_hour }\nsteps:\n  - { id: m, title: M, mitigate: { ${body}, for: 1h, verify: { burn: healthy }, within: 5m } }\n  - { id: i, title: I, instruct: I }\n`;

type Case = [name: string, text: string, marks: string[]];

describe.each<[rule: string, cases: Case[]]>([
  [
    "yes-no",
    [
      ["a choice", ask("no: Not, other: Other"), ["no"]],
      ["a label", ask("a: Yes, b: B"), ["Yes"]],
      ["an id", "steps:\n  - { id: on, title: A, instruct: A }\n", ["on"]],
      ["a condition", `${ask('"no": Not, b: B')}  - { id: i, title: I, when: { q: [no] }, instruct: I }\n`, ["no"]],
      ["a choice that is a boolean everywhere", ask("true: It is, b: B"), ["true"]],
      ["in quotes", ask(`"no": "No", 'off': 'Off'`), []],
      ["inside a sentence", ask("a: No or not known, b: on and off"), []],
      ["our own word", mitigate("do: block, on: user"), []],
      ["a real boolean", step("logs: { of: failed, rate: true }"), []],
    ],
  ],
  [
    "odd-number",
    [
      ["a commit with an exponent", mitigate("do: prompt-rollback, with: { version: 12e4 }"), ["12e4"]],
      ["a version that loses its zeros", mitigate("do: prompt-rollback, with: { version: 007 }"), ["007"]],
      ["base 8", step("logs: { of: failed, sample: 010 }"), ["010"]],
      ["base 60", step("instruct: 12:30"), ["12:30"]],
      ["underscores", step("instruct: 1_000"), ["1_000"]],
      ["a plain number", step("logs: { of: failed, sample: 10 }"), []],
      ["a version in quotes", mitigate('do: prompt-rollback, with: { version: "12e4" }'), []],
      ["a whole version", mitigate("do: prompt-rollback, with: { version: 14 }"), []],
      ["our own dates and durations", `reviewed: 2026-11-21\n${mitigate("do: cache")}`, []],
      ["zero", mitigate("do: retry-cap, with: { max_retries: 0 }"), []],
    ],
  ],
  [
    "lost-comment",
    [
      ["a channel", step("instruct: Tell them in #incident"), ["#incident"]],
      [
        "a ticket in a list",
        `${step("instruct: A")}follow_ups:\n  - Mend #123, then close it\n`,
        ["#123, then close it"],
      ],
      ["a second line", step("instruct: Tell them\n      in #incident"), ["#incident"]],
      ["a comment with a space", step("instruct: Tell them # in the channel"), []],
      ["in quotes", step('instruct: "Tell them in #incident"'), []],
      ["in a block", step("instruct: >-\n      Tell them in #incident"), []],
      ["without a space before it", step("instruct: See https://status.internal/#llm"), []],
      ["behind quotes", step('instruct: "Tell them" #now'), []],
    ],
  ],
  [
    "lost-comma",
    [
      ["and", `${step("instruct: A")}follow_ups: [Cap the tokens, and alert on them]\n`, ["and alert on them"]],
      ["which", `${step("instruct: A")}follow_ups: [Ask the owner, who knows, Drill it]\n`, ["who knows"]],
      ["or", `${step("instruct: A")}follow_ups: [Raise the cap, or drop it]\n`, ["or drop it"]],
      ["two sentences", `${step("instruct: A")}follow_ups: [Cap the tokens, Alert on them]\n`, []],
      ["in quotes", `${step("instruct: A")}follow_ups: ["Cap the tokens, and alert on them"]\n`, []],
      ["names", `alerts: [A, B]\n${step("run: { command: [./a.sh, and, or] }")}`, []],
    ],
  ],
  [
    "folded-list",
    [
      ["numbers", step("instruct: >-\n      1. One\n      2. Two"), ["2. Two"]],
      ["dashes", step("instruct: >\n      Look:\n      - One\n      - Two"), ["- Two"]],
      ["without quotes", step("instruct: 1) One\n      2) Two"), ["2) Two"]],
      ["kept as lines", step("instruct: |-\n      1. One\n      2. Two"), []],
      ["with empty lines between", step("instruct: >-\n      1. One\n\n      2. Two"), []],
      ["a sentence", step("instruct: >-\n      One thing and\n      another - or two"), []],
    ],
  ],
  [
    "control-character",
    [
      ["a word boundary", step('instruct: "grep \\bERROR\\b"'), ["\\b", "\\b"]],
      ["a colour", step('instruct: "\\e[31mRed"'), ["\\e"]],
      ["a bell", step('instruct: "\\a"'), ["\\a"]],
      ["a doubled backslash", step('instruct: "grep \\\\bERROR"'), []],
      ["a line and a tab", step('instruct: "one\\n\\ttwo"'), []],
      ["in single quotes", step("instruct: 'grep \\bERROR'"), []],
      ["without quotes", step("instruct: grep \\bERROR"), []],
    ],
  ],
  [
    "hidden-character",
    [
      ["turned around", step('instruct: "a \u202eb"'), ["\u202e"]],
      ["no width", step("instruct: a\u200bb"), ["\u200b"]],
      ["a tag in a comment", `${step("instruct: a")}# \u{e0041}\n`, ["\u{e0041}"]],
      ["an emoji of several", step("instruct: \u{1f468}\u200d\u{1f469}"), []],
      ["accents and other scripts", step("instruct: Überprüfen, 確認, בדוק"), []],
      ["an escape that is written out", step('instruct: "a \\u202e b"'), []],
    ],
  ],
])("%s", (rule, cases) => {
  it.each(cases)("%s", (_, text, marks) => expect(marked(rule, text)).toEqual(marks));
});

describe("what is certain is mended", () => {
  it.each([
    ["yes-no", ask("no: Not, b: Yes"), ask('"no": Not, b: "Yes"')],
    ["odd-number", step("instruct: 12:30"), step('instruct: "12:30"')],
    ["control-character", step('instruct: "grep \\bERROR\\b"'), step('instruct: "grep \\\\bERROR\\\\b"')],
    ["hidden-character", step('instruct: "a \u202eb"'), step('instruct: "a b"')],
    // nobody can tell whether it was meant as a text
    ["lost-comment", step("instruct: Tell #them"), step("instruct: Tell #them")],
  ])("%s", (rule, bad, good) => expect(mended(rule, bad)).toBe(good));
});

it("a mark at the beginning of a file hides nothing", () => {
  const text = `\ufeffid: a\ntitle: A\nclass: cost\nseverity: SEV2\nsummary: A.\n${step("instruct: A")}`;
  expect(lint([{ file: "a.yaml", text }]).filter(({ rule }) => rule === "hidden-character")).toEqual([]);
});
