import { describe, expect, it } from "vitest";
import { runbookList } from "../../src/commands/runbookList.ts";
import { UserError } from "../../src/errors.ts";
import { parse } from "../../src/program.ts";
import { run } from "../../src/run.ts";
import { sayAge } from "../../src/show/runbooks.ts";
import { fact } from "../../src/timeline/event.ts";
import { openFileStore } from "../../src/timeline/fileStore.ts";
import { beginRecorder } from "../../src/timeline/recorder.ts";
import { fakeWorld, type FakeOptions, type FakeWorld } from "../fake/world.ts";

const runbook = `id: fine
title: Fine
class: cost
severity: SEV2
summary: S
alerts: [CostAlert]
owner: search
reviewed: 2026-06-10
steps:
  - { id: a, title: A, ask: { question: Q, choices: { x: X, y: Y } } }
  - { id: b, title: B, when: { a: y }, instruct: B }
`;
const tests = `runbook: fine
tests:
  - { name: It is x, answers: { a: x }, expect: { steps: { a: x, b: skipped } } }
  - { name: It is x again, answers: { a: x }, expect: { steps: { a: x, b: skipped } } }
`;
const files = { "llmops.yaml": "runbooks: team\n", "team/fine.yaml": runbook, "team/fine.test.yaml": tests };

async function list(world: FakeWorld, ...options: string[]) {
  const asked = parse(["runbook", "list", ...options], [runbookList]);
  if ("print" in asked) throw new Error(asked.print);
  return run(asked, world);
}

async function listed(given: FakeOptions, ...options: string[]) {
  const world = fakeWorld(given);
  expect(await list(world, ...options)).toBe(0);
  return world.terminal.output;
}

/** What stands in the list of one runbook. */
function rowOf(output: string, id: string): string {
  return output
    .slice(output.indexOf(`  ${id} `))
    .split("\n")
    .slice(0, 2)
    .join("\n");
}

describe("llmops runbook list", () => {
  it("tells of each who keeps it, when it was read and played, and its tests", async () => {
    const world = fakeWorld({ files });
    const store = openFileStore(world, `${world.cwd}/.llmops`);
    const opened = { title: "Fine", class: "cost", severity: "SEV2", scope: {}, version: "1" } as const;
    for (const [incident, kind] of [
      ["DRILL-1119-aaaa", "drill"],
      ["DRILL-1120-bbbb", "drill"],
      ["INC-1121-cccc", "incident"],
    ] as const) {
      const begun = { runbook: "fine", title: "A", kind: "ask" } as const;
      const facts = [fact("opened", { kind, ...opened }), fact("step-started", begun, "fine/a")];
      await beginRecorder(store, incident, { by: "dana", host: "h" }, facts);
      await world.clock.sleep(24 * 3_600_000);
    }
    expect(await list(world)).toBe(0);
    expect(rowOf(world.terminal.output, "fine")).toBe(
      "  fine                cost          SEV2  5 months ago  2 days ago  2\n    Fine · owner search · CostAlert",
    );
    await list(world, "--json");
    const { runbooks } = JSON.parse(world.terminal.output.slice(world.terminal.output.indexOf("{"))) as {
      runbooks: Record<string, unknown>[];
    };
    expect(runbooks[0]).toEqual({
      id: "fine",
      class: "cost",
      severity: "SEV2",
      alerts: ["CostAlert"],
      title: "Fine",
      owner: "search",
      reviewed: "2026-06-10",
      drilled: { incident: "DRILL-1120-bbbb", at: Date.parse("2026-11-22T03:12:04Z") },
      tests: 2,
      file: "/home/dana/shop/team/fine.yaml",
    });
  });

  it("rehearses the tests when asked to, and says how much they reach", async () => {
    const output = await listed({ files }, "--coverage");
    expect(rowOf(output, "fine")).toMatch(/never +25% +2\n/);
    const json = JSON.parse(await listed({ files }, "--coverage", "--json")) as { runbooks: object[] };
    expect(json.runbooks[0]).toMatchObject({
      coverage: { steps: { reached: 1, of: 2 }, mitigations: { reached: 0, of: 0 } },
    });
  });

  it("does not take our tests for those of a team's runbook of the same id", async () => {
    const twin = { "llmops.yaml": "runbooks: team\n", "team/c.yaml": runbook.replace("id: fine", "id: cost-spike") };
    expect(rowOf(await listed({ files: twin }), "cost-spike")).toMatch(/ none\n/);
    expect(rowOf(await listed({}), "cost-spike")).toMatch(/ \d+\n/);
  });

  it.each([40, 60, 80, 200])("fits %d columns", async (columns) => {
    const output = await listed({ files, columns });
    expect(Math.max(...output.split("\n").map((line) => line.length))).toBeLessThanOrEqual(columns);
  });

  it("shows the rest where the timeline cannot be read", async () => {
    const world = fakeWorld({ files });
    world.files.list = async (path) => {
      if (path.endsWith(".llmops/incidents")) throw new UserError({ what: "Reading it is not permitted." });
      return fakeWorld({ files }).files.list(path);
    };
    expect(await list(world)).toBe(0);
    expect(world.terminal.screen).toContain("The drills cannot be read: Reading it is not permitted.");
    expect(world.terminal.output).toContain("  fine ");
  });
});

describe("the age of a review", () => {
  const now = Date.parse("2026-11-21T03:12:04Z");
  it.each([
    ["2026-11-21", "today"],
    ["2026-11-20", "yesterday"],
    ["2026-10-01", "51 days ago"],
    ["2026-06-10", "5 months ago"],
    ["2024-11-30", "23 months ago"],
    ["2023-11-01", "3 years ago"],
    ["2027-01-01", "2027-01-01"],
  ])("%s is %s", (day, said) => {
    expect(sayAge(Date.parse(day), now)).toBe(said);
  });
});
