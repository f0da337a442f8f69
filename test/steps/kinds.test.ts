import { describe, expect, it } from "vitest";
import { parseRunbook } from "../../src/runbook/parse.ts";
import { stepKinds } from "../../src/steps/index.ts";
import { drive } from "./drive.ts";

const usual = { median: 380, deviation: 10, low: 340, high: 420, samples: 60, of: "yesterday" as const };

describe("every kind", () => {
  it.each(stepKinds.map(({ kind, example }) => [kind, example]))(
    "%s has an example that can be read",
    (kind, example) => {
      const lines = example.trim().split("\n").join("\n    ");
      const text = `id: a\ntitle: A\nclass: cost\nseverity: p3\nsummary: S\nsteps:\n  - ${lines}\n`;
      const { runbook, findings } = parseRunbook(text, "example.yaml");
      expect(findings).toEqual([]);
      expect(runbook?.steps[0]?.kind).toBe(kind);
    },
  );
});

describe("ask", () => {
  const evidence = "{ length: tokens_out_avg, calls: request_rate, users: { signal: cost_per_hour, by: user } }";
  const step = `{ id: cause, title: Why?, ask: { question: "What drives it?", choices: { one: One user, inflation: More tokens, traffic: More calls },
      hint: { one: { users: concentrated }, inflation: { length: unhealthy, calls: healthy }, traffic: { calls: unhealthy } } } }`;
  const read = {
    users: { by: "user" as const, outcome: "spread" as const },
    length: {
      value: 3910,
      unit: "tokens" as const,
      usual,
      outcome: "unhealthy" as const,
      verdict: "unhealthy" as const,
    },
    calls: { value: 2.8, unit: "1/s" as const, usual: { ...usual, low: 2.1, high: 3.4 }, outcome: "healthy" as const },
  };

  it("proposes the first hint that holds, and says why from the evidence", async () => {
    const { outcome, asked, facts } = await drive({ evidence, step, read, answers: ["inflation"] });
    expect(outcome).toBe("inflation");
    expect(asked[0]).toMatchObject({ proposed: "inflation", why: "evidence proposes 2: length ×10.3, calls as usual" });
    expect(facts.map(({ type }) => type)).toEqual(["asked", "answered"]);
  });

  it("records that the proposal was overridden", async () => {
    const { outcome, facts } = await drive({ evidence, step, read, answers: ["traffic"] });
    expect(outcome).toBe("traffic");
    expect(facts[1]?.payload).toEqual({ choice: "traffic", label: "More calls", proposed: "inflation" });
  });

  it("proposes nothing where no hint holds", async () => {
    const { asked } = await drive({ evidence, step, answers: ["one"] });
    expect(asked[0]).not.toHaveProperty("proposed");
    expect(asked[0]).not.toHaveProperty("why");
  });
});

describe("ask with pick", () => {
  const evidence = "{ users: { signal: cost_per_hour, by: user } }";
  const step = '{ id: who, title: Who?, ask: { question: "Which user?", pick: users } }';
  const parts = [
    { name: "u-8841", value: 84.2, share: 0.64 },
    { name: "none", value: 20, share: 0.15 },
    { name: "(none)", value: 10, share: 0.08 },
    { name: "u\u202e1", value: 1, share: 0.01 },
  ];
  const read = { users: { by: "user" as const, outcome: "concentrated" as const, parts, partCount: 9984 } };

  it("offers the parts, largest first, and narrows the scope to the one that was picked", async () => {
    const { outcome, asked, facts } = await drive({ evidence, step, read, answers: ["u-8841"] });
    expect(outcome).toBe("picked");
    expect(asked[0]?.choices).toEqual([
      { value: "u-8841", label: "u-8841  $84.2, 64%" },
      { value: "none", label: "none  $20, 15%" },
      { value: "u\u202e1", label: "u\\u202e1  $1.00, 1%" },
      { value: "another", label: "Another user: type it" },
      { value: "none of these", label: "None of these" },
    ]);
    expect(asked[0]).toMatchObject({ proposed: "u-8841", why: "9,980 more" });
    expect(facts.at(-1)).toMatchObject({
      type: "scoped",
      payload: { scope: { route: "support.reply", user: "u-8841" } },
    });
  });

  it("takes a name that is not among them, once it was asked about", async () => {
    const slip = await drive({ evidence, step, read, answers: ["another", "u-884", "none"] });
    expect(slip.outcome).toBe("none");
    expect(slip.asked.at(-1)!.question).toMatch(/u-884.*did you mean u-8841/);
    const { outcome, facts } = await drive({ evidence, step, read, answers: ["another", " u-7 ", "meant"] });
    expect(outcome).toBe("picked");
    expect(facts.at(-1)).toMatchObject({ type: "scoped", payload: { scope: { user: "u-7" } } });
  });

  it.each([["none of these"], ["another", ""]])("narrows nothing where nobody was picked: %j", async (...answers) => {
    const { outcome, facts } = await drive({ evidence, step, read, answers });
    expect(outcome).toBe("none");
    expect(facts.some(({ type }) => type === "scoped")).toBe(false);
  });

  it("says why there are no parts", async () => {
    const silent = { users: { by: "user" as const, outcome: "no-data" as const, why: "no series in 5m" } };
    const { outcome, asked } = await drive({ evidence, step, read: silent, answers: ["none"] });
    expect(outcome).toBe("none");
    expect(asked[0]).toMatchObject({ why: "users: no series in 5m", otherwise: "none" });
  });
});

describe("wait", () => {
  const evidence = "{ burn: cost_per_hour }";
  const step = "{ id: calm, title: Over?, wait: { until: { burn: healthy }, within: 10m } }";
  const bad = { outcome: "unhealthy" as const, verdict: "unhealthy" as const };

  it("looks until it holds, and records only what changed", async () => {
    const { outcome, facts, ms } = await drive({
      evidence,
      step,
      read: { burn: bad },
      fresh: { burn: [bad, bad, {}] },
    });
    expect(outcome).toBe("reached");
    expect(facts).toMatchObject([
      { type: "measured", step: "example/burn", payload: { measurement: { outcome: "healthy" } } },
    ]);
    expect(ms).toBe(20_000);
  });

  it("ends when its time is over", async () => {
    const { outcome, ms } = await drive({ evidence, step, read: { burn: bad }, fresh: { burn: [bad] } });
    expect(outcome).toBe("timed-out");
    expect(ms).toBe(600_000);
  });

  it("asks what to do when a key is pressed", async () => {
    const given = { evidence, step, read: { burn: bad }, fresh: { burn: [bad] } };
    const stopped = await drive({ ...given, pauses: ["elapsed", "key"], answers: ["stop"] });
    expect(stopped).toMatchObject({ outcome: "timed-out", ms: 10_001 });
    const looked = await drive({ ...given, fresh: { burn: [bad, {}] }, pauses: ["key"], answers: ["look"] });
    expect(looked).toMatchObject({ outcome: "reached", ms: 1 });
  });
});

describe("the small kinds", () => {
  it("measure reads anew", async () => {
    const now = { outcome: "unhealthy" as const, verdict: "unhealthy" as const };
    const { outcome, facts } = await drive({
      step: "{ id: now, title: Now, measure: { signal: error_rate } }",
      fresh: { now: [now] },
    });
    expect(outcome).toBe("unhealthy");
    expect(facts).toMatchObject([{ type: "measured", payload: { measurement: { id: "now" } } }]);
  });

  it("measure says what to do by hand where nothing tells of changes", async () => {
    const step = "{ id: now, title: Now, measure: { changes: 24h } }";
    const none = { outcome: "no-data" as const, verdict: "no-data" as const, source: "" };
    expect(await drive({ step, fresh: { now: [none] } })).toMatchObject({
      outcome: "no-data",
      said: ["By hand: what was deployed or configured in the last 1d?"],
    });
    const some = { outcome: "changed" as const, verdict: "healthy" as const, source: "code" };
    expect(await drive({ step, fresh: { now: [some] } })).toMatchObject({ outcome: "changed", said: [] });
  });

  it("instruct shows the text and asks whether it is done", async () => {
    const step = '{ id: a, title: A, instruct: { say: "Call them.", links: ["https://status.test"] } }';
    const { outcome, said, asked } = await drive({ step, answers: ["not-done"] });
    expect(outcome).toBe("not-done");
    expect(said).toEqual(["  Call them.\n  https://status.test"]);
    expect(asked[0]?.otherwise).toBe("not-done");
  });

  it.each([
    [
      "logs: { of: failed, sample: 5, rate: true }",
      "No source here has calls. By hand: look at 5 failed calls and judge each.",
    ],
    ["escalate: { level: 2 }", "No escalation is set up. By hand: call level 2, this is SEV2."],
    ["notify: { to: tenants }", 'No audience "tenants" is set. Text to send by hand:'],
  ])("%s says what to do by hand", async (body, words) => {
    const { outcome, said } = await drive({ step: `{ id: a, title: A, ${body} }` });
    expect(outcome).toBe("not-offered");
    expect(said[0]).toContain(words);
  });

  it("notify tells only what is known", async () => {
    const { facts } = await drive({ step: "{ id: a, title: A, notify: { to: tenants } }" });
    expect(facts[0]?.payload).toEqual({
      to: "tenants",
      ok: false,
      text: "Cost spike (SEV2), route support.reply: we are working on it since 2026-11-21 03:12 UTC. Reference INC-1121-abcd.",
      why: "no audience of this name is set",
    });
  });

  it("continue is a tail call", async () => {
    expect((await drive({ step: "{ id: on, title: On, continue: provider-outage }" })).outcome).toEqual({
      continue: "provider-outage",
    });
  });
});
