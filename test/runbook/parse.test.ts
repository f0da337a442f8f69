import { describe, expect, it } from "vitest";
import { parseRunbook } from "../../src/runbook/parse.ts";

const whole = `
id: cost-spike
title: Cost spike
class: cost
severity: p2
summary: Tokens cost far more than usual.
alerts: [TokenCostExplosion]
scope: [tenant, route]
owner: ai-platform
reviewed: 2026-11-21
evidence:
  burn: cost_per_hour
  users: { signal: cost_per_hour, by: user }
  custom: { promql: 'sum(rate(my_counter_total[5m]))', healthy: "< 3", window: 10m }
  changed: { changes: 24h }
steps:
  - id: cause
    title: What changed?
    ask:
      question: What drives the cost?
      choices: { one: One user, other: Something else }
      hint: { one: { users: concentrated } }
  - id: block
    title: Block that user
    when: { cause: one, any: [{ burn: unhealthy }, { burn: [no-data, error] }] }
    mitigate: { do: block, on: user, with: { note: x }, for: 2h, verify: { burn: healthy }, within: 10m }
  - { id: home, title: Back, undo: block }
  - { id: on, title: Go on, continue: provider-outage }
follow_ups: [ Give every route a cap ]
`;

describe("a runbook", () => {
  it("is read whole", () => {
    const { runbook, findings } = parseRunbook(whole, "cost-spike.yaml");
    expect(findings).toEqual([]);
    expect(runbook).toEqual({
      id: "cost-spike",
      title: "Cost spike",
      class: "cost",
      severity: "SEV2",
      summary: "Tokens cost far more than usual.",
      alerts: ["TokenCostExplosion"],
      scope: ["tenant", "route"],
      owner: "ai-platform",
      reviewed: "2026-11-21",
      evidence: [
        { id: "burn", ask: { signal: "cost_per_hour" } },
        { id: "users", ask: { signal: "cost_per_hour" }, by: "user" },
        {
          id: "custom",
          ask: { promql: "sum(rate(my_counter_total[5m]))" },
          healthy: { kind: "bound", bound: { operator: "<", number: 3 } },
          windowMs: 600_000,
        },
        { id: "changed", ask: { changesMs: 86_400_000 } },
      ],
      steps: [
        {
          id: "cause",
          title: "What changed?",
          kind: "ask",
          body: {
            question: "What drives the cost?",
            choices: [
              { value: "one", label: "One user" },
              { value: "other", label: "Something else" },
            ],
            hints: [{ choice: "one", when: { all: [{ id: "users", outcomes: ["concentrated"] }], any: [] } }],
          },
        },
        {
          id: "block",
          title: "Block that user",
          kind: "mitigate",
          when: {
            all: [{ id: "cause", outcomes: ["one"] }],
            any: [
              { all: [{ id: "burn", outcomes: ["unhealthy"] }], any: [] },
              { all: [{ id: "burn", outcomes: ["no-data", "error"] }], any: [] },
            ],
          },
          body: {
            do: "block",
            on: ["user"],
            with: { note: "x" },
            forMs: 7_200_000,
            verify: { all: [{ id: "burn", outcomes: ["healthy"] }], any: [] },
            withinMs: 600_000,
          },
        },
        { id: "home", title: "Back", kind: "undo", body: ["block"] },
        { id: "on", title: "Go on", kind: "continue", body: "provider-outage" },
      ],
      followUps: ["Give every route a cap"],
    });
  });

  it.each(["SEV1", "sev1", "Sev1", "P1", "p1"])("takes the severity %s", (severity) => {
    const { runbook } = parseRunbook(whole.replace("severity: p2", `severity: ${severity}`), "a.yaml");
    expect(runbook?.severity).toBe("SEV1");
  });

  it("either can be walked or has findings, never both, never neither", () => {
    const lines = whole.split("\n");
    for (let at = 0; at < lines.length; at++) {
      const { runbook, findings } = parseRunbook(lines.toSpliced(at, 1).join("\n"), "cut.yaml");
      expect(runbook === undefined, `without line ${at + 1}`).toBe(findings.length > 0);
    }
  });

  it("cut off anywhere, still ends in findings with a place, or in a runbook", () => {
    for (let length = 0; length < whole.length; length += 7) {
      const { runbook, findings } = parseRunbook(whole.slice(0, length), "cut.yaml");
      expect(runbook === undefined).toBe(findings.length > 0);
      for (const { at, message } of findings) {
        expect(at.line).toBeGreaterThan(0);
        expect(message).not.toMatch(/undefined|\[object|Invalid|expected .*received/);
      }
    }
  });
});
