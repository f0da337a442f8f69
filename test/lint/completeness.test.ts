import { describe, expect, it } from "vitest";
import { completeness } from "../../src/lint/completeness/index.ts";
import { lint } from "../../src/lint/lint.ts";

const names = new Set(completeness.map(({ name }) => name));

function absences(parts: string, kind = "cost"): string[] {
  const text = `id: example\ntitle: Example\nclass: ${kind}\nseverity: SEV2\nsummary: S\n${parts}`;
  const findings = lint([{ file: "example.yaml", text }]);
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  return [...new Set(findings.map(({ rule }) => rule).filter((rule) => names.has(rule)))].sort();
}

const whole = `owner: us
scope: [route, tenant, tier]
evidence:
  burn: cost_per_hour
  flagged: flagged_rate
  models: { signal: cost_per_hour, by: model }
  changed: { changes: 24h }
steps:
  - { id: swap, title: Cheaper, mitigate: { do: model-switch, for: 1h, verify: { burn: healthy } } }
  - { id: stop, title: Off, when: { swap: no-effect }, mitigate: { do: kill-switch, for: 1h, verify: { burn: healthy } } }
  - { id: samples, title: Samples, logs: { of: expensive, sample: 10 } }
  - { id: help, title: Help, when: { stop: no-effect }, escalate: { level: 2 } }
follow_ups: [Cap every route]
`;

describe("a runbook that tells everything", () => {
  it("has no absences", () => expect(absences(whole)).toEqual([]));

  it.each<[string, string, string]>([
    ["no-owner", "owner: us\n", ""],
    ["no-follow-ups", "follow_ups: [Cap every route]\n", ""],
    ["no-quality", "  flagged: flagged_rate\n", "  retrieval: retrieval_p95\n"],
    ["no-model", "  models: { signal: cost_per_hour, by: model }\n", ""],
    ["no-changes", "  changed: { changes: 24h }\n", ""],
    ["no-blast-radius", "scope: [route, tenant, tier]", "scope: [route, tenant]"],
    ["no-off", "do: kill-switch, for: 1h", "do: token-clamp, for: 1h"],
    ["no-examples", "logs: { of: expensive, sample: 10 }", "instruct: Look at the traffic."],
    ["no-escalation", "escalate: { level: 2 }", "instruct: Go on."],
  ])("and without it has %s", (rule, part, instead) => {
    expect(whole).toContain(part);
    expect(absences(whole.replace(part, instead))).toEqual([rule]);
  });

  it("without another model it has neither a fallback nor a way back", () => {
    expect(absences(whole.replace("do: model-switch, for: 1h", "do: token-clamp, for: 1h"))).toEqual([
      "no-fallback",
      "no-model",
    ]);
  });
});

describe("what a person is told to do counts too", () => {
  it.each<[string, string, string]>([
    [
      "no-off",
      "mitigate: { do: kill-switch, for: 1h, verify: { burn: healthy } }",
      "instruct: Turn the route off by its feature flag.",
    ],
    ["no-examples", "logs: { of: expensive, sample: 10 }", "instruct: Read ten of the dearest calls."],
    ["no-changes", "  changed: { changes: 24h }\n", ""],
  ])("instead of %s", (rule, part, instead) => {
    const told = whole.replace(part, instead).replace("title: Samples", "title: Samples and recent deployments");
    const asked =
      rule === "no-changes"
        ? told.replace(
            "logs: { of: expensive, sample: 10 }",
            "instruct: Read the answers of ten calls and what changed.",
          )
        : told;
    expect(
      absences(
        asked.replace(
          "{ stop: no-effect }",
          asked.includes("kill-switch") ? "{ stop: no-effect }" : "{ stop: not-done }",
        ),
      ),
    ).toEqual([]);
  });

  it("turning off something else is not turning off the feature", () => {
    const text = whole.replace(
      "mitigate: { do: kill-switch, for: 1h, verify: { burn: healthy } }",
      "instruct: Turn off the slow tool for this route.",
    );
    expect(absences(text.replace("stop: no-effect", "stop: not-done"))).toEqual(["no-off"]);
  });

  it("a team's own measure of quality is known by its words", () => {
    const own = "  judged: { promql: 'avg(judge_score)' }\n";
    expect(absences(whole.replace("  flagged: flagged_rate\n", own))).toEqual([]);
  });
});

describe("escalation fits the class", () => {
  const first = (level: number) => whole.replace("escalate: { level: 2 }", `escalate: { level: ${level} }`);
  it("safety starts at level 2", () => {
    expect(absences(first(1), "safety")).toEqual(["no-escalation"]);
    expect(absences(first(2), "safety")).toEqual([]);
  });
  it("other classes may start at level 1", () => expect(absences(first(1), "cost")).toEqual([]));
});

it("a runbook that only asks and leads to others is not asked for what is theirs", () => {
  const router = `owner: us
steps:
  - { id: what, title: What?, ask: { question: What?, choices: { cost: Cost, other: Other } } }
  - { id: go, title: Cost, when: { what: cost }, continue: cost-spike }
  - { id: note, title: Note, when: { what: other }, instruct: Note it. }
follow_ups: [Add an alert]
`;
  const findings = lint([
    { file: "r.yaml", text: `id: r\ntitle: R\nclass: cost\nseverity: SEV3\nsummary: S\n${router}` },
  ]);
  expect(findings.map(({ rule }) => rule)).toEqual(["unknown-runbook"]);
});

describe("how late the first change comes", () => {
  const told = (n: number) =>
    Array.from({ length: n }, (_, i) => `  - { id: s${i}, title: S, instruct: S }\n`).join("");
  const clamp = "  - { id: c, title: C, mitigate: { do: token-clamp, for: 1h, verify: { burn: healthy } } }\n";
  const late = (steps: string) =>
    absences(`evidence: { burn: cost_per_hour }\nsteps:\n${steps}`).includes("late-mitigation");
  it("five steps are few enough, six are not", () =>
    expect([late(told(5) + clamp), late(told(6) + clamp)]).toEqual([false, true]));
  it("steps of another branch do not count", () => {
    const ask = "  - { id: q, title: Q, ask: { question: Q, choices: { a: A, b: B } } }\n";
    const branch = Array.from(
      { length: 9 },
      (_, i) => `  - { id: b${i}, title: S, when: { q: b }, instruct: S }\n`,
    ).join("");
    expect(late(ask + branch + clamp.replace("title: C", "title: C, when: { q: a }"))).toBe(false);
  });
  it("nobody has to go through what a person need not answer", () => {
    const read = Array.from(
      { length: 9 },
      (_, i) => `  - { id: m${i}, title: M, measure: { signal: cost_per_hour } }\n`,
    ).join("");
    expect(late(read + clamp)).toBe(false);
  });
});
