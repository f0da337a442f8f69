import { describe, expect, it } from "vitest";
import { read, recognise } from "../../src/lint/read.ts";
import { safety } from "../../src/lint/safety/index.ts";
import { structure } from "../../src/lint/structure/index.ts";
import { yaml } from "../../src/lint/yaml/index.ts";
import type { Runbook } from "../../src/runbook/runbook.ts";
import { marked, said } from "./about.ts";

const clamp = (more: string) =>
  `  - { id: clamp, title: C, ${more}mitigate: { do: token-clamp, for: 30m, verify: { burn: healthy }, within: 10m } }\n`;
const evidence =
  "scope: [route]\nevidence: { burn: cost_per_hour, calls: request_rate, users: { signal: cost_per_hour, by: user }, changed: { changes: 24h } }\nsteps:\n";
const cause = "  - { id: cause, title: Why?, ask: { question: Why?, choices: { a: One, b: Another, c: A third } } }\n";
const steps = (...all: string[]) => evidence + all.map((one) => (one.endsWith("\n") ? one : `  - ${one}\n`)).join("");

type Case = [name: string, text: string, marks: string[]];

describe.each<[rule: string, cases: Case[]]>([
  [
    "contradiction",
    [
      [
        "a verify against itself",
        steps(
          "{ id: clamp, title: C, mitigate: { do: token-clamp, for: 1h, verify: { burn: healthy, any: [{ burn: unhealthy }] }, within: 5m } }",
          "{ id: i, title: I, instruct: I }",
        ),
        ["{ burn: healthy, any: [{ burn: unhealthy }] }"],
      ],
      [
        "one alternative of an until",
        steps(
          "{ id: w, title: W, wait: { until: { burn: healthy, any: [{ burn: no-data }, { calls: healthy }] }, within: 5m } }",
          "{ id: i, title: I, instruct: I }",
        ),
        ["{ burn: no-data }"],
      ],
      [
        "an alternative against what is beside it",
        steps(cause, "{ id: i, title: I, when: { cause: a, any: [{ cause: b }, { burn: unhealthy }] }, instruct: I }"),
        ["{ cause: b }"],
      ],
      [
        "an alternative that no way leads to",
        steps(
          cause,
          "{ id: who, title: W, when: { cause: a }, ask: { question: Who?, pick: users } }",
          "{ id: i, title: I, when: { any: [{ cause: b, who: picked }, { cause: c }] }, instruct: I }",
        ),
        ["{ cause: b, who: picked }"],
      ],
      [
        "an alternative of a hint",
        steps(
          "{ id: q, title: Q, ask: { question: Q, choices: { a: A, b: B }, hint: { a: { burn: healthy, any: [{ burn: error }, { calls: healthy }] } } } }",
        ),
        ["{ burn: error }"],
      ],
      [
        "a condition that fails as a whole is another rule's",
        steps(cause, "{ id: i, title: I, when: { cause: a, any: [{ cause: b }] }, instruct: I }"),
        [],
      ],
      [
        "two outcomes that overlap",
        steps(
          "{ id: w, title: W, wait: { until: { burn: [healthy, no-data], any: [{ burn: no-data }, { calls: healthy }] }, within: 5m } }",
          "{ id: i, title: I, instruct: I }",
        ),
        [],
      ],
      [
        "the same id in two alternatives",
        steps(cause, "{ id: i, title: I, when: { any: [{ cause: a }, { cause: b }] }, instruct: I }"),
        [],
      ],
      [
        "evidence that a wait reads anew",
        steps(
          "{ id: h, title: H, when: { burn: unhealthy }, wait: { until: { burn: healthy }, within: 5m } }",
          "{ id: i, title: I, when: { any: [{ h: reached, burn: healthy }, { h: timed-out }] }, instruct: I }",
        ),
        [],
      ],
    ],
  ],
  [
    "always-true",
    [
      [
        "every verdict of evidence",
        steps("{ id: i, title: I, when: { burn: [healthy, unhealthy, no-data, error] }, instruct: I }"),
        ["when"],
      ],
      [
        "every choice of a question",
        steps(cause, "{ id: i, title: I, when: { cause: [a, b, c] }, instruct: I }"),
        ["when"],
      ],
      [
        "alternatives that cover all",
        steps(
          "{ id: i, title: I, when: { any: [{ burn: healthy }, { burn: [unhealthy, no-data, error] }] }, instruct: I }",
        ),
        ["when"],
      ],
      [
        "one part among others",
        steps(
          cause,
          "{ id: i, title: I, when: { cause: a, burn: [healthy, unhealthy, no-data, error] }, instruct: I }",
        ),
        ["burn"],
      ],
      [
        "what is left where the others have gone on",
        steps(
          "{ id: w, title: W, wait: { until: { burn: healthy }, within: 5m } }",
          "{ id: i, title: I, when: { w: [reached, timed-out, skipped] }, instruct: I }",
        ),
        ["when"],
      ],
      ["all but one", steps(cause, "{ id: i, title: I, when: { cause: [a, b] }, instruct: I }"), []],
      [
        "every outcome of a step that may be passed over: it asks whether it ran",
        steps(
          cause,
          clamp("when: { cause: a }, "),
          "{ id: i, title: I, when: { clamp: [helped, not-enough, no-effect, unproven, not-offered, declined, failed] }, instruct: I }",
        ),
        [],
      ],
      [
        "a part that another implies",
        steps(
          cause,
          "{ id: j, title: J, when: { cause: a }, run: end-jobs }",
          "{ id: i, title: I, when: { cause: a, j: done }, instruct: I }",
        ),
        [],
      ],
    ],
  ],
  [
    "unhandled-outcome",
    [
      ["a mitigation at the end", steps(clamp("")), ["clamp"]],
      [
        "only good news is handled",
        steps(clamp(""), "{ id: i, title: I, when: { clamp: helped }, instruct: I }"),
        ["clamp"],
      ],
      [
        "what follows is on another way",
        steps(cause, clamp("when: { cause: a }, "), "{ id: i, title: I, when: { cause: b }, escalate: { level: 2 } }"),
        ["clamp"],
      ],
      [
        "a wait at the end",
        steps(
          "{ id: w, title: W, wait: { until: { burn: healthy }, within: 5m } }",
          "{ id: home, title: H, notify: { to: users } }",
        ),
        ["w"],
      ],
      [
        "only logs and messages follow",
        steps(clamp(""), "{ id: l, title: L, logs: { of: failed } }", "{ id: n, title: N, notify: { to: users } }"),
        ["clamp"],
      ],
      [
        "an escalation for the rest",
        steps(
          clamp(""),
          "{ id: e, title: E, when: { clamp: [not-enough, no-effect, not-offered, failed] }, escalate: { level: 2 } }",
        ),
        [],
      ],
      ["an instruction for everybody", steps(clamp(""), "{ id: i, title: I, instruct: I }"), []],
      [
        "a wait below looks anew, and its end is handled",
        steps(
          cause,
          clamp("when: { cause: a }, "),
          "{ id: w, title: W, when: { cause: [a, b] }, wait: { until: { burn: healthy }, within: 5m } }",
          "{ id: e, title: E, when: { w: timed-out }, escalate: { level: 2 } }",
        ),
        [],
      ],
      [
        "traces that cannot be recorded hurt nobody",
        steps("{ id: t, title: T, mitigate: { do: trace-sampling, for: 1h } }"),
        [],
      ],
    ],
  ],
  [
    "unused-scope",
    [
      ["only instructions", "scope: [route]\nsteps:\n  - { id: i, title: I, instruct: I }\n", ["scope"]],
      [
        "only what was changed",
        "scope: [route, tenant]\nevidence: { changed: { changes: 24h } }\nsteps:\n  - { id: i, title: I, instruct: I }\n",
        ["scope"],
      ],
      [
        "only messages and questions",
        `scope: [tenant]\nsteps:\n${cause}  - { id: n, title: N, notify: { to: users } }\n`,
        ["scope"],
      ],
      [
        "something is measured",
        "scope: [route]\nevidence: { burn: cost_per_hour }\nsteps:\n  - { id: i, title: I, instruct: I }\n",
        [],
      ],
      ["something is run", "scope: [route]\nsteps:\n  - { id: i, title: I, run: end-jobs }\n", []],
      ["calls are looked at", "scope: [route]\nsteps:\n  - { id: i, title: I, logs: { of: failed } }\n", []],
      ["no scope", "steps:\n  - { id: i, title: I, instruct: I }\n", []],
    ],
  ],
  [
    "dead-undo",
    [
      [
        "on the other way",
        steps(cause, clamp("when: { cause: a }, "), "{ id: u, title: U, when: { cause: b }, undo: clamp }"),
        ["clamp"],
      ],
      [
        "on the way where it was not offered",
        steps(clamp(""), "{ id: u, title: U, when: { clamp: [not-offered, declined] }, undo: [clamp] }"),
        ["clamp"],
      ],
      [
        "by what its condition implies",
        steps(
          cause,
          clamp("when: { cause: a }, "),
          "{ id: w, title: W, when: { cause: b }, wait: { until: { burn: healthy }, within: 5m } }",
          "{ id: u, title: U, when: { w: reached }, undo: clamp }",
        ),
        ["clamp"],
      ],
      [
        "on its own way",
        steps(cause, clamp("when: { cause: a }, "), "{ id: u, title: U, when: { cause: a }, undo: clamp }"),
        [],
      ],
      [
        "where both ways meet",
        steps(
          cause,
          clamp("when: { cause: a }, "),
          "{ id: w, title: W, when: { cause: [a, b] }, wait: { until: { burn: healthy }, within: 5m } }",
          "{ id: u, title: U, when: { w: reached }, undo: clamp }",
        ),
        [],
      ],
      [
        "on one of two ways",
        steps(
          cause,
          clamp("when: { cause: a }, "),
          "{ id: u, title: U, when: { any: [{ cause: b }, { clamp: helped }] }, undo: clamp }",
        ),
        [],
      ],
    ],
  ],
  [
    "no-verdict",
    [
      [
        "what was changed",
        steps(
          "{ id: w, title: W, wait: { until: { changed: unchanged }, within: 5m } }",
          "{ id: i, title: I, instruct: I }",
        ),
        ["{ changed: unchanged }"],
      ],
      [
        "an answer",
        steps(
          cause,
          "{ id: clamp, title: C, mitigate: { do: token-clamp, for: 1h, verify: { cause: a }, within: 5m } }",
          "{ id: i, title: I, instruct: I }",
        ),
        ["{ cause: a }"],
      ],
      [
        "an instruction that was followed",
        steps(
          "{ id: i, title: I, instruct: I }",
          "{ id: w, title: W, wait: { until: { i: done }, within: 5m } }",
          "{ id: j, title: J, instruct: J }",
        ),
        ["{ i: done }"],
      ],
      [
        "a figure",
        steps(
          "{ id: w, title: W, wait: { until: { burn: healthy }, within: 5m } }",
          "{ id: i, title: I, instruct: I }",
        ),
        [],
      ],
      [
        "a figure beside what was changed",
        steps(
          "{ id: w, title: W, wait: { until: { burn: healthy, changed: changed }, within: 5m } }",
          "{ id: i, title: I, instruct: I }",
        ),
        [],
      ],
      [
        "a mitigation that still settles",
        steps(
          clamp(""),
          "{ id: w, title: W, wait: { until: { clamp: helped }, within: 5m } }",
          "{ id: i, title: I, instruct: I }",
        ),
        [],
      ],
      [
        "what is not there is another rule's",
        steps(
          "{ id: w, title: W, wait: { until: { nothing: done }, within: 5m } }",
          "{ id: i, title: I, instruct: I }",
        ),
        [],
      ],
    ],
  ],
  [
    "named-twice",
    [
      ["an alert", `alerts: [A, B, A]\n${steps("{ id: i, title: I, instruct: I }")}`, ["A"]],
      ["an outcome", steps(cause, "{ id: i, title: I, when: { cause: [a, a] }, instruct: I }"), ["a"]],
      [
        "a step to undo",
        steps(clamp(""), "{ id: i, title: I, instruct: I }", "{ id: u, title: U, undo: [clamp, clamp] }"),
        ["clamp"],
      ],
      [
        "a dimension",
        "scope: [route, route]\nevidence: { burn: cost_per_hour }\nsteps:\n  - { id: i, title: I, instruct: I }\n",
        ["route"],
      ],
      ["two alerts", `alerts: [A, B]\n${steps("{ id: i, title: I, instruct: I }")}`, []],
      ["two outcomes", steps(cause, "{ id: i, title: I, when: { cause: [a, b] }, instruct: I }"), []],
      [
        "the same outcome in two conditions",
        steps(
          cause,
          "{ id: i, title: I, when: { cause: a }, instruct: I }",
          "{ id: j, title: J, when: { cause: a }, instruct: J }",
        ),
        [],
      ],
    ],
  ],
])("%s", (rule, cases) => {
  it.each(cases)("%s", (_, text, marks) => expect(marked(rule, text)).toEqual(marks));
});

it("says which two sides exclude each other", () => {
  const text = steps(
    cause,
    "{ id: i, title: I, when: { cause: [a, b], any: [{ cause: c }, { burn: unhealthy }] }, instruct: I }",
  );
  expect(said("contradiction", text)).toEqual([
    'this alternative never holds: "cause a or b" and "cause c" exclude each other',
  ]);
});

const own = [...structure, ...safety, ...yaml];

/** All rules of these themes, one after the other; how much they said. */
function walkRules(text: string): number {
  const { document, subject } = read(recognise({ file: "many.yaml", text }));
  let count = 0;
  const known = { runbooks: [{ file: "many.yaml", runbook: subject as Runbook }] };
  for (const { on, check } of own) {
    if (on === "runbook") check(subject as Runbook, known, () => count++);
    if (on === "yaml") check(document!, known, () => count++);
  }
  return count;
}

describe("L11: 10,000 steps go through these rules, whatever they ask of each other", () => {
  const head = "id: many\ntitle: Many\nclass: cost\nseverity: SEV2\nsummary: Many steps.\nsteps:\n";
  const many = (made: (n: number) => string) =>
    walkRules(`${head}${Array.from({ length: 10_000 }, (_, n) => `  - ${made(n)}\n`).join("")}`);
  it.each<[string, (n: number) => string, number]>([
    ["none of them", (n) => `{ id: s${n}, title: S, instruct: Look. }`, 0],
    [
      "each of the one above",
      (n) => `{ id: s${n}, title: S, ${n === 0 ? "" : `when: { s${n - 1}: done }, `}instruct: I }`,
      0,
    ],
    ["mitigations", (n) => `{ id: s${n}, title: S, mitigate: { do: cache } }`, 20_001],
    [
      "mitigations on ways of their own",
      (n) =>
        n === 0
          ? "{ id: s0, title: S, instruct: I }"
          : `{ id: s${n}, title: S, when: { s${n - 1}: ${n === 1 ? "done" : "helped"} }, mitigate: { do: cache, for: 1h } }`,
      9999,
    ],
    [
      "undos of the first",
      (n) => (n === 0 ? "{ id: s0, title: S, mitigate: { do: cache, for: 1h } }" : `{ id: s${n}, title: S, undo: s0 }`),
      2,
    ],
    ["questions", (n) => `{ id: s${n}, title: S, ask: { question: Q, choices: { a: A, b: B } } }`, 0],
    ["commands", (n) => `{ id: s${n}, title: S, run: { command: [rm, -rf, "{route}"] } }`, 10_000],
  ])("%s", (_, made, findings) => expect(many(made)).toBeGreaterThanOrEqual(findings));
});
