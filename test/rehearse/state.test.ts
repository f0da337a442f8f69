import { describe, expect, it } from "vitest";
import { setPlace } from "./place.ts";

const runbook = `
id: spike
title: Cost spike
class: cost
severity: SEV2
summary: Tokens cost far more than usual.
alerts: [TokenCostExplosion]
scope: [route]
evidence: { burn: cost_per_hour }
steps:
  - { id: clamp, title: Clamp, mitigate: { do: token-clamp, with: { max_tokens: 512 }, for: 30m, verify: { burn: healthy }, within: 10m } }
  - { id: home, title: Back, undo: clamp }
`;

interface Given {
  state?: string;
  burn?: string;
  answers?: string;
  outcomes?: string;
  more?: string;
}

/** What steps and changes are written for a test of the runbook above. */
async function happens({ state = "is: 4096", burn = "[unhealthy, healthy]", answers, outcomes, more }: Given) {
  const test = [
    "runbook: spike",
    "tests:",
    "  - name: A",
    ...(more === undefined ? ["    scope: { route: chat }"] : [`    ${more}`]),
    `    evidence: { burn: ${burn} }`,
    `    state: [{ setting: max_tokens, route: chat, ${state} }]`,
    `    answers: ${answers ?? "{ clamp: apply }"}`,
    ...(outcomes === undefined ? [] : [`    outcomes: ${outcomes}`]),
    "",
  ].join("\n");
  const place = setPlace({ "r/spike.yaml": runbook, "r/spike.test.yaml": test });
  const code = await place.llmops("runbook", "test", "r", "-u");
  const text = place.world.files.text("/home/dana/shop/r/spike.test.yaml");
  expect(text.startsWith(test)).toBe(true);
  return { code, told: place.printed(), expected: text.slice(test.length).replace(/^ {4}expect:\n/, "") };
}

const steps = (clamp: string, home: string) => `      steps: { clamp: ${clamp}, home: ${home} }\n`;
const clamped = "        - { do: token-clamp, setting: max_tokens, route: chat, before: 4096, after: 512, for: 30m }\n";

describe("config state of a test", () => {
  it.each<[string, Given, string]>([
    ["is changed, and the change helps", {}, steps("helped", "declined")],
    ["is not changed without consent", { answers: "{}", burn: "unhealthy" }, steps("declined", "undone")],
    ["refuses the write", { state: "is: 4096, write: refused", burn: "unhealthy" }, steps("failed", "undone")],
    [
      "was changed by somebody else",
      { state: "is: 4096, write: conflict", burn: "unhealthy" },
      steps("failed", "undone"),
    ],
    ["does not answer", { state: "is: 4096, write: unknown", burn: "unhealthy" }, steps("failed", "undone")],
    [
      "is changed, and nobody sees it",
      { state: "is: 4096, effect: unseen", burn: "unhealthy" },
      steps("no-effect", "declined"),
    ],
    ["is changed, and nobody can see it", { state: "is: 4096, effect: unreadable" }, steps("unproven", "declined")],
    ["is changed, and that is not enough", { burn: "unhealthy" }, steps("not-enough", "declined")],
    [
      "is changed, and what is to get better cannot be read",
      { burn: "[unhealthy, no-data]" },
      steps("unproven", "declined"),
    ],
  ])("%s", async (_, given, expected) => {
    const { expected: written } = await happens(given);
    expect(written.split("      changes")[0]).toBe(expected);
    expect(written).toContain(clamped);
  });

  it("is put back, or refuses that", async () => {
    const back = "        - { do: undo, setting: max_tokens, route: chat, before: 512, after: 4096 }\n";
    const answers = "{ clamp: apply, home: apply }";
    expect((await happens({ answers })).expected).toBe(`${steps("helped", "undone")}      changes:\n${clamped}${back}`);
    const { expected } = await happens({ answers, state: "is: 4096, write: [written, refused]" });
    expect(expected).toBe(`${steps("helped", "failed")}      changes:\n${clamped}${back}`);
  });

  it("that is already so plans nothing", async () => {
    expect((await happens({ state: "is: 256", answers: "{}" })).expected).toBe(steps("unproven", "undone"));
  });

  it("may be nothing at all: what stands there then is left out", async () => {
    const { expected } = await happens({ state: "target: config" });
    expect(expected).toContain("{ do: token-clamp, setting: max_tokens, route: chat, after: 512, for: 30m }");
  });

  it("takes its scope from the labels of an alert", async () => {
    const { expected } = await happens({ more: "alert: { labels: { route: chat, pod: a-1 } }" });
    expect(expected).toContain(clamped);
  });

  it("that has no such scope fails the step, and says what is there", async () => {
    const { told, code } = await happens({
      more: "scope: { route: chatt }",
      outcomes: "{ clamp: helped }",
      answers: "{}",
    });
    expect(code).toBe(1);
    expect(told.replace(/\s+/g, " ")).toContain(
      "clamp was to end helped, and ended failed: the test has no max_tokens of route chatt",
    );
    expect(told).toMatch(/did you\s+mean chat\?/);
  });

  it("goes with an outcome that is given: the change is exact, its end as the test says", async () => {
    const { expected } = await happens({ outcomes: "{ clamp: no-effect }", answers: "{}", burn: "unhealthy" });
    expect(expected).toBe(
      `${steps("no-effect", "declined")}      changes:\n${clamped}        - { do: undo, setting: max_tokens, route: chat, before: 512, after: 4096 }\n`,
    );
  });
});
