import { describe, expect, it } from "vitest";
import { setStage, type Stage } from "../scenario/stage.ts";
import type { Typed } from "../fake/world.ts";
import { runbook } from "./night.ts";

const project = `
targets:
  gateway:
    http:
      url: "http://gateway.test:8080"
      levers:
        enabled:    { at: "/routes/{route}", pointer: /enabled }
        max_tokens: { at: "/routes/{route}", pointer: /max_tokens }
defaults: { for: 30m, token-clamp: { max_tokens: 512 } }
actions: { end-jobs: { command: [end-jobs] } }
runbooks: runbooks
`;

const apply: Typed = { line: "to apply", text: "y" };

/** A night on which everything is asked that can be asked. */
const night: Typed[] = [
  { menu: "What drives the cost?", key: "n" },
  { line: "note:", text: "paged twice" },
  { menu: "What drives the cost?", key: "k" },
  { menu: "route?", value: "search" },
  apply,
  { menu: "What drives the cost?", key: "u" },
  { menu: "Undo which change?", value: "m1" },
  apply,
  { menu: "What drives the cost?", key: "m" },
  { menu: "Which mitigation?", value: "token-clamp" },
  { menu: "route?", value: "" },
  { line: "route?", text: "search" },
  { line: "to apply", text: "" },
  { menu: "What drives the cost?", value: "inflation" },
  { menu: "route?", value: "support.reply" },
  apply,
  { menu: "Run it?", value: "leave" },
  { menu: "Is it done?", key: "s" },
  { line: "why skip it?", text: "nobody answers" },
  { menu: "Do you see it yourself", value: "reached" },
  apply,
];

function stageWith(typed: Typed[]): Stage {
  return setStage({
    project,
    files: { "runbooks/night.yaml": runbook },
    routes: { "support.reply": { enabled: true, max_tokens: 4096 }, search: { enabled: true, max_tokens: 4096 } },
    typed,
  });
}

/** The prompts up to the n-th, which is left by Ctrl-C. */
function leftAt(n: number): Typed[] {
  const prompt = night[n]!;
  const interrupt =
    "line" in prompt
      ? { line: prompt.line, interrupt: true as const }
      : { menu: (prompt as { menu: string }).menu, interrupt: true as const };
  return [...night.slice(0, n), interrupt];
}

describe("I03: Ctrl-C", () => {
  it("at none of the prompts: the night ends, and everything was asked", async () => {
    const stage = stageWith(night);
    expect(await stage.llmops("incident", "start", "night")).toBe(0);
    stage.world.verify();
  });

  it.each(night.map((prompt, n) => [n, "line" in prompt ? prompt.line : (prompt as { menu: string }).menu] as const))(
    "at prompt %i (%s): 130, noted, and exactly what was changed is told",
    async (n) => {
      const stage = stageWith(leftAt(n));
      const before = structuredClone(stage.live);
      expect(await stage.llmops("incident", "start", "night", "--json")).toBe(130);
      stage.world.verify();
      const [id] = await stage.world.files.list(`${stage.world.cwd}/.llmops/incidents`);
      const events = stage.world.files
        .text(`${stage.world.cwd}/.llmops/incidents/${id}/timeline.jsonl`)
        .trim()
        .split("\n");
      expect(JSON.parse(events.at(-1)!)).toMatchObject({
        type: "noted",
        payload: { text: expect.stringMatching(/^left by Ctrl-C, at "/) },
      });
      const told = stage.world.terminal.screen;
      expect(told).toContain(`llmops incident resume ${id}`);
      const changed = Object.keys(before).filter(
        (route) => stage.live[route]!["max_tokens"] !== 4096 || stage.live[route]!["enabled"] !== true,
      );
      expect([...told.matchAll(/^ {2}(m\d) {2}.* on gateway \(route (\S+)\)$/gm)].map(([, , route]) => route)).toEqual(
        changed,
      );
      expect(told.includes(`In production because of ${id}:`)).toBe(changed.length > 0);
      expect(JSON.parse(stage.world.terminal.output)).toMatchObject({
        error: { what: "interrupted", changed: stage.writes.length === 0 ? "no" : "yes", code: 130 },
      });
    },
  );

  it("where no walk is on: nothing was changed", async () => {
    const again = stageWith([...night, ...night]);
    for (let n = 0; n < 2; n++) expect(await again.llmops("incident", "start", "night")).toBe(0);
    for (const [argv, menu] of [
      [["incident", "show"], "Which incident?"],
      [["incident", "note", "x"], "Which incident?"],
      [["incident", "close"], "Which incident?"],
      [["incident", "resume"], "Which incident?"],
      [["incident", "start"], "What is it?"],
    ] as const) {
      const asked = again.typing({ menu, interrupt: true });
      expect([argv.join(" "), await asked.llmops(...argv)]).toEqual([argv.join(" "), 130]);
      expect(asked.world.terminal.screen).toMatch(/Interrupted\. It changed nothing in production\.\n$/);
    }
  });
});
